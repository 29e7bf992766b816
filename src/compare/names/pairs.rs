//! How alike two names are: spelling habits, word order, initials, slips of the pen, additions.

use super::{
    aligned::{Aligned, align, is_slip},
    apart::{Apart, apart},
    key::{Kind, NameKey, Token},
    likeness::{Grade, Likeness},
    person::{
        are_persons, are_two_given_names, by_affiliation, by_initial, is_short_form,
        may_be_misspelt, tells_persons_apart,
    },
    script, vocabulary,
    ways::{self, Measure},
};
use crate::compare::grounds::names as grounds;

/// How alike `claimed` and `found` are; `None` where they have nothing in common.
pub(in crate::compare) fn likeness(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    if claimed.exact.is_empty() || found.exact.is_empty() {
        return None;
    }
    if claimed.exact == found.exact {
        return ways::SAME.found();
    }
    let forms_differ = matches!((claimed.form, found.form), (Some(a), Some(b)) if a != b);
    if !claimed.compact.is_empty()
        && (claimed.compact == found.compact || claimed.core == found.core)
    {
        return match (forms_differ, claimed.form == found.form) {
            (true, _) => ways::OTHER_FORM.found(),
            (_, true) => ways::SAME_WORDS.found(),
            _ => ways::BUT_THE_FORM.found(),
        };
    }
    if let Some(it) = script::likeness(claimed, found) {
        return Some(it);
    }
    let by_words = by_words(claimed, found);
    let by_words = if forms_differ {
        by_words.map(|word| Likeness {
            grade: Grade::Near,
            score: word.score.min(ways::MOST_WITH_OTHER_FORM),
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
        by_initial(claimed, found),
        by_part(claimed, found),
        by_words,
    ]
    .into_iter()
    .flatten()
    .max_by(by_strength);
    let alike = alike.map(|alike| told_apart(alike, claimed, found));
    said.into_iter().chain(alike).max_by(by_strength)
}

fn by_strength(a: &Likeness, b: &Likeness) -> std::cmp::Ordering {
    a.grade.cmp(&b.grade).then(a.score.total_cmp(&b.score))
}

/// A likeness of names whose words tell them apart is none, or one that a person must look at.
fn told_apart(likeness: Likeness, claimed: &NameKey, found: &NameKey) -> Likeness {
    let is_alike = likeness.grade >= Grade::Variant || likeness.score >= grounds::CANDIDATE;
    let told = match apart(claimed, found) {
        Some(Apart::Other) if is_alike => ways::TWO_BODIES.found(),
        Some(Apart::Sister) if is_alike || claimed.tokens.len().min(found.tokens.len()) >= 2 => {
            ways::SISTER.found()
        }
        _ => None,
    };
    told.unwrap_or(likeness)
}

/// One says itself that it is or was called as the other is.
fn by_word_of_its_own(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let says = |one: &NameKey, other: &NameKey| {
        let mut said = one.said.iter();
        said.any(|it| {
            it.exact == other.exact || !it.compact.is_empty() && it.compact == other.compact
        })
    };
    if says(found, claimed) {
        return ways::SAYS_SO.found();
    }
    says(claimed, found)
        .then(|| ways::GOES_BY.found())
        .flatten()
}

/// The same letters but for one, where the words are parted otherwise.
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
        .then(|| ways::BUT_ONE_LETTER.found())
        .flatten()
}

/// One is, or states, the initials of the other.
fn by_initials(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let stated = |short: &NameKey, long: &NameKey| {
        short
            .acronyms
            .iter()
            .filter(|acronym| acronym.chars().count() >= 3 && acronym.as_str() == short.compact)
            .any(|acronym| long.initials.contains(acronym) || long.acronyms.contains(acronym))
    };
    // `ABC University` of what was `Alder Brook College`: initials, and what kind of house it is.
    let dressed = |short: &NameKey, long: &NameKey| {
        let short = short.dressed_initials();
        short.is_some_and(|short| long.initials.iter().any(|made| made == short))
    };
    if dressed(found, claimed) {
        return ways::DRESSED_INITIALS.found();
    }
    if stated(claimed, found) {
        return ways::WRITTEN_OUT.found();
    }
    if stated(found, claimed) {
        return ways::INITIALS.found();
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
        return ways::DOMAIN.found();
    }
    if claimed.quoted.is_some() && claimed.quoted == found.quoted {
        return ways::QUOTED.found();
    }
    let holds = |long: &NameKey, short: &NameKey| {
        (!short.is_short() || short.is_acronym())
            && long.parts.iter().any(|key| {
                key.exact == short.exact
                    || key.compact == short.compact
                    || !short.is_short()
                        && by_words(key, short).is_some_and(|word| {
                            word.grade >= Grade::Variant && word.score >= ways::SURE
                        })
            })
    };
    if holds(found, claimed) {
        return ways::ADDITION.found();
    }
    if holds(claimed, found) {
        return ways::NO_ADDITION.found();
    }
    None
}

fn by_words(claimed: &NameKey, found: &NameKey) -> Option<Likeness> {
    let align = align(claimed, found);
    let (all_left, all_right) = (claimed.weight(), found.weight());
    if align.matched <= 0.0 || all_left + all_right <= 0.0 {
        return None;
    }
    let matched = align.matched + align.matched;
    let measure = Measure {
        ratio: (matched / (all_left + all_right)).min(1.0),
        slips: align.slipped.len() as f64,
        extra: align.left.len().max(align.right.len()) as f64,
    };
    match (align.left.is_empty(), align.right.is_empty()) {
        (true, true) => whole(claimed, found, &align),
        (false, false) => substituted((claimed, found), &align, measure),
        (true, false) => contained(
            (&align, &align.right),
            (claimed, found),
            measure,
            "the name with more words",
        ),
        (false, true) => contained(
            (&align, &align.left),
            (found, claimed),
            measure,
            "the name with fewer words",
        ),
    }
}

/// Every word has its like.
fn whole(claimed: &NameKey, found: &NameKey, aligned: &Aligned<'_>) -> Option<Likeness> {
    let letters = claimed
        .compact
        .chars()
        .count()
        .min(found.compact.chars().count());
    if are_persons(claimed, found) {
        let slipped = || aligned.slipped.iter();
        if slipped().any(|(one, other)| !is_slip(one, other, true) && is_short_form(one, other)) {
            return ways::SHORT_FORM.found();
        }
        if slipped().any(|(one, other)| tells_persons_apart(one, other)) {
            return ways::OTHER_PERSON.found();
        }
    }
    match aligned.slipped.len() {
        0 if changes_places(claimed, found) => ways::TURNED.found(),
        0 => ways::OTHER_ORDER.found(),
        1 if letters >= 14 => ways::SLIP_IN_LONG.found(),
        1 => ways::SLIP.found(),
        2 if letters >= 20 => ways::SLIPS_IN_LONG.found(),
        count if count + count <= claimed.tokens.len() => ways::SLIPS_IN_FEW.found(),
        2 if letters >= 10 => ways::SLIPS_IN_SHORT.found(),
        _ => ways::LIKE_WORDS.found(),
    }
}

/// Whether words that change places make another body of a name: `University of Miami`, `Miami University`; `Union of Teachers of
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

/// All words of the shorter name stand in the longer one.
fn contained(
    (aligned, extra): (&Aligned<'_>, &[&Token]),
    (shorter, longer): (&NameKey, &NameKey),
    measure: Measure,
    why: &str,
) -> Option<Likeness> {
    let letters = shorter.compact.chars().count();
    let numbered = extra.iter().any(|it| it.kind == Kind::Number);
    let branch = extra.iter().any(|it| vocabulary::is_place(&it.text));
    let dressed = extra.iter().all(|it| vocabulary::is_extension(&it.text));
    if !aligned.own_word || letters < 4 {
        return ways::COMMON_WORDS.by(&measure);
    }
    if numbered {
        return ways::OTHER_NUMBER.found();
    }
    if branch {
        return ways::BRANCH.found();
    }
    // A single word is the name where it leads: `Amnesty` in `Amnesty International`, but not `Forest` in `Friends of the Forest`.
    let leads = longer
        .tokens
        .first()
        .zip(shorter.tokens.first())
        .is_some_and(|(a, b)| a.text == b.text || is_slip(a, b, false));
    let telling = shorter.tokens.len() >= 2 || letters >= 5 && leads;
    if shorter.tokens.len() < 2 && !leads {
        return ways::ONE_WORD.found();
    }
    if dressed && telling && extra.len() <= 3 {
        return ways::DRESSED.by(&measure).map(|like| like.saying(why));
    }
    if measure.ratio >= ways::MOST_WORDS && shorter.tokens.len() >= 3 {
        return ways::LONGER.by(&measure).map(|like| like.saying(why));
    }
    ways::MUCH_LONGER.by(&measure).map(|like| like.saying(why))
}

/// Each has words that the other lacks.
fn substituted(
    (claimed, found): (&NameKey, &NameKey),
    aligned: &Aligned<'_>,
    measure: Measure,
) -> Option<Likeness> {
    if let Some(likeness) = by_shortened(claimed, found, aligned) {
        return Some(likeness);
    }
    if let ([one], [other]) = (aligned.left.as_slice(), aligned.right.as_slice())
        && are_persons(claimed, found)
        && may_be_misspelt(one, other)
    {
        return ways::OTHER_PERSON.found();
    }
    let barred = aligned
        .left
        .iter()
        .chain(&aligned.right)
        .any(|it| it.kind == Kind::Number || vocabulary::is_place(&it.text));
    // One word in place of another that begins otherwise, or of another given name: Northfield is not Southfield, however many letters
    // they share.
    let barred = barred
        || matches!((aligned.left.as_slice(), aligned.right.as_slice()), ([one], [other])
            if one.text.chars().next() != other.text.chars().next()
                && strsim::osa_distance(&one.text, &other.text) >= 2
                || are_two_given_names(one, other));
    let (one, other) = (&claimed.outline, &found.outline);
    let edits = one.letters.max(other.letters) / 10;
    if !barred && one.letters.min(other.letters) >= 16 && one.within(other, edits) {
        let likeness = strsim::normalized_damerau_levenshtein(&claimed.compact, &found.compact);
        if likeness >= ways::NEARLY {
            return ways::NEAR_LETTERS.found();
        }
    }
    (aligned.own_word || measure.ratio >= ways::HALF)
        .then(|| ways::SOME_WORDS.by(&measure))
        .flatten()
}

/// One has the initials of words that the other has.
fn by_shortened(claimed: &NameKey, found: &NameKey, aligned: &Aligned<'_>) -> Option<Likeness> {
    let initials = |one: &[&Token], many: &[&Token]| {
        let [short] = one else { return false };
        let made: String = many
            .iter()
            .filter_map(|it| it.text.chars().next())
            .collect();
        let written = made == short.text;
        // Two letters are initials where they are capitals, and the names have a word of their own in common.
        let set = || claimed.sets_in_capitals(short) || found.sets_in_capitals(short);
        match made.chars().count() {
            2 => written && aligned.own_word && set(),
            count => written && count >= 3,
        }
    };
    if initials(&aligned.left, &aligned.right) {
        return ways::INITIALS_OUT.found();
    }
    if initials(&aligned.right, &aligned.left) {
        return ways::INTO_INITIALS.found();
    }
    None
}
