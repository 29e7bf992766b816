//! Sentences that name one: "our partner is the University of Lower Merrow".

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

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

/// What says that one name follows: `partner is`. `None` only if there are more phrases than the automaton can number.
static SOLE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut phrases = AhoCorasick::builder();
    phrases.ascii_case_insensitive(true).build(sole()).ok()
});

/// Sentences that name one: "Our partner is the University of Lower Merrow."
pub(super) fn find(index: &PageIndex<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let Some(phrases) = &*SOLE else { return drafts };
    for block in &index.flow.blocks {
        let text = index.text(&block.range);
        if block.alt
            || block.region != Region::Main
            || !(20..=2000).contains(&text.len())
            || !phrases.is_match(text)
        {
            continue;
        }
        for sentence in sentences(text) {
            let said = &text[sentence.clone()];
            let lead = phrases
                .find_overlapping_iter(said)
                .map(|found| found.end())
                .filter(|&end| end <= 60 && said[end..].starts_with(' '))
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
