//! Footnote markers in plain text: `[1]`, `[1, 2]`, `[3-5]`, `¹`, and bare numbers after a sentence: `end. 1 2 Next`.

use super::words::holds;

/// A place in a text that cites a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    /// The byte of the cleaned text that follows it.
    pub(super) at: usize,
    /// The number it gives.
    pub(super) number: u32,
}

/// What a text's markers may be.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// The highest number that the references have.
    pub(super) highest: u32,
    /// The highest number that the text has cited so far: bare numbers come in order.
    pub(super) cited: u32,
    /// Whether bare numbers are read as markers; not where the article brackets them.
    pub(super) bare: bool,
}

/// Words after which a bare number is a quantity or a label, not a marker.
const LABELS: &str = "\
    about act age aged apollo april article at august between by chapter class december district \
    february figure for form from grade group in january july june least level local march may most no \
    november number october of on over page part phase proposition route section september step stage \
    than the tier title to top type under unit version volume ward with";

/// Words that may follow a marker within a sentence.
const GOES_ON: &str = "\
    according along although and as because but by for from in including of on or since such that the \
    through to was were when where which while who whose with is are has have had";

/// Removes the markers from `text`: returns the text without them, and their places.
pub(super) fn take(text: &str, numbers: &mut Numbers) -> (String, Vec<Marker>) {
    let mut clean = String::with_capacity(text.len());
    let mut markers = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some((found, length)) = bracketed(rest) {
            while clean.ends_with(char::is_whitespace) {
                clean.pop();
            }
            cite(&found, clean.len(), numbers, &mut markers);
            rest = &rest[length..];
        } else if let Some((found, length)) = superscript(rest, &clean) {
            cite(&found, clean.len(), numbers, &mut markers);
            rest = &rest[length..];
        } else if numbers.bare
            && let Some((found, length)) = bare(rest, &clean, numbers)
        {
            while clean.ends_with(char::is_whitespace) {
                clean.pop();
            }
            cite(&found, clean.len(), numbers, &mut markers);
            rest = &rest[length..];
        } else {
            clean.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    clean.truncate(clean.trim_end().len());
    for marker in &mut markers {
        marker.at = marker.at.min(clean.len());
    }
    (clean, markers)
}

fn cite(found: &[u32], at: usize, numbers: &mut Numbers, markers: &mut Vec<Marker>) {
    for &number in found {
        numbers.cited = numbers.cited.max(number);
        markers.push(Marker { at, number });
    }
}

/// `[1]`, `[1, 2]`, `[1][2]` one at a time, `[3–5]`, `[note 4]` not.
fn bracketed(rest: &str) -> Option<(Vec<u32>, usize)> {
    let inside = rest.strip_prefix('[')?;
    let end = inside.find(']').filter(|at| *at <= 24)?;
    Some((list(&inside[..end])?, end + 2))
}

/// The numbers of `1`, `1, 2`, `3-5`.
fn list(inside: &str) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for piece in inside
        .split([',', ';', ' '])
        .filter(|part| !part.trim().is_empty())
    {
        let piece = piece.trim();
        if let Some((from, to)) = piece.split_once(['-', '–']) {
            let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            if from == 0 || to < from || to - from > 20 {
                return None;
            }
            found.extend(from..=to);
        } else {
            found.push(small(piece)?);
        }
    }
    (!found.is_empty()).then_some(found)
}

fn small(word: &str) -> Option<u32> {
    (word.len() <= 3 && !word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| word.parse().ok())
        .flatten()
}

fn superscript(rest: &str, clean: &str) -> Option<(Vec<u32>, usize)> {
    const DIGITS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let mut number = 0_u32;
    let mut length = 0;
    for character in rest.chars() {
        let Some(digit) = DIGITS.chars().position(|it| it == character) else {
            break;
        };
        number = number
            .checked_mul(10)?
            .checked_add(u32::try_from(digit).ok()?)?;
        length += character.len_utf8();
    }
    // "m²" and "10³" are units and powers.
    let unit = clean.ends_with(|character: char| character.is_ascii_digit())
        || clean.ends_with(" m")
        || clean.ends_with(" km");
    (length > 0 && number > 0 && !unit).then_some((vec![number], length))
}

/// The numbers up to the highest that a text begins with, and how many bytes they take.
fn leading(rest: &str, highest: u32) -> (Vec<u32>, usize) {
    let mut found = Vec::new();
    let mut length = 0;
    for word in rest.split(' ') {
        let core = word.trim_end_matches([',', '.', ';', ':']);
        match small(core) {
            Some(number) if number <= highest => {
                let end = length + usize::from(length > 0) + core.len();
                found.push(number);
                length = end;
                if core.len() < word.len() {
                    break;
                }
            }
            _ => break,
        }
    }
    (found, length)
}

