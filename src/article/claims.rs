//! The claims of an article: for each cited stretch, what a page can be compared with.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Article, Block, Coverage, Kind, Loss, figure, list, quotation, relation, split};
use crate::{
    language::sentences,
    profile::{Claim, ListedName, Statement, name_claims},
    text::{fold, one_line},
};

mod items;

/// Reads the claims of an article, in their order in the text, and what was found but not read.
pub(super) fn read(article: &Article) -> (Vec<Claim>, Coverage) {
    let mut reader = Reader {
        article,
        claims: Vec::new(),
        covered: BTreeSet::new(),
        coverage: Coverage::default(),
    };
    let mut at = 0;
    while let Some(block) = article.blocks.get(at) {
        at += reader.group(at, block);
    }
    reader.finish()
}

/// Claims, and what was found on the way.
struct Reader<'a> {
    article: &'a Article,
    claims: Vec<Claim>,
    /// Paragraphs and the markers in them that a claim of another paragraph rests on: the items of a list.
    covered: BTreeSet<(String, u32)>,
    coverage: Coverage,
}

impl Reader<'_> {
    /// The claims of one paragraph.
    fn prose(&mut self, block: &Block) {
        if block.kind == Kind::Quote && !block.markers.is_empty() {
            let exact = split::unquoted(&block.text);
            let exact = exact.trim_end_matches(['.', ',', ' ']).to_owned();
            let whole = 0..block.text.len();
            push(
                &mut self.claims,
                block,
                0,
                cites(block, &whole),
                Statement::Quoted { exact },
            );
            return;
        }
        let sentences = sentences::sentences(&block.text);
        let quotations = quotation::said(&block.text, self.article.language);
        for (number, range) in sentences.iter().enumerate() {
            self.sentence(block, number, range, &quotations);
        }
    }

    fn sentence(
        &mut self,
        block: &Block,
        number: usize,
        range: &Range<usize>,
        quotations: &[quotation::Found],
    ) {
        let text = &block.text[range.clone()];
        let before = self.claims.len();
        let lists = list::find(text, self.article.language);
        for found in &lists {
            self.listed(block, number, found, behind(block, range, &found.range));
        }
        let quoted: Vec<&quotation::Found> = quotations
            .iter()
            .filter(|quotation| range.contains(&quotation.range.start))
            .filter(|quotation| !is_member(quotation, &lists, range.start))
            .collect();
        for it in &quoted {
            let exact = it.exact.clone();
            let numbers = cites(block, &it.range);
            push(
                &mut self.claims,
                block,
                number,
                numbers,
                Statement::Quoted { exact },
            );
        }
        self.figures(block, number, range, (lists.as_slice(), quoted.as_slice()));
        self.relations(block, number, range, &lists);
        self.unread(block, number, range, &lists);
        self.rest(block, number, range, before);
    }

    /// The figures of a sentence that are outside of its lists and quotations.
    fn figures(
        &mut self,
        block: &Block,
        number: usize,
        range: &Range<usize>,
        (lists, quoted): (&[list::Found], &[&quotation::Found]),
    ) {
        let text = &block.text[range.clone()];
        let own = |it: &&quotation::Found| {
            it.range.start.saturating_sub(range.start)..it.range.end.saturating_sub(range.start)
        };
        let mut covered: Vec<Range<usize>> = lists.iter().map(|it| it.range.clone()).collect();
        covered.extend(quoted.iter().map(own));
        for found in figure::find(text, self.article.language) {
            covered.push(found.clone());
            let money = text[found.clone()].contains(['$', '€', '£']);
            let listed = !money && lists.iter().any(|list| list.range.contains(&found.start));
            let within = quoted
                .iter()
                .any(|it| it.range.contains(&(range.start + found.start)));
            if !listed && !within {
                let exact = one_line(&text[found.clone()]);
                push(
                    &mut self.claims,
                    block,
                    number,
                    behind(block, range, &found),
                    Statement::Figure { exact },
                );
            }
        }
        let Some(numbers) = cites(block, range) else {
            return;
        };
        for found in figure::unread(text, self.article.language, &covered) {
            self.coverage.unread_figures.push(Loss {
                place: place_of(block, number + 1),
                text: one_line(&text[found]),
                why: "it is not known what is counted".to_owned(),
                cites: numbers.clone(),
            });
        }
    }

    /// The relations that a sentence states outside of its lists.
    fn relations(
        &mut self,
        block: &Block,
        number: usize,
        range: &Range<usize>,
        lists: &[list::Found],
    ) {
        let text = &block.text[range.clone()];
        let english = self
            .article
            .language
            .is_none_or(|language| language.code == "en");
        let relations = if english {
            relation::find(text, &self.article.title)
        } else {
            Vec::new()
        };
        for found in relations {
            let listed = lists
                .iter()
                .any(|list| list.range.contains(&found.object_range.start));
            if !listed {
                let statement = Statement::Relation {
                    subject: found.subject,
                    relation: found.relation,
                    object: found.object,
                };
                let numbers = behind(block, range, &found.object_range);
                push(&mut self.claims, block, number, numbers, statement);
            }
        }
    }

    fn listed(
        &mut self,
        block: &Block,
        number: usize,
        found: &list::Found,
        numbers: Option<Vec<u32>>,
    ) {
        let place = place_of(block, number + 1);
        if numbers.is_none() {
            self.coverage.uncited_lists.push(Loss {
                place,
                text: first_names(&found.names),
                why: format!("{} names and no marker", found.names.len()),
                cites: Vec::new(),
            });
            return;
        }
        for text in &found.left_out {
            self.coverage.left_out.push(Loss {
                place: place.clone(),
                text: text.clone(),
                why: "it is not written as a name".to_owned(),
                cites: Vec::new(),
            });
        }
        let statement = Statement::Listed {
            relation: found.relation.clone(),
            names: found.names.clone(),
            complete: found.complete.filter(|complete| !complete),
        };
        push(&mut self.claims, block, number, numbers, statement);
    }

    /// Notes a sentence that looks like a list and was not read as one, or not wholly.
    fn unread(
        &mut self,
        block: &Block,
        number: usize,
        range: &Range<usize>,
        lists: &[list::Found],
    ) {
        let text = &block.text[range.clone()];
        let cited = cites(block, range).is_some();
        if let Some(why) = list::unread(text, self.article.language, lists, cited) {
            self.coverage.unread_lists.push(Loss {
                place: place_of(block, number + 1),
                text: one_line(text),
                why: why.to_owned(),
                cites: cites(block, range).unwrap_or_default(),
            });
        }
    }

    /// The sentence itself, if nothing in it became a claim, or a marker in it would be lost.
    fn rest(&mut self, block: &Block, number: usize, range: &Range<usize>, before: usize) {
        let exact = one_line(&block.text[range.clone()]);
        let known = self.claims[before..]
            .iter()
            .all(|claim| is_known(&self.claims[..before], claim));
        let own: BTreeSet<u32> = block
            .markers
            .iter()
            .filter(|marker| range.start < marker.at && marker.at <= range.end)
            .map(|marker| marker.number)
            .collect();
        let used = |it: &u32| {
            self.claims[before..]
                .iter()
                .any(|claim| claim.cites.contains(it))
        };
        let lost = !own.iter().all(used);
        let spaced = exact.split(' ').count();
        let enough = spaced >= 4
            || (spaced <= 2
                && exact.chars().count() >= 8
                && exact.chars().any(|character| character > '\u{2fff}'));
        if (known || lost) && enough {
            let numbers = cites(block, range);
            push(
                &mut self.claims,
                block,
                number,
                numbers,
                Statement::Stated { exact },
            );
        }
    }

    /// The claims, each once and with its name, and the counts.
    fn finish(mut self) -> (Vec<Claim>, Coverage) {
        let paragraph_of = |claim: &Claim| {
            claim
                .place
                .as_deref()
                .and_then(|place| place.split(',').next().map(str::to_owned))
        };
        let mut used: BTreeSet<(String, u32)> = self
            .claims
            .iter()
            .filter_map(|claim| Some((paragraph_of(claim)?, &claim.cites)))
            .flat_map(|(place, cites)| cites.iter().map(move |cite| (place.clone(), *cite)))
            .collect();
        used.append(&mut self.covered);
        let mut claims = once(std::mem::take(&mut self.claims));
        name_claims(&mut claims);
        let mut coverage = self.coverage;
        for block in &self.article.blocks {
            let place = format!("paragraph {}", block.paragraph);
            let mut lost: Vec<u32> = block
                .markers
                .iter()
                .map(|marker| marker.number)
                .filter(|number| {
                    let here = used.contains(&(place.clone(), *number));
                    !here || !claims.iter().any(|claim| claim.cites.contains(number))
                })
                .collect();
            lost.dedup();
            if !lost.is_empty() && block.kind != Kind::Label {
                coverage.unused_markers.push(Loss {
                    place,
                    text: block.text.clone(),
                    why: "it contains nothing that can be compared with a page".to_owned(),
                    cites: lost,
                });
            }
        }
        for it in &self.article.skipped {
            let (losses, why) = if it.numbers.is_empty() {
                (
                    &mut coverage.unread_lists,
                    "nothing says that these are names",
                )
            } else {
                (
                    &mut coverage.unused_markers,
                    "only running text and lists are read",
                )
            };
            losses.push(Loss {
                place: it.place.clone(),
                text: it.text.clone(),
                why: why.to_owned(),
                cites: it.numbers.clone(),
            });
        }
        coverage.explanations.clone_from(&self.article.explained);
        count(self.article, &claims, &mut coverage);
        (claims, coverage)
    }
}

