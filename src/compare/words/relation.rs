//! Whether a page has a sentence that puts one name in relation to another; shows the sentence without interpreting it.

use crate::compare::grounds::{ALL_BUT_CERTAIN, Ground, UNSETTLED, words as grounds};
use std::ops::Range;

use crate::{
    compare::{
        claim::{Place, Scope},
        names::{key::NameKey, likeness::reason, vocabulary},
        page_text::PageText,
        state,
    },
    finding::{Reason, Verdict, Why},
    language::{sentences, tokens::words_of},
    reading::Reading,
    text::{fold, one_line},
};

/// What a page says about a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationAnswer {
    /// The verdict.
    pub verdict: Verdict,
    /// The sentence that states it, or the nearest one.
    pub found: Option<String>,
    /// How sure it is, from 0 to 1.
    pub score: f64,
    /// The reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// The place of the sentence.
    pub place: Place,
}

/// Looks for a sentence that contains both names.
#[must_use]
pub fn relation(
    subject: &str,
    relation: &str,
    object: &str,
    reading: &Reading,
    scope: Scope<'_>,
) -> RelationAnswer {
    in_page(subject, relation, object, &PageText::of(reading), scope)
}

/// The parts of a relation in a sentence.
struct Candidate {
    range: Range<usize>,
    score: f64,
    ground: &'static Ground,
    turned: Option<&'static str>,
}

/// Words that say that a relation has ended.
const OVER: [&str; 8] = [
    "formerly",
    "former",
    "no longer",
    "until",
    "previously",
    "ceased",
    "was once",
    "used to be",
];