/// Whether what follows a full stop and numbers begins a sentence, or is empty: "… in May. 3 Some" and the paragraph's end;
/// "… No. 3 Some" is a label.
fn opens_behind_stop(before: &str, next: &str) -> bool {
    let label = ["No.", "Nos.", "Vol."]
        .iter()
        .any(|label| before.ends_with(label));
    let begins = |letter: char| letter.is_uppercase() || matches!(letter, '“' | '"' | '(' | '‘');
    !label && (next.is_empty() || next.starts_with(begins))
}

/// Bare numbers: after a space, all of them references that the article has.
fn bare(rest: &str, clean: &str, numbers: &Numbers) -> Option<(Vec<u32>, usize)> {
    let glued = clean.ends_with(['.', '!', '?', '”', '"', ')', ',', ';'])
        && !clean
            .chars()
            .rev()
            .nth(1)
            .is_some_and(|character| character.is_ascii_digit());
    if !rest.starts_with(|character: char| character.is_ascii_digit())
        || !(glued || clean.ends_with(char::is_whitespace))
    {
        return None;
    }
    let (found, length) = leading(rest, numbers.highest);
    let (before, after) = (clean.trim_end(), &rest[length..]);
    let &first = found.first()?;
    let follows = found.iter().all(|it| {
        *it <= numbers
            .cited
            .saturating_add(u32::try_from(found.len()).unwrap_or(1))
    });
    let next = after.trim_start();
    let spaced = after.len() > next.len() || next.is_empty();
    let stop = before.ends_with(['.', '!', '?', '…'])
        || (before.ends_with(['”', '"', ')', '’'])
            && before
                .trim_end_matches(['”', '"', ')', '’'])
                .ends_with(['.', '!', '?', '…', ',']));
    if stop {
        let closes = next.is_empty() || spaced && follows;
        let taken = opens_behind_stop(before, next) && closes && (follows || next.is_empty());
        return taken.then_some((found, length));
    }
    let word = next
        .split(|letter: char| !letter.is_alphabetic())
        .next()
        .unwrap_or_default();
    if before.ends_with([',', ';', ':', '”', '"', ')', '’']) {
        let goes_on = holds(GOES_ON, &word.to_lowercase()) || next.is_empty();
        return (follows && spaced && goes_on).then_some((found, length));
    }
    // After a word only the very next number counts, or a paragraph's end.
    let last = before
        .rsplit(|letter: char| !letter.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let labelled =
        last.is_empty() || holds(LABELS, &last) || last.bytes().all(|byte| byte.is_ascii_digit());
    let closes = next.is_empty() || matches!(next, "." | "," | ";");
    let goes_on = after.starts_with(['.', ',', ';']) || (spaced && holds(GOES_ON, word));
    let due = first == numbers.cited + 1 || (first <= numbers.cited && closes);
    (!labelled && due && follows && (closes || goes_on)).then_some((found, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str, highest: u32, cited: u32) -> (String, Vec<u32>) {
        let mut numbers = Numbers {
            highest,
            cited,
            bare: true,
        };
        let (clean, markers) = take(text, &mut numbers);
        (clean, markers.into_iter().map(|it| it.number).collect())
    }

    #[test]
    fn bare_numbers_after_a_stop_are_markers() {
        assert_eq!(taken("It met. 1 2", 7, 0), ("It met.".into(), vec![1, 2]));
        assert_eq!(
            taken("It met. 1 It left “early.” 2 Then it slept.", 7, 0),
            ("It met. It left “early.” Then it slept.".into(), vec![1, 2])
        );
        assert_eq!(taken("It met.1", 7, 0), ("It met.".into(), vec![1]));
    }

    #[test]
    fn bare_numbers_within_a_sentence_are_markers_where_they_are_due() {
        assert_eq!(
            taken(
                "Funded by Alder Trust, 3 and led by Ann Lee 4 in 2020.",
                7,
                2
            ),
            (
                "Funded by Alder Trust, and led by Ann Lee in 2020.".into(),
                vec![3, 4]
            )
        );
    }

    #[test]
    fn quantities_and_labels_stay() {
        for text in [
            "In 2020, 3 states joined.",
            "It has 3 offices.",
            "Phase 3 and phase 4 came.",
            "It owns the rights under Title 3 of the act.",
            "On May 3 the vote fell.",
            "It has No. 3 In the list.",
            "between 3 and 4 of them",
        ] {
            assert_eq!(taken(text, 7, 2), (text.to_owned(), vec![]), "{text}");
        }
    }

    #[test]
    fn brackets_and_superscripts_are_markers() {
        assert_eq!(
            taken("It met [1], left [2, 3]. It slept.[4–6] It woke.⁷", 9, 0),
            (
                "It met, left. It slept. It woke.".into(),
                vec![1, 2, 3, 4, 5, 6, 7]
            )
        );
        assert_eq!(taken("“the [group] works”", 9, 0).0, "“the [group] works”");
    }
}
