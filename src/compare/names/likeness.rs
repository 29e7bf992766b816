//! How alike two names are, and why: spelling habits, word order, initials, slips of the pen, additions.

use super::{
    aligned::{Aligned, align, is_slip},
    apart::{Apart, apart},
    candidates::FLOOR,
    key::{Kind, NameKey, Token},
    vocabulary,
};
use crate::finding::Reason;

/// The grades of likeness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::compare) enum Grade {
    /// Something in common, but not enough to match.
    Near,
    /// A different name that is taken for the same organization.
    Variant,
    /// The same name in another spelling.
    Same,
    /// The same letters.
    Exact,
}

/// How alike two names are.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Likeness {
    /// The grade.
    pub(in crate::compare) grade: Grade,
    /// The score, from 0 to 1.
    pub(in crate::compare) score: f64,
    /// The reasons, strongest first.
    pub(in crate::compare) reasons: Vec<Reason>,
}

impl Likeness {
    fn new(grade: Grade, score: f64, why: &str) -> Self {
        Self {
            grade,
            score,
            reasons: vec![reason(why, score)],
        }
    }

    /// Its value in the choice of pairs: no number of lesser likenesses outweighs a better grade.
    pub(in crate::compare) fn worth(&self) -> f64 {
        match self.grade {
            Grade::Exact => 12.0,
            Grade::Same => 4.0 + self.score,
            Grade::Variant => 1.0 + self.score,
            Grade::Near => self.score / 4.0,
        }
    }
}

/// A reason with its weight, rounded to three decimals.
pub(in crate::compare) fn reason(what: &str, weight: f64) -> Reason {
    Reason {
        what: what.to_owned(),
        weight: round(weight),
    }
}

/// Rounds to three decimals, so that the same comparison always gives the same text.
pub(in crate::compare) fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// How alike `claimed` and `found` are; `None` if they have nothing in common.
pub(in crate::compare) fn likeness(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    if claimed.exact.is_empty() || found.exact.is_empty() {
        return None;
    }
    if claimed.exact == found.exact {
        return Some(Likeness::new(Grade::Exact, 1.0, "the same name"));
    }
    let forms_differ = matches!((claimed.form, found.form), (Some(a), Some(b)) if a != b);
    if !claimed.compact.is_empty()
        && (claimed.compact == found.compact || claimed.core == found.core)
    {
        return Some(match (forms_differ, claimed.form == found.form) {
            (true, _) => Likeness::new(
                Grade::Near,
                0.62,
                "the same name with another kind of legal form",
            ),
            (_, true) => Likeness::new(
                Grade::Same,
                0.98,
                "the same words, apart from articles, punctuation, accents or spelling habits",
            ),
            _ => Likeness::new(
                Grade::Same,
                0.96,
                "the same words, apart from the legal form",
            ),
        });
    }
    let by_words = by_words(claimed, found);
    let by_words = if forms_differ {
        by_words.map(|word| Likeness {
            grade: Grade::Near,
            score: word.score.min(0.6),
            ..word
        })
    } else {
        by_words
    };
    if let Some(it) = by_affiliation(claimed, found) {
        return Some(it);
    }
    let said = by_word_of_its_own(claimed, found);
    let alike = [
        by_letters(claimed, found),
        by_initials(claimed, found),
        by_part(claimed, found),
        by_words,
    ]
    .into_iter()
    .flatten()
    .max_by(by_strength);
    let alike = alike.map(|alike| told_apart(alike, claimed, found));
    said.into_iter().chain(alike).max_by(by_strength)
}