/// What a page says about a relation of a subject and an object.
pub(in crate::compare) fn in_page(
    subject: &str,
    relation: &str,
    object: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> RelationAnswer {
    let untold = |why, detail: &str| RelationAnswer {
        verdict: Verdict::CannotTell {
            why,
            detail: detail.to_owned(),
        },
        found: None,
        score: UNSETTLED,
        reasons: Vec::new(),
        place: Place::default(),
    };
    let Some(best) = best_sentence((subject, relation, object), page, scope) else {
        return match state::why(page.reading, scope.identity) {
            Some((why, detail)) => untold(why, &detail),
            None => untold(
                Why::NotSettled,
                "no sentence of the page contains both names",
            ),
        };
    };
    let sentence = one_line(
        page.reading
            .text
            .get(best.range.clone())
            .unwrap_or_default(),
    );
    let verdict = match best.turned {
        Some(word) => Verdict::Altered {
            to: sentence.clone(),
            how: format!("the sentence says \"{word}\""),
        },
        None if best.score >= grounds::SAYS_SO => Verdict::Present,
        None => Verdict::CannotTell {
            why: Why::NotSettled,
            detail: "the page names the second one, but no sentence contains both names".to_owned(),
        },
    };
    let note = Some(page.place(&best.range));
    RelationAnswer {
        verdict: state::allowed(verdict, page.reading),
        found: Some(sentence),
        score: crate::compare::names::likeness::round(best.score.min(ALL_BUT_CERTAIN)),
        reasons: vec![reason(best.ground.why, best.score)],
        place: Place {
            range: Some(best.range),
            css: None,
            note,
        },
    }
}

/// The sentence that most says that the one is to the other what the relation says.
fn best_sentence(
    (subject, relation, object): (&str, &str, &str),
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> Option<Candidate> {
    let (one, other) = (spellings(subject), spellings(object));
    let between = content(relation);
    let within = page.scope(scope);
    let speaks_of_itself = page
        .reading
        .title
        .as_deref()
        .is_some_and(|title| holds(&fold(title), &one))
        || page
            .reading
            .text
            .get(..page.reading.text.len().min(400))
            .is_none_or(|it| holds(&fold(it), &one));
    let mut best: Option<Candidate> = None;
    for range in sentences::in_lines(&page.reading.text) {
        let sentence = fold(page.reading.text.get(range.clone()).unwrap_or_default());
        if !holds(&sentence, &other) {
            continue;
        }
        let Some(mut it) = judge(&sentence, range, &one, &between, speaks_of_itself) else {
            continue;
        };
        if within
            .as_ref()
            .is_some_and(|within| within.start <= it.range.start && it.range.end <= within.end)
        {
            it.score += grounds::IN_SCOPE;
        }
        if best.as_ref().is_none_or(|best| it.score > best.score) {
            best = Some(it);
        }
    }
    best
}

/// What a sentence that holds the other name says of the one.
fn judge(
    sentence: &str,
    range: Range<usize>,
    one: &[String],
    between: &[String],
    speaks_of_itself: bool,
) -> Option<Candidate> {
    let tokens = words_of(sentence);
    let said = between
        .iter()
        .filter(|it| tokens.iter().any(|word| alike(word.text, it)))
        .count();
    let relates = !between.is_empty() && said == between.len();
    let itself = tokens
        .iter()
        .any(|token| matches!(token.text, "we" | "our" | "us" | "it" | "its"));
    let ground = match (holds(sentence, one), relates) {
        (true, true) => &grounds::RELATED,
        (true, false) => &grounds::BOTH_NAMES,
        (false, true) if itself && speaks_of_itself => &grounds::OF_ITSELF,
        (false, true) => &grounds::SECOND_NAME,
        (false, false) => return None,
    };
    let turned = OVER
        .into_iter()
        .find(|word| ground.score >= grounds::SAYS_SO && sentence.contains(word));
    Some(Candidate {
        range,
        score: ground.score,
        ground,
        turned,
    })
}

/// Possible spellings of a name in a text: unchanged, without article and brackets, as initials if they are long enough.
fn spellings(name: &str) -> Vec<String> {
    let key = NameKey::of(name);
    let folded = fold(name);
    let bare = folded.strip_prefix("the ").unwrap_or(&folded).to_owned();
    let body = bare.split('(').next().unwrap_or_default().trim().to_owned();
    let mut spellings = vec![bare, body];
    spellings.extend(
        key.acronyms
            .iter()
            .chain(&key.initials)
            .filter(|acronym| acronym.chars().count() >= 3)
            .cloned(),
    );
    // A plural includes the singular: "convening centers are" for "each convening center is".
    if let Some(single) = folded.strip_suffix('s') {
        spellings.push(single.to_owned());
    }
    spellings.retain(|spelling| spelling.chars().count() >= 3);
    spellings.dedup();
    spellings
}

fn holds(folded: &str, spellings: &[String]) -> bool {
    spellings.iter().any(|name| {
        folded.match_indices(name.as_str()).any(|(at, index)| {
            crate::compare::page_text::is_bounded(folded, &(at..at + index.len()))
        })
    })
}

fn content(relation: &str) -> Vec<String> {
    let folded = fold(relation);
    words_of(&folded)
        .iter()
        .map(|it| it.text)
        .filter(|text| !vocabulary::is_small(text))
        .map(str::to_owned)
        .collect()
}

/// Whether two words have a common stem of five letters or more: `coordinated`, `coordinates`, `coordination`.
fn alike(one: &str, other: &str) -> bool {
    one == other || {
        let same = one
            .chars()
            .zip(other.chars())
            .take_while(|(a, b)| a == b)
            .count();
        same >= 5 && same + 4 >= one.chars().count().max(other.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::reading;

    fn said(text: &str) -> RelationAnswer {
        relation(
            "Example Network",
            "project of",
            "Mediators Beyond Walls International",
            &reading(text),
            Scope::default(),
        )
    }

    #[test]
    fn a_sentence_with_both_names_is_shown() {
        let it = said(
            "Hello there. The Example Network is a project of Mediators Beyond Walls International. Bye.",
        );
        assert_eq!(it.verdict, Verdict::Present);
        assert_eq!(
            it.found.as_deref(),
            Some("The Example Network is a project of Mediators Beyond Walls International.")
        );
    }

    #[test]
    fn initials_stand_for_the_name() {
        assert_eq!(
            said("Example Network, a project of MBWI, began in spring.").verdict,
            Verdict::Present
        );
    }

    #[test]
    fn names_apart_settle_nothing() {
        let it = said("Example Network is old. Mediators Beyond Walls International is older.");
        assert!(matches!(
            it.verdict,
            Verdict::CannotTell {
                why: Why::NotSettled,
                ..
            }
        ));
    }

    #[test]
    fn a_relation_that_is_over_is_altered() {
        let it =
            said("Example Network is no longer a project of Mediators Beyond Walls International.");
        assert!(matches!(it.verdict, Verdict::Altered { .. }));
    }
}
