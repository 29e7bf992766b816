//! Hash maps for the reader: it looks up small keys by the hundred thousand. The hash is seeded anew in every run, so no page
//! can be written to make them slow.

use foldhash::fast::RandomState;

/// A map with a fast hash.
pub(super) type Map<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A set with a fast hash.
pub(super) type Set<T> = std::collections::HashSet<T, RandomState>;

/// An empty map.
pub(super) fn map<K, V>() -> Map<K, V> {
    Map::default()
}
