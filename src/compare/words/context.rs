//! The context of words at the visit nearest to the access date, and whether later visits still have it.

use crate::compare::grounds::{UNSETTLED, words as grounds};
use std::collections::BTreeSet;

use super::{
    quotation::{self, only_in, turn},
    statement::{self, Passage, StatementAnswer},
};
use crate::{
    compare::{
        claim::{Place, Scope, Spoken},
        page_text::PageText,
    },
    finding::{Verdict, Why},
    language::{sentences, stems::Stems, tokens::words_of, turns::Turns},
    text::{fold, one_line},
};

/// The sentence that contains quoted words.
pub(in crate::compare) fn around(
    exact: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> Vec<String> {
    let answer = quotation::in_page(exact, page, scope);
    let place = answer
        .places
        .first()
        .filter(|_| answer.verdict == Verdict::Present);
    place
        .and_then(|place| sentence_at(page, place))
        .into_iter()
        .collect()
}

fn sentence_at(page: &PageText<'_>, place: &Place) -> Option<String> {
    let range = place.range.clone()?;
    let text = &page.reading.text;
    let sentence = sentences::in_lines(text)
        .into_iter()
        .find(|line| line.start <= range.start && range.start < line.end)?;
    text.get(sentence).map(one_line)
}

/// A quotation that is still there is altered if its sentence now has another meaning.
pub(in crate::compare) fn of_quotation(
    said: Spoken,
    then: &[String],
    page: &PageText<'_>,
) -> Spoken {
    let (Some(then), Verdict::Present) = (then.first(), &said.verdict) else {
        return said;
    };
    let Some(now) = sentence_at(page, &said.place) else {
        return said;
    };
    if fold(then) == fold(&now) || !page.find(then).is_empty() {
        return said;
    }
    let (a, b) = (fold(then), fold(&now));
    let (a, b) = (words_of(&a), words_of(&b));
    let (gone, come) = (only_in(&a, &b), only_in(&b, &a));
    let much = gone.len() * 2 > a.len();
    match turn(Turns::of(&now), &gone, &come).filter(|_| !much) {
        Some(how) => Spoken {
            reasons: vec![grounds::SENTENCE_CHANGED.reason()],
            verdict: Verdict::Altered {
                to: now,
                how: format!("the words are there, but in their sentence {how}"),
            },
            score: grounds::TURNED,
            ..said
        },
        None => said,
    }
}

/// The passages that support a sentence.
pub(in crate::compare) fn rests_on(
    exact: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> Vec<String> {
    let answer = statement::in_page(exact, page, scope);
    answer
        .passages
        .into_iter()
        .filter(|passage| passage.score >= grounds::CARRIES)
        .take(2)
        .map(|passage| passage.text)
        .collect()
}

/// What replaced a passage.
enum Instead {
    /// No passage about the names and numbers of the sentence.
    Nothing,
    /// A passage with the same names and numbers: a rewording, as far as a program can judge.
    Same,
    /// A passage with different ones.
    Other(String),
}

/// What replaced a passage that supported a sentence: the first of the nearest passages that is about its names and numbers
/// and says enough. A heading or an abbreviation with the name does not say anything about it.
fn instead(claimed: &str, gone: &str, passages: &[Passage]) -> Instead {
    let stems = Stems::of(claimed);
    let marked = statement::names_and_numbers(claimed, &stems);
    let has = |text: &str| -> BTreeSet<String> {
        let words: BTreeSet<String> = statement::telling(text, &stems).into_iter().collect();
        marked.intersection(&words).cloned().collect()
    };
    let had = has(gone);
    let about = |passage: &&Passage| {
        !has(&passage.text).is_empty() || marked.is_empty() && passage.score >= grounds::CARRIES
    };
    let tells = besides_names(gone, &stems);
    let says = |passage: &&Passage| besides_names(&passage.text, &stems) * 2 >= tells;
    match passages.iter().filter(says).find(about) {
        None => Instead::Nothing,
        Some(it) if has(&it.text).is_superset(&had) && !statement::is_turned(gone, &it.text) => {
            Instead::Same
        }
        Some(it) => Instead::Other(it.text.clone()),
    }
}

/// How many meaningful words a text has besides names, abbreviations and numbers.
fn besides_names(text: &str, stems: &Stems) -> usize {
    let is_plain = |text: &&str| {
        let first = text.chars().find(|letter| letter.is_alphanumeric());
        first.is_some_and(|first| first.is_alphabetic() && !first.is_uppercase())
    };
    let plain = text.split_whitespace().filter(is_plain);
    plain
        .map(|plain| statement::telling(plain, stems).len())
        .sum()
}

/// What a page says about a sentence, and whether the passages that supported it are still there.
pub(in crate::compare) fn of_statement(
    answer: StatementAnswer,
    then: &[String],
    page: &PageText<'_>,
) -> Spoken {
    let best = answer.passages.first();
    let place = best.map_or_else(Place::default, |best| Place {
        range: Some(best.range.clone()),
        css: None,
        note: Some(format!(
            "the nearest of {} passages, {}",
            answer.passages.len(),
            page.place(&best.range)
        )),
    });
    let mut verdict = answer.verdict;
    let open = matches!(
        &verdict,
        Verdict::CannotTell {
            why: Why::NotSettled,
            ..
        }
    );
    let gone = then.iter().find(|it| page.find(it).is_empty());
    let mut reasons = answer.reasons;
    if let (true, Some(gone)) = (open, gone) {
        let how = format!("a passage that it rested on is gone: \"{gone}\"");
        match instead(&answer.claimed, gone, &answer.passages) {
            Instead::Nothing => {
                reasons.insert(0, grounds::PASSAGE_GONE.saying(&how));
                verdict = Verdict::Absent;
            }
            Instead::Same => {}
            Instead::Other(to) => {
                reasons.insert(0, grounds::PASSAGE_GONE.reason());
                verdict = Verdict::Altered { to, how };
            }
        }
    }
    Spoken {
        verdict,
        score: if open { UNSETTLED } else { answer.score },
        reasons,
        place,
    }
}
