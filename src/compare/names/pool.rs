//! All names of a page in comparable form.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    rc::Rc,
};

use super::{key::NameKey, keys::Keys};
use crate::entity::{EntityList, EntityName, NameSource};

/// All lists of a page with their names in comparable form, each spelling once.
pub(in crate::compare) struct Pool<'a> {
    /// The candidate lists.
    pub(in crate::compare) lists: Vec<&'a EntityList>,
    /// The distinct names.
    pub(in crate::compare) names: Vec<Pooled<'a>>,
    /// For each list, the indices of its items in `names`.
    pub(in crate::compare) members: Vec<Vec<usize>>,
    /// For each name, the lists that contain it.
    pub(in crate::compare) held_by: Vec<Vec<usize>>,
    /// The places of the items in the text, with the indices of their names, sorted by their start.
    pub(in crate::compare) spans: Vec<(Range<usize>, usize)>,
}

/// A distinct name of a page.
pub(in crate::compare) struct Pooled<'a> {
    /// Its key.
    pub(in crate::compare) key: Rc<NameKey>,
    /// The first item with the name.
    pub(in crate::compare) item: &'a EntityName,
    /// What else its record says, in comparable form, with the source.
    pub(in crate::compare) also: Vec<(NameSource, Rc<NameKey>)>,
}

impl<'a> Pool<'a> {
    /// The names of `lists`.
    pub(in crate::compare) fn of(lists: impl IntoIterator<Item = &'a EntityList>) -> Self {
        Self::with(lists, &Keys::default())
    }

    /// The names of `lists`, with the keys that are known.
    pub(in crate::compare) fn with(
        lists: impl IntoIterator<Item = &'a EntityList>,
        keys: &Keys,
    ) -> Self {
        let mut pool = Self {
            lists: Vec::new(),
            names: Vec::new(),
            members: Vec::new(),
            held_by: Vec::new(),
            spans: Vec::new(),
        };
        let mut places: HashMap<&str, usize> = HashMap::new();
        for list in lists {
            let mut members = Vec::with_capacity(list.items.len());
            for item in &list.items {
                let at = *places.entry(item.surface.as_str()).or_insert_with(|| {
                    let also = item
                        .also
                        .iter()
                        .filter(|(_, also)| also != &item.surface)
                        .map(|(source, also)| match source {
                            NameSource::LinkTarget => (*source, keys.of(telling_label(also))),
                            _ => (*source, keys.of(also)),
                        })
                        .collect();
                    pool.names.push(Pooled {
                        key: keys.of(beginning(&item.surface)),
                        item,
                        also,
                    });
                    pool.names.len() - 1
                });
                members.push(at);
                pool.held_by.resize(pool.names.len(), Vec::new());
                if let Some(lists) = pool.held_by.get_mut(at)
                    && lists.last() != Some(&pool.lists.len())
                {
                    lists.push(pool.lists.len());
                }
                pool.spans
                    .extend(item.range.clone().map(|clone| (clone, at)));
            }
            pool.lists.push(list);
            pool.members.push(members);
        }
        pool.spans
            .sort_by_key(|span| (span.0.start, span.0.end, span.1));
        pool.spans.dedup();
        forget_shared_hosts(&mut pool.names);
        pool
    }
}

/// The longest text that can be a name, in bytes: of a longer one, only the beginning is compared.
const LONGEST: usize = 400;

/// The beginning of a text, up to the length of the longest names.
fn beginning(text: &str) -> &str {
    crate::text::head(text, LONGEST)
}

/// The label of a host that shows whose it is: `warrow` of `www.port.warrow.ac.example`.
fn telling_label(host: &str) -> &str {
    const KINDS: [&str; 9] = ["ac", "co", "com", "edu", "gov", "go", "net", "or", "org"];
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [.., label, kind, _] if KINDS.contains(kind) => label,
        [.., label, _] => label,
        _ => host,
    }
}

/// Removes the addresses that several names link to: they identify none of them, and may be the page's own.
fn forget_shared_hosts(names: &mut [Pooled<'_>]) {
    let is_host = |name_source: &(NameSource, Rc<NameKey>)| name_source.0 == NameSource::LinkTarget;
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for (_, key) in names
        .iter()
        .flat_map(|name| &name.also)
        .filter(|it| is_host(it))
    {
        *shared.entry(key.letters.clone()).or_default() += 1;
    }
    for name in names {
        name.also
            .retain(|pair| !is_host(pair) || shared.get(&pair.1.letters) == Some(&1));
    }
}