/// The same person with another affiliation in brackets, or the same organization with another place: a person must decide.
fn by_affiliation(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let parted = |name_key: &NameKey| -> Option<(String, String)> {
        let (body, aside) = name_key.exact.split_once('(')?;
        Some((
            body.trim().to_owned(),
            aside.trim_end_matches(')').trim().to_owned(),
        ))
    };
    let is_person = |name_key: &NameKey| {
        (2..=3).contains(&name_key.tokens.len())
            && name_key
                .tokens
                .iter()
                .all(|token| !token.known && token.kind == Kind::Word && token.weight > 0.9)
    };
    let alone =
        |name_key: &NameKey| is_person(name_key).then(|| (name_key.exact.clone(), String::new()));
    let (one, its) = parted(claimed).or_else(|| alone(claimed))?;
    let (other, others) = parted(found).or_else(|| alone(found))?;
    let acronym = |name_key: &NameKey| !name_key.acronyms.is_empty();
    let abbreviated = acronym(claimed) || acronym(found);
    (one == other && one.contains(' ') && its != others && !abbreviated).then(|| {
        Likeness::new(
            Grade::Near,
            0.68,
            "the same name, with something else in brackets",
        )
    })
}

fn by_strength(a: &Likeness, b: &Likeness) -> std::cmp::Ordering {
    a.grade.cmp(&b.grade).then(a.score.total_cmp(&b.score))
}

/// Lowers a likeness of names whose words distinguish them.
fn told_apart(likeness: Likeness, claimed: &NameKey, found: &NameKey) -> Likeness {
    if likeness.grade < Grade::Variant && likeness.score < FLOOR {
        return likeness;
    }
    match apart(claimed, found) {
        Some(Apart::Other) => {
            Likeness::new(Grade::Near, 0.5, "words that distinguish two organizations")
        }
        Some(Apart::Sister) if likeness.grade >= Grade::Variant => Likeness::new(
            Grade::Near,
            0.68,
            "the name with the words of a branch or an affiliate: perhaps another organization",
        ),
        _ => likeness,
    }
}

/// One says itself that it is or was called like the other.
fn by_word_of_its_own(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let says = |one: &NameKey, other: &NameKey| {
        let mut said = one.said.iter();
        said.any(|it| {
            it.exact == other.exact || !it.compact.is_empty() && it.compact == other.compact
        })
    };
    if says(found, claimed) {
        return Some(Likeness::new(
            Grade::Variant,
            0.95,
            "the page says beside it that it is the claimed organization",
        ));
    }
    says(claimed, found).then(|| {
        Likeness::new(
            Grade::Variant,
            0.93,
            "the claimed name gives this as another name",
        )
    })
}

/// The same letters except one, if the words are separated differently.
fn by_letters(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let (one, other) = (&claimed.compact, &found.compact);
    let (a, b) = (claimed.outline.letters, found.outline.letters);
    let numbers = claimed
        .tokens
        .iter()
        .chain(&found.tokens)
        .any(|token| token.kind == Kind::Number);
    let fits = a.min(b) >= 9
        && a.abs_diff(b) <= 1
        && !numbers
        && claimed.tokens.len() != found.tokens.len()
        && claimed.outline.within(&found.outline, 1);
    (fits && strsim::osa_distance(one, other) <= 1)
        .then(|| Likeness::new(Grade::Variant, 0.8, "the same letters except one"))
}

/// One is, or gives, the initials of the other.
fn by_initials(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let stated = |short: &NameKey, long: &NameKey| {
        short
            .acronyms
            .iter()
            .filter(|acronym| acronym.chars().count() >= 3 && acronym.as_str() == short.compact)
            .any(|acronym| long.initials.contains(acronym) || long.acronyms.contains(acronym))
    };
    // `ABC University` for the former `Alder Brook College`: initials, and the kind of organization.
    let dressed = |short: &NameKey, long: &NameKey| {
        let short = short.dressed_initials();
        short.is_some_and(|short| long.initials.iter().any(|made| made == short))
    };
    if dressed(found, claimed) {
        return Some(Likeness::new(
            Grade::Variant,
            0.8,
            "with words abbreviated to initials",
        ));
    }
    if stated(claimed, found) {
        return Some(Likeness::new(
            Grade::Variant,
            0.88,
            "written out; the claim has the initials",
        ));
    }
    if stated(found, claimed) {
        return Some(Likeness::new(
            Grade::Variant,
            0.88,
            "the initials of the name",
        ));
    }
    None
}

