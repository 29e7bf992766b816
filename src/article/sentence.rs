//! Where sentences end in running prose, abbreviations and quotations minded.

use std::ops::Range;

use super::words::holds;

/// Words before a full stop that do not end a sentence.
const ABBREVIATIONS: &str = "\
    adm ald apr assn aug ave blvd capt cf cmdr co col corp dec dept det dr ed eds e.g esp est feb fig ft \
    gen gov hon i.e inc intl jan jr lt ltd maj mr mrs ms messrs mt no nos nov oct op pp pres prof rep \
    reps rev sec sen sens sept sgt sr st ste univ vol vs";

/// Abbreviations that a name may end on, so that the next word decides.
const MAY_END: &[&str] = &["inc", "co", "corp", "ltd", "jr", "sr", "assn"];

/// Words that open a sentence far more often than they follow an abbreviation.
const OPENERS: &str = "\
    a after although an as at during for he however in it its on other she since some that the their \
    these they this those we when while";

/// The sentences of `text` as byte ranges, white space at their ends left out.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
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
            '.' | '!' | '?' | '…' | '؟' => {
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
    let opens = holds(OPENERS, &opener.to_lowercase());
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
    if holds(ABBREVIATIONS, &lower) {
        return opens && MAY_END.contains(&lower.as_str());
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
