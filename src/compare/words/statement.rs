//! The passages of a page that together support a cited sentence best. The program does not claim to understand them.

use crate::compare::grounds::words::{self as grounds, WEIGHTS, Weights};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use crate::{
    compare::{
        claim::Scope,
        names::likeness::{reason, round},
        page_text::PageText,
        state,
    },
    finding::{Reason, Verdict, Why},
    language::{
        sentences,
        stems::Stems,
        tokens::{Word, words_of},
        turns::Turns,
    },
    reading::Reading,
    text::{fold, one_line},
};

/// What a page has about a cited sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementAnswer {
    /// The sentence.
    pub claimed: String,
    /// Present only if one passage has nearly all of its words; otherwise cannot tell.
    pub verdict: Verdict,
    /// How much of the sentence the passages have together, from 0 to 1.
    pub score: f64,
    /// The reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// At most [`MOST_PASSAGES`] passages, chosen to cover the sentence together; the best first.
    pub passages: Vec<Passage>,
}

/// A sentence or line of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Its words, with white space folded.
    pub text: String,
    /// The share of the words of the claimed sentence that it has, by weight, from 0 to 1.
    pub score: f64,
    /// Its bytes in the reading's text.
    pub range: Range<usize>,
}

/// How many passages are shown.
pub const MOST_PASSAGES: usize = 5;

/// Looks for the passages of a page that are about a sentence.
#[must_use]
pub fn statement(text: &str, reading: &Reading, scope: Scope<'_>) -> StatementAnswer {
    in_page(text, &PageText::of(reading), scope)
}

