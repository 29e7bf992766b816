//! Hash maps for the reader, which looks up small keys by the hundred thousand. The seed of the hash is new in every run, so no page
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

/// A hash of bytes in continuation of `hash`, the same in every run: eight bytes at a time, as FNV-1a does with one.
pub(super) fn mix(hash: u64, bytes: &[u8]) -> u64 {
    let start = hash ^ 0xcbf2_9ce4_8422_2325 ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words
        .iter()
        .fold(start, |hash, it| mix_number(hash, u64::from_le_bytes(*it)));
    let rest = rest.iter().fold(1, |word, &it| word << 8 | u64::from(it));
    mix_number(hash, rest)
}

/// A hash of a number in continuation of `hash`.
pub(super) fn mix_number(hash: u64, number: u64) -> u64 {
    let hash = (hash ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}
