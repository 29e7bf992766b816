//! Where sentences end in running prose, abbreviations and quotations minded.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use foldhash::fast::FixedState;

use super::{Grammar, files::sections, legal_forms, titles};

/// `grammar.abbreviations` and `grammar.sentence_openings` of all languages.
static WORDS: LazyLock<[HashSet<String, FixedState>; 2]> = LazyLock::new(|| {
    let (mut abbreviations, mut openings) = (HashSet::default(), HashSet::default());
    for (_, section) in sections::<Grammar>() {
        abbreviations.extend(section.abbreviations);
        openings.extend(section.sentence_openings);
    }
    [abbreviations, openings]
});

/// The sentences of `text` as byte ranges, white space at their ends left out.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let (mut depth, mut quoted) = (0_i32, false);
    let marks: Vec<(usize, char)> = text.char_indices().collect();
    let mut at = 0;
    while let Some(&(byte, character)) = marks.get(at) {
        at += 1;
        match character {
            '(' | '[' | '「' | '『' | '（' => depth += 1,
            ')' | ']' | '」' | '』' | '）' => depth = (depth - 1).max(0),
            // Scripts without spaces end their sentences with marks of their own.
            '。' | '！' | '？' if depth == 0 && !quoted => {
                let end = byte + character.len_utf8();
                push(text, start..end, &mut found);
                start = end;
            }
            '“' => quoted = text[byte..].contains('”'),
            '”' => quoted = false,
            '.' | '!' | '?' | '…' | '؟' | '।' => {
                let mut end = byte + character.len_utf8();
                let mut closed = (depth, quoted);
                while let Some(&(next, closing)) = marks.get(at) {
                    match closing {
                        '”' => closed.1 = false,
                        ')' | ']' => closed.0 = (closed.0 - 1).max(0),
                        '"' | '\'' | '’' | '.' | '!' | '?' | '…' => {}
                        _ => break,
                    }
                    end = next + closing.len_utf8();
                    at += 1;
                }
                (depth, quoted) = closed;
                if depth == 0 && !quoted && ends_here(text, start, byte, character, end) {
                    push(text, start..end, &mut found);
                    start = end;
                }
            }
            _ => {}
        }
    }
    push(text, start..text.len(), &mut found);
    found
}

/// The sentences of a text of lines; a sentence never crosses the end of a line.
#[must_use]
pub fn in_lines(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let own = sentences(line).into_iter();
        found.extend(own.map(|range| start + range.start..start + range.end));
        start += line.len() + 1;
    }
    found
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let piece = &text[range.clone()];
    let lead = piece.len() - piece.trim_start().len();
    let piece = piece.trim();
    if !piece.is_empty() {
        found.push(range.start + lead..range.start + lead + piece.len());
    }
}

fn ends_here(text: &str, start: usize, stop: usize, mark: char, end: usize) -> bool {
    let rest = &text[end..];
    let next = rest.trim_start();
    if next.is_empty() {
        return true;
    }
    if next.len() == rest.len() || next.starts_with(char::is_lowercase) {
        return false;
    }
    if mark != '.' {
        return true;
    }
    let word = text[start..stop]
        .rsplit(|character: char| {
            character.is_whitespace() || matches!(character, '(' | '“' | '"' | '[' | '-')
        })
        .next()
        .unwrap_or_default();
    let opener = next
        .split(|letter: char| !letter.is_alphabetic())
        .next()
        .unwrap_or_default();
    let [abbreviations, openings] = &*WORDS;
    let opens = openings.contains(&opener.to_lowercase());
    let lower = word.to_lowercase();
    let initials = !word.is_empty()
        && word
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    if initials
        && word
            .chars()
            .all(|letter| letter == '.' || letter.is_uppercase())
    {
        // "the U.S. The group" ends; "John D. Rockefeller" and "U.S. Senate" do not.
        return opens && word.contains('.');
    }
    // "e. V.", "z. B."; but "в 2020 г. Фонд" ends with its letter.
    let mut letters = word.chars();
    let letter = matches!((letters.next(), letters.next()), (Some(it), None) if it.is_lowercase());
    let counted = text[start..stop - word.len()]
        .trim_end()
        .ends_with(|character: char| character.is_ascii_digit());
    if letter && !counted {
        return opens;
    }
    if abbreviations.contains(&lower) {
        // A name may end so, and the next word decides.
        let may_end = legal_forms::is_form(&lower) || titles::is_title_after(&lower);
        return opens && may_end;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|it| &text[it]).collect()
    }

    #[test]
    fn lines_end_sentences() {
        let text =
            "Dr. A. Smith left the U.S. in 1990. \"He came back.\" Then?\nA title\nNo. 5 is alive";
        let found: Vec<&str> = in_lines(text).into_iter().map(|it| &text[it]).collect();
        assert_eq!(
            found,
            [
                "Dr. A. Smith left the U.S. in 1990.",
                "\"He came back.\"",
                "Then?",
                "A title",
                "No. 5 is alive"
            ]
        );
    }

    #[test]
    fn no_abbreviation_ends_a_sentence() {
        let [abbreviations, _] = &*WORDS;
        for it in abbreviations {
            let text = format!("We met the {it}. Harbor today.");
            assert_eq!(sentences(&text).len(), 1, "{it}");
        }
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            split("It met Dr. Ann B. Lee of the U.S. Senate. It left the U.S. The end."),
            [
                "It met Dr. Ann B. Lee of the U.S. Senate.",
                "It left the U.S.",
                "The end."
            ]
        );
    }

    #[test]
    fn sentences_end_with_the_marks_of_their_script() {
        assert_eq!(
            split(
                "联盟在61个国家工作。称其方法为“慢慢说。慢慢听”。彼は「行く。来る」と言った。終わり"
            ),
            [
                "联盟在61个国家工作。",
                "称其方法为“慢慢说。慢慢听”。",
                "彼は「行く。来る」と言った。",
                "終わり"
            ]
        );
        assert_eq!(split("هل يعمل؟ نعم يعمل."), ["هل يعمل؟", "نعم يعمل."]);
        assert_eq!(
            split("नदी बहती है। गाँव सोता है।"),
            ["नदी बहती है।", "गाँव सोता है।"]
        );
    }

    #[test]
    fn a_stop_within_quotes_or_brackets_ends_only_with_them() {
        assert_eq!(
            split("They said “We talk. We listen.” Then (as in May. June) it went on. Done"),
            [
                "They said “We talk. We listen.”",
                "Then (as in May. June) it went on.",
                "Done"
            ]
        );
    }
}