fn count(article: &Article, claims: &[Claim], coverage: &mut Coverage) {
    coverage.paragraphs = article
        .blocks
        .iter()
        .filter(|block| block.kind != Kind::Label)
        .count();
    coverage.markers = article
        .blocks
        .iter()
        .map(|block| block.markers.len())
        .sum::<usize>()
        + article
            .skipped
            .iter()
            .map(|it| it.numbers.len())
            .sum::<usize>();
    for claim in claims {
        *match claim.statement {
            Statement::Listed { .. } => &mut coverage.lists,
            Statement::Quoted { .. } => &mut coverage.quotations,
            Statement::Figure { .. } => &mut coverage.figures,
            Statement::Relation { .. } => &mut coverage.relations,
            Statement::Stated { .. } => &mut coverage.sentences,
        } += 1;
    }
}

/// Whether a quotation is a list's member, which its language writes in quotation marks.
fn is_member(quoted: &quotation::Found, lists: &[list::Found], start: usize) -> bool {
    lists.iter().any(|list| {
        let inside = list.range.start + start <= quoted.range.start
            && quoted.range.end <= list.range.end + start;
        inside
            && list.names.iter().any(|name| match name {
                ListedName::One(name) => fold(name) == fold(&quoted.exact),
                ListedName::Ambiguous(_) => false,
            })
    })
}