/// One is the other with an addition after a dash, colon, bar or slash.
fn by_part(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let domain = |long: &NameKey, short: &NameKey| {
        let rest = long.letters.strip_prefix(short.letters.as_str());
        !short.is_short() && matches!(rest, Some("org" | "com" | "net" | "info" | "eu"))
    };
    if domain(found, claimed) || domain(claimed, found) {
        return Some(Likeness::new(
            Grade::Variant,
            0.87,
            "the name and its domain",
        ));
    }
    if claimed.quoted.is_some() && claimed.quoted == found.quoted {
        return Some(Likeness::new(
            Grade::Variant,
            0.8,
            "the same name in quotation marks",
        ));
    }
    let holds = |long: &NameKey, short: &NameKey| {
        (!short.is_short() || short.is_acronym())
            && long.parts.iter().any(|key| {
                key.exact == short.exact
                    || key.compact == short.compact
                    || !short.is_short()
                        && by_words(key, short)
                            .is_some_and(|word| word.grade >= Grade::Variant && word.score >= 0.84)
            })
    };
    if holds(found, claimed) {
        return Some(Likeness::new(
            Grade::Variant,
            0.86,
            "the name with an addition",
        ));
    }
    if holds(claimed, found) {
        return Some(Likeness::new(
            Grade::Variant,
            0.86,
            "the name without its addition",
        ));
    }
    None
}

fn by_words(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let align = align(claimed, found);
    let (all_left, all_right) = (claimed.weight(), found.weight());
    if align.matched <= 0.0 || all_left + all_right <= 0.0 {
        return None;
    }
    let ratio = (2.0 * align.matched / (all_left + all_right)).min(1.0);
    match (align.left.is_empty(), align.right.is_empty()) {
        (true, true) => Some(whole(claimed, found, &align)),
        (false, false) => substituted(claimed, found, &align, ratio),
        (true, false) => Some(contained(
            &align,
            &align.right,
            (claimed, found),
            ratio,
            "the name with more words",
        )),
        (false, true) => Some(contained(
            &align,
            &align.left,
            (found, claimed),
            ratio,
            "the name with fewer words",
        )),
    }
}

/// Every word has a counterpart.
fn whole(claimed: &NameKey, found: &NameKey, aligned: &Aligned<'_>) -> Likeness {
    let letters = claimed
        .compact
        .chars()
        .count()
        .min(found.compact.chars().count());
    match aligned.slips {
        0 if changes_places(claimed, found) => Likeness::new(
            Grade::Near,
            0.68,
            "the same words in another order: perhaps another organization",
        ),
        0 => Likeness::new(Grade::Same, 0.94, "the same words in another order"),
        1 if letters >= 14 => {
            Likeness::new(Grade::Same, 0.92, "the same name except a letter or two")
        }
        1 => Likeness::new(Grade::Variant, 0.85, "one letter is different"),
        2 if letters >= 20 => Likeness::new(Grade::Variant, 0.84, "a few letters are different"),
        count if f64::from(count) <= claimed.tokens.len() as f64 / 2.0 => {
            Likeness::new(Grade::Variant, 0.78, "a few letters are different")
        }
        2 if letters >= 10 => Likeness::new(Grade::Variant, 0.75, "a few letters are different"),
        _ => Likeness::new(Grade::Near, 0.6, "words like these"),
    }
}

/// Whether words in another order make another organization: `University of Miami`, `Miami University`; `Union of Teachers of
/// Churches`, `Union of Churches of Teachers`. A comma, or the order of a person's names, does not.
fn changes_places(claimed: &NameKey, found: &NameKey) -> bool {
    let turned = |name_key: &NameKey| name_key.surface.contains(',');
    let of = |name_key: &NameKey| {
        let words = name_key.exact.split(' ');
        words
            .filter(|word| {
                matches!(
                    *word,
                    "of" | "de" | "du" | "von" | "di" | "do" | "da" | "del" | "van" | "av"
                )
            })
            .count()
    };
    let own = claimed
        .tokens
        .iter()
        .filter(|token| !vocabulary::is_common(&token.text));
    let (one, other) = (of(claimed), of(found));
    !turned(claimed)
        && !turned(found)
        && (one >= 2 && other >= 2 || (one == 0) != (other == 0) && own.count() <= 1)
}