/// The passages of a page that support a sentence best, best first.
pub(in crate::compare) fn in_page(
    claimed: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> StatementAnswer {
    let mut answer = StatementAnswer {
        claimed: claimed.to_owned(),
        verdict: Verdict::CannotTell {
            why: Why::NotSettled,
            detail: "the page's words alone do not settle it".to_owned(),
        },
        score: 0.0,
        reasons: Vec::new(),
        passages: Vec::new(),
    };
    if let Some((why, detail)) = state::why(page.reading, scope.identity) {
        answer.verdict = Verdict::CannotTell { why, detail };
    }
    let passages = Passages::of(claimed, page, scope);
    let wanted = passages.wanted(claimed);
    let total: f64 = wanted.values().sum();
    if total <= 0.0 || passages.words.is_empty() {
        return answer;
    }
    let chosen = passages.choose(&wanted, claimed);
    let weigh = |words: &BTreeSet<&str>| -> f64 {
        wanted
            .iter()
            .filter(|(text, _)| words.contains(text.as_str()))
            .map(|(_, it)| it)
            .sum::<f64>()
            / total
    };
    let mut together: BTreeSet<&str> = BTreeSet::new();
    for &at in &chosen {
        let words = passages.has(at);
        let range = passages.ranges.get(at).cloned().unwrap_or_default();
        answer.passages.push(Passage {
            text: one_line(page.reading.text.get(range.clone()).unwrap_or_default()),
            score: round(weigh(&words)),
            range,
        });
        together.extend(words);
    }
    answer.score = round(weigh(&together));
    settle(&mut answer, claimed, &passages, &chosen);
    answer
}

/// The verdict, from the passages chosen.
fn settle(answer: &mut StatementAnswer, claimed: &str, passages: &Passages, chosen: &[usize]) {
    let marked = names_and_numbers(claimed, &passages.stems);
    let whole = chosen.iter().zip(&answer.passages).find(|(at, text)| {
        let words = passages.has(**at);
        text.score >= grounds::ALL_BUT_ALL
            && marked.iter().all(|text| words.contains(text.as_str()))
            && !is_turned(claimed, &text.text)
    });
    if let Some((_, passage)) = whole {
        answer.reasons.push(reason(
            "a passage has nearly all of its words",
            passage.score,
        ));
        answer.verdict = Verdict::Present;
    } else {
        let what = format!(
            "the passages have {:.0} % of its words by their weight",
            answer.score * 100.0
        );
        answer.reasons.push(reason(&what, answer.score));
    }
}

/// Whether one text has a negation or a hedge that the other does not have.
pub(in crate::compare) fn is_turned(claimed: &str, there: &str) -> bool {
    let (a, b) = (fold(claimed), fold(there));
    let (a, b) = (words_of(&a), words_of(&b));
    let turns = Turns::of(there);
    let of = |words: &[Word<'_>]| -> BTreeSet<String> {
        let texts = words.iter().map(|word| word.text);
        let turning = texts.filter(|text| turns.turn(text).is_some());
        turning.map(str::to_owned).collect()
    };
    of(&a) != of(&b)
}

/// The passages of a page with the meaningful words of each.
struct Passages {
    /// The stems of the language of the claim.
    stems: Stems,
    ranges: Vec<Range<usize>>,
    words: Vec<Vec<String>>,
    /// The number of passages with each word.
    spread: HashMap<String, usize>,
    average: f64,
}

impl Passages {
    fn of(claimed: &str, page: &PageText<'_>, scope: Scope<'_>) -> Self {
        let stems = Stems::of(claimed);
        let text = &page.reading.text;
        let mut ranges = ranges(text);
        if let Some(within) = page.scope(scope) {
            let inside: Vec<Range<usize>> = ranges
                .iter()
                .filter(|range| within.start <= range.start && range.end <= within.end)
                .cloned()
                .collect();
            if inside.len() >= MOST_PASSAGES {
                ranges = inside;
            }
        }
        let mut seen = BTreeSet::new();
        ranges.retain(|range| seen.insert(fold(text.get(range.clone()).unwrap_or_default())));
        let words: Vec<Vec<String>> = ranges
            .iter()
            .map(|range| telling(text.get(range.clone()).unwrap_or_default(), &stems))
            .collect();
        let mut spread: HashMap<String, usize> = HashMap::new();
        for words in &words {
            for word in words.iter().collect::<BTreeSet<_>>() {
                *spread.entry(word.clone()).or_default() += 1;
            }
        }
        let average = words.iter().map(Vec::len).sum::<usize>() as f64 / words.len().max(1) as f64;
        Self {
            stems,
            ranges,
            words,
            spread,
            average,
        }
    }

    /// How informative a word is: the fewer passages have it, the more.
    fn rarity(&self, word: &str) -> f64 {
        let (all, with) = (
            self.words.len() as f64,
            self.spread.get(word).copied().unwrap_or(0) as f64,
        );
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// The words of the sentence with their weights; names and numbers weigh more.
    fn wanted(&self, claimed: &str) -> BTreeMap<String, f64> {
        let marked = names_and_numbers(claimed, &self.stems);
        telling(claimed, &self.stems)
            .into_iter()
            .map(|word| {
                let name = if marked.contains(&word) {
                    WEIGHTS.name
                } else {
                    1.0
                };
                let number = if word.starts_with(|character: char| character.is_ascii_digit()) {
                    WEIGHTS.number
                } else {
                    1.0
                };
                let weight = self.rarity(&word) * name * number;
                (word, weight)
            })
            .collect()
    }

    /// BM25, plus a part for pairs of adjacent words.
    fn scores(&self, wanted: &BTreeMap<String, f64>, claimed: &str) -> Vec<f64> {
        let Weights {
            saturation,
            length,
            together,
            ..
        } = WEIGHTS;
        let own = telling(claimed, &self.stems);
        let pairs: BTreeSet<(&str, &str)> = own
            .iter()
            .zip(own.iter().skip(1))
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        self.words
            .iter()
            .map(|words| {
                let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
                for word in words {
                    *counts.entry(word).or_default() += 1.0;
                }
                let relative = 1.0 - length + length * words.len() as f64 / self.average.max(1.0);
                let single: f64 = wanted
                    .iter()
                    .filter_map(|(word, weight)| {
                        let count = counts.get(word.as_str())?;
                        Some(weight * count * (saturation + 1.0) / (count + saturation * relative))
                    })
                    .sum();
                let there: BTreeSet<(&str, &str)> = words
                    .iter()
                    .zip(words.iter().skip(1))
                    .map(|(a, b)| (a.as_str(), b.as_str()))
                    .collect();
                let joint: f64 = there
                    .intersection(&pairs)
                    .map(|(a, b)| self.rarity(a) + self.rarity(b))
                    .sum();
                single + together * joint
            })
            .collect()
    }

    /// The words of the passage at a place.
    fn has(&self, at: usize) -> BTreeSet<&str> {
        let words = self.words.get(at).into_iter().flatten();
        words.map(String::as_str).collect()
    }

    /// What each passage is worth, that of its neighbors counted a little.
    fn worth(&self, wanted: &BTreeMap<String, f64>, claimed: &str) -> Vec<f64> {
        let base = self.scores(wanted, claimed);
        let at = |option: Option<usize>| option.and_then(|at| base.get(at)).copied().unwrap_or(0.0);
        let places = base.iter().enumerate();
        places
            .map(|(place, &own)| {
                let beside = at(place.checked_sub(1)).max(at(Some(place + 1)));
                if own > 0.0 {
                    own + WEIGHTS.context * beside.min(own + own)
                } else {
                    0.0
                }
            })
            .collect()
    }

    /// The passages that together have most of the words: each is chosen for what it adds, and for standing beside one chosen.
    fn choose(&self, wanted: &BTreeMap<String, f64>, claimed: &str) -> Vec<usize> {
        const LOOKED_AT: usize = 60;
        let worth = self.worth(wanted, claimed);
        let mut order: Vec<usize> = (0..worth.len()).collect();
        order.sort_by(|a, b| {
            let of = |at: &usize| worth.get(*at).copied().unwrap_or(0.0);
            of(b).total_cmp(&of(a)).then(a.cmp(b))
        });
        order.truncate(LOOKED_AT);
        let mut chosen: Vec<usize> = Vec::new();
        let mut covered: BTreeSet<&str> = BTreeSet::new();
        while chosen.len() < MOST_PASSAGES {
            let open = order.iter().filter(|place| !chosen.contains(place));
            let values = open.filter_map(|&place| {
                let own = *worth.get(place)?;
                Some((
                    self.value(place, own, (chosen.as_slice(), &covered), wanted),
                    place,
                ))
            });
            let Some((_, place)) = values.reduce(better) else {
                break;
            };
            chosen.push(place);
            covered.extend(self.has(place));
        }
        chosen
    }

    /// What a passage of that worth is worth beside those that are chosen, and cover so many words.
    fn value(
        &self,
        place: usize,
        own: f64,
        (chosen, covered): (&[usize], &BTreeSet<&str>),
        wanted: &BTreeMap<String, f64>,
    ) -> f64 {
        if chosen.is_empty() {
            return own;
        }
        let words = self.has(place);
        let new = words.difference(covered);
        let adds: f64 = new.filter_map(|word| wanted.get(*word)).sum();
        let beside = chosen.iter().any(|at| at.abs_diff(place) == 1);
        own * if beside { 1.0 + WEIGHTS.beside } else { 1.0 } + adds
    }
}

/// The passage of more value; of two that are equal but for rounding, the first.
fn better(best: (f64, usize), other: (f64, usize)) -> (f64, usize) {
    if other.0 > best.0 + 1e-12 {
        other
    } else {
        best
    }
}

/// The passages of a text: its lines if most contain about one sentence, otherwise its sentences.
fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            let from = start + (line.len() - line.trim_start().len());
            lines.push(from..from + trimmed.len());
        }
        start += line.len() + 1;
    }
    let sentences = sentences::in_lines(text);
    if sentences.len() * 10 <= lines.len() * 12 {
        lines
    } else {
        sentences
    }
}