fn first_names(names: &[ListedName]) -> String {
    let all: Vec<String> = names
        .iter()
        .map(|it| match it {
            ListedName::One(name) => name.clone(),
            ListedName::Ambiguous(parts) => parts.join(", "),
        })
        .collect();
    all.join(", ")
}

fn place_of(block: &Block, sentence: usize) -> String {
    format!("paragraph {}, sentence {sentence}", block.paragraph)
}

fn last_sentence(text: &str) -> usize {
    sentences::sentences(text).len().max(1)
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
        place: Some(place_of(block, sentence)),
        statement,
        ..Claim::default()
    }
}

/// The numbers that a part of a sentence cites.
fn behind(block: &Block, sentence: &Range<usize>, part: &Range<usize>) -> Option<Vec<u32>> {
    cites(
        block,
        &(sentence.start + part.start..sentence.start + part.end),
    )
}

/// The references that support a stretch of a paragraph: markers inside it, and the next ones after it.
/// `None` if the paragraph does not cite anything from there on.
fn cites(block: &Block, range: &Range<usize>) -> Option<Vec<u32>> {
    let behind = block
        .markers
        .iter()
        .map(|marker| marker.at)
        .filter(|value| *value >= range.end)
        .min();
    let numbers: BTreeSet<u32> = block
        .markers
        .iter()
        .filter(|marker| {
            (range.start < marker.at && marker.at < range.end) || Some(marker.at) == behind
        })
        .map(|marker| marker.number)
        .collect();
    let cited = block.markers.iter().any(|marker| marker.at > range.start);
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