/// All words of the shorter name are in the longer one.
fn contained(
    aligned: &Aligned<'_>,
    extra: &[&Token],
    (shorter, longer): (&NameKey, &NameKey),
    ratio: f64,
    why: &str,
) -> Likeness {
    let letters = shorter.compact.chars().count();
    let numbered = extra.iter().any(|it| it.kind == Kind::Number);
    let branch = extra.iter().any(|it| vocabulary::is_place(&it.text));
    let dressed = extra.iter().all(|it| vocabulary::is_extension(&it.text));
    let slip = f64::from(aligned.slips) * 0.04;
    if !aligned.own_word || letters < 4 {
        return Likeness::new(Grade::Near, 0.3 + 0.3 * ratio, "only common words");
    }
    if numbered {
        return Likeness::new(Grade::Near, 0.55, "the name with another number");
    }
    if branch {
        return Likeness::new(Grade::Near, 0.62, "the name with a place: perhaps a branch");
    }
    // A single word is the name if it comes first: `Amnesty` in `Amnesty International`, but not `Forest` in `Friends of the Forest`.
    let leads = longer
        .tokens
        .first()
        .zip(shorter.tokens.first())
        .is_some_and(|(a, b)| a.text == b.text || is_slip(a, b, false));
    let telling = shorter.tokens.len() >= 2 || letters >= 5 && leads;
    if shorter.tokens.len() < 2 && !leads {
        return Likeness::new(Grade::Near, 0.55, "one of its words");
    }
    if dressed && telling && extra.len() <= 3 {
        return Likeness::new(Grade::Variant, 0.82 - slip - 0.02 * extra.len() as f64, why);
    }
    if ratio >= 0.8 && shorter.tokens.len() >= 3 {
        return Likeness::new(Grade::Variant, 0.45 + 0.4 * ratio - slip, why);
    }
    Likeness::new(Grade::Near, (0.4 + 0.3 * ratio).min(0.66), why)
}

/// Each has words that the other does not have.
fn substituted(
    claimed: &NameKey,
    found: &NameKey,
    aligned: &Aligned<'_>,
    ratio: f64,
) -> Option<Likeness> {
    let initials = |one: &[&Token], many: &[&Token]| {
        let [short] = one else { return false };
        let made: String = many
            .iter()
            .filter_map(|it| it.text.chars().next())
            .collect();
        let written = made == short.text;
        // Two letters are initials if they are capitals and the names have a distinctive word in common.
        let set = || claimed.sets_in_capitals(short) || found.sets_in_capitals(short);
        match made.chars().count() {
            2 => written && aligned.own_word && set(),
            count => written && count >= 3,
        }
    };
    if initials(&aligned.left, &aligned.right) {
        return Some(Likeness::new(
            Grade::Variant,
            0.84,
            "with initials written out",
        ));
    }
    if initials(&aligned.right, &aligned.left) {
        return Some(Likeness::new(
            Grade::Variant,
            0.84,
            "with words abbreviated to initials",
        ));
    }
    let barred = aligned
        .left
        .iter()
        .chain(&aligned.right)
        .any(|it| it.kind == Kind::Number || vocabulary::is_place(&it.text));
    // A word with another beginning is a different word: Northfield is not Southfield, however many letters they share.
    let barred = barred
        || matches!((aligned.left.as_slice(), aligned.right.as_slice()), ([one], [other])
            if one.text.chars().next() != other.text.chars().next()
                && strsim::osa_distance(&one.text, &other.text) >= 2);
    let (one, other) = (&claimed.outline, &found.outline);
    let edits = one.letters.max(other.letters) / 10;
    if !barred && one.letters.min(other.letters) >= 16 && one.within(other, edits) {
        let likeness = strsim::normalized_damerau_levenshtein(&claimed.compact, &found.compact);
        if likeness >= 0.9 {
            return Some(Likeness::new(
                Grade::Variant,
                0.8,
                "nearly the same letters",
            ));
        }
    }
    (aligned.own_word || ratio >= 0.5).then(|| {
        Likeness::new(
            Grade::Near,
            (0.2 + 0.45 * ratio).min(0.6),
            "some of the same words",
        )
    })
}
