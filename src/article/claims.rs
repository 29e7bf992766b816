//! The claims of an article: what each cited stretch says that a page can be held against.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Article, Block, figure, list, quotation, relation, role, sentence, split};
use crate::{
    profile::{Claim, ListedName, Statement, name_claims},
    text::{fold, one_line},
};

/// Reads the claims of an article, in the order in which they stand.
pub(super) fn read(article: &Article) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut at = 0;
    while let Some(block) = article.blocks.get(at) {
        let items = article.blocks[at + 1..]
            .iter()
            .take_while(|it| it.item && it.section == block.section)
            .count();
        if !block.item && items >= 2 && block.text.trim_end().ends_with(':') {
            bulleted(
                article,
                block,
                &article.blocks[at + 1..=at + items],
                &mut claims,
            );
            at += items + 1;
        } else {
            prose(article, block, &mut claims);
            at += 1;
        }
    }
    let mut claims = once(claims);
    name_claims(&mut claims);
    claims
}

/// A list whose names are list items under a sentence that ends with a colon.
fn bulleted(article: &Article, intro: &Block, items: &[Block], claims: &mut Vec<Claim>) {
    let names: Vec<ListedName> = items
        .iter()
        .filter_map(|it| {
            let head = it.text.split([':', '–', '—']).next().unwrap_or_default();
            split::item(head.trim().trim_end_matches(';'))
        })
        .collect();
    let numbers: BTreeSet<u32> = intro
        .markers
        .iter()
        .filter(|it| it.at >= intro.text.len().saturating_sub(1))
        .chain(items.iter().flat_map(|it| &it.markers))
        .map(|it| it.number)
        .collect();
    if names.len() < 2 || names.len() * 3 < items.len() * 2 || numbers.is_empty() {
        prose(article, intro, claims);
        for item in items {
            prose(article, item, claims);
        }
        return;
    }
    let relation = role::relation_of(&intro.text);
    claims.push(claim(
        intro,
        last_sentence(&intro.text),
        numbers.into_iter().collect(),
        Statement::Listed { relation, names },
    ));
}

fn last_sentence(text: &str) -> usize {
    sentence::sentences(text).len().max(1)
}

/// The claims of one paragraph.
fn prose(article: &Article, block: &Block, claims: &mut Vec<Claim>) {
    let sentences = sentence::sentences(&block.text);
    let quotations = quotation::find(&block.text);
    for (number, range) in sentences.iter().enumerate() {
        let text = &block.text[range.clone()];
        let here = |inner: &Range<usize>| {
            cites(block, &(range.start + inner.start..range.start + inner.end))
        };
        let before = claims.len();
        let lists = list::find(text);
        for found in &lists {
            let statement = Statement::Listed {
                relation: found.relation.clone(),
                names: found.names.clone(),
            };
            push(claims, block, number, here(&found.range), statement);
        }
        for quoted in quotations
            .iter()
            .filter(|it| range.contains(&it.range.start))
        {
            let statement = Statement::Quoted {
                exact: quoted.exact.clone(),
            };
            push(
                claims,
                block,
                number,
                cites(block, &quoted.range),
                statement,
            );
        }
        for found in figure::find(text) {
            let listed = lists.iter().any(|it| it.range.contains(&found.start));
            let quoted = quotations
                .iter()
                .any(|it| it.range.contains(&(range.start + found.start)));
            if !listed && !quoted {
                let exact = one_line(&text[found.clone()]);
                push(
                    claims,
                    block,
                    number,
                    here(&found),
                    Statement::Figure { exact },
                );
            }
        }
        for found in relation::find(text, &article.title) {
            let listed = lists
                .iter()
                .any(|it| it.range.contains(&found.object_range.start));
            if !listed {
                let statement = Statement::Relation {
                    subject: found.subject,
                    relation: found.relation,
                    object: found.object,
                };
                push(claims, block, number, here(&found.object_range), statement);
            }
        }
        if claims.len() == before
            || claims[before..]
                .iter()
                .all(|it| is_known(&claims[..before], it))
        {
            let exact = one_line(text);
            let numbers = cites(block, range);
            if exact.split(' ').count() >= 4 {
                push(claims, block, number, numbers, Statement::Stated { exact });
            }
        }
    }
}

fn is_known(earlier: &[Claim], claim: &Claim) -> bool {
    matches!(claim.statement, Statement::Relation { .. })
        && earlier.iter().any(|it| same_relation(it, claim))
}

fn push(
    claims: &mut Vec<Claim>,
    block: &Block,
    sentence: usize,
    numbers: Option<Vec<u32>>,
    statement: Statement,
) {
    if let Some(numbers) = numbers {
        claims.push(claim(block, sentence + 1, numbers, statement));
    }
}

fn claim(block: &Block, sentence: usize, cites: Vec<u32>, statement: Statement) -> Claim {
    Claim {
        id: String::new(),
        cites,
        section: block.section.clone(),
        place: Some(format!(
            "paragraph {}, sentence {sentence}",
            block.paragraph
        )),
        statement,
    }
}

/// The references that a stretch of a paragraph rests on: markers inside it, and the next ones behind it.
/// `None` where the paragraph cites nothing from there on.
fn cites(block: &Block, range: &Range<usize>) -> Option<Vec<u32>> {
    let behind = block
        .markers
        .iter()
        .map(|it| it.at)
        .filter(|it| *it >= range.end)
        .min();
    let numbers: BTreeSet<u32> = block
        .markers
        .iter()
        .filter(|it| (range.start < it.at && it.at < range.end) || Some(it.at) == behind)
        .map(|it| it.number)
        .collect();
    let cited = block.markers.iter().any(|it| it.at > range.start);
    cited.then(|| numbers.into_iter().collect())
}

/// Each statement once: a relation however often it is stated, a quotation or figure once per set of references.
fn once(claims: Vec<Claim>) -> Vec<Claim> {
    let mut kept: Vec<Claim> = Vec::with_capacity(claims.len());
    for claim in claims {
        let again = kept
            .iter()
            .any(|it| match (&it.statement, &claim.statement) {
                (Statement::Quoted { exact: a }, Statement::Quoted { exact: b })
                | (Statement::Figure { exact: a }, Statement::Figure { exact: b })
                | (Statement::Stated { exact: a }, Statement::Stated { exact: b }) => {
                    fold(a) == fold(b) && it.cites == claim.cites
                }
                (Statement::Relation { .. }, Statement::Relation { .. }) => {
                    same_relation(it, &claim)
                }
                _ => false,
            });
        if !again {
            kept.push(claim);
        }
    }
    kept
}

fn same_relation(one: &Claim, other: &Claim) -> bool {
    match (&one.statement, &other.statement) {
        (
            Statement::Relation {
                subject,
                relation,
                object,
            },
            Statement::Relation {
                subject: other_subject,
                relation: other_relation,
                object: other_object,
            },
        ) => {
            fold(subject) == fold(other_subject)
                && relation == other_relation
                && fold(object) == fold(other_object)
        }
        _ => false,
    }
}