/// Words that say nothing about the topic of a sentence.
static SILENT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    const TEXT: &str = " a an the of in on at to for from by with and or but nor as is are was were be been being it its he \
    she they them his her their this that these those which who whom whose what where when while also has have had having \
    do does did not no than then there here into over under about after before between during through can could will \
    would may might shall should must such more most other some any each all both only own same so very up out off if we \
    our you your i me my us him ";
    TEXT.split_whitespace().collect()
});

/// The words of a text that show its topic, in order, as stems.
pub(in crate::compare) fn telling(text: &str, stems: &Stems) -> Vec<String> {
    let folded = fold(text);
    crate::compare::names::spelling::split_words(&folded)
        .filter(|word| !SILENT.contains(word.as_str()))
        .map(|word| stems.stem(&word))
        .collect()
}

/// The stems of capitalized words inside the sentence, and its numbers.
pub(in crate::compare) fn names_and_numbers(text: &str, stems: &Stems) -> BTreeSet<String> {
    let mut marked = BTreeSet::new();
    for (at, word) in text.split_whitespace().enumerate() {
        let bare = word.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let first = bare.chars().next();
        if first.is_some_and(|first| first.is_ascii_digit() || at > 0 && first.is_uppercase()) {
            marked.extend(telling(bare, stems));
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::reading;

    #[test]
    fn the_passage_that_says_it_comes_first_and_none_comes_twice() {
        let page = reading(
            "Welcome to us\nThe network was founded in 2011 by Ada Stone.\nThe network was founded in 2011 by Ada Stone.\n\
             It has offices in Lima.\nAda Stone lives in Lima.\nGardens are green.\nContact",
        );
        let it = statement(
            "The network, founded by Ada Stone in 2011, has offices in Lima.",
            &page,
            Scope::default(),
        );
        assert_eq!(
            it.passages[0].text,
            "The network was founded in 2011 by Ada Stone."
        );
        assert_eq!(it.passages[1].text, "It has offices in Lima.");
        assert_eq!(
            it.passages
                .iter()
                .filter(|it| it.text.contains("2011"))
                .count(),
            1
        );
        assert!(matches!(
            it.verdict,
            Verdict::CannotTell {
                why: Why::NotSettled,
                ..
            }
        ));
    }

    #[test]
    fn words_that_are_all_but_there_are_present_unless_turned() {
        let said = |page: &str| {
            statement(
                "The network works in Kenya and Syria.",
                &reading(page),
                Scope::default(),
            )
            .verdict
        };
        assert_eq!(
            said("Menu\nThe network works in Kenya and in Syria\nContact\nHome"),
            Verdict::Present
        );
        assert_ne!(
            said("Menu\nThe network never works in Kenya and Syria\nContact\nHome"),
            Verdict::Present
        );
    }
}
