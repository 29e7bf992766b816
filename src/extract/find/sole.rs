//! Sentences that name one: "our partner is the University of Lower Merrow".

use std::{collections::BTreeSet, sync::LazyLock};

use memchr::{memchr, memmem};

use crate::{
    entity::{NameSource, Strategy},
    extract::{
        draft::{Draft, Item, Observed},
        judge::name_signs::SURE,
        names,
        page_index::PageIndex,
    },
    language::sole,
    reading::Region,
};

use super::prose::{holder, sentences, without_small_words};

/// What says that one name follows: `partner is`.
static SOLE: LazyLock<Vec<String>> = LazyLock::new(|| sole().collect());

/// What the phrases end in: ` is`.
static LINKS: LazyLock<Vec<memmem::Finder<'static>>> = LazyLock::new(|| {
    let links = SOLE.iter().filter_map(|phrase| phrase.split_once(' '));
    let links: BTreeSet<String> = links.map(|(_, link)| format!(" {link}")).collect();
    let finder = |link: &String| memmem::Finder::new(link.as_bytes()).into_owned();
    links.iter().map(finder).collect()
});

/// Whether a text says that one name follows.
fn says_sole(text: &str) -> bool {
    let bytes = text.as_bytes();
    LINKS.iter().any(|link| {
        link.find_iter(bytes).any(|at| {
            SOLE.iter().any(|it| {
                let stem = memchr(b' ', it.as_bytes()).unwrap_or(0);
                bytes[..at].ends_with(&it.as_bytes()[..stem])
                    && bytes[at..].starts_with(&it.as_bytes()[stem..])
            })
        })
    })
}

/// Sentences that name one: "Our partner is the University of Lower Merrow."
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for block in &index.flow.blocks {
        let text = index.text(&block.range);
        if block.alt
            || block.region != Region::Main
            || !(20..=2000).contains(&text.len())
            || !says_sole(text)
        {
            continue;
        }
        for sentence in sentences(text) {
            let said = &text[sentence.clone()];
            let lead = SOLE
                .iter()
                .filter_map(|it| Some(said.find(it.as_str())? + it.len()))
                .filter(|&number| number <= 60 && said[number..].starts_with(' '))
                .max();
            let Some(lead) = lead else { continue };
            let part = without_small_words(text, sentence.start + lead..sentence.end);
            let named = &text[part.clone()];
            let words = named.split(' ').count();
            let signs = names::signs(named);
            if !(2..=9).contains(&words) || signs.likeness < SURE || named.contains(',') {
                continue;
            }
            let range = block.range.start + part.start..block.range.start + part.end;
            let node = holder(index, 1, &range);
            drafts.push(Draft {
                strategy: Strategy::Prose,
                container: node,
                caption: None,
                items: vec![Item {
                    node,
                    record: node..node + 1,
                    range,
                    source: NameSource::Text,
                }],
                observed: vec![(Observed::Sole, 1.0)],
            });
        }
    }
    drafts
}
