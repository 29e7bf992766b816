//! The sentences of a text: lines, split where a stop ends a sentence and a capital begins the next.

use std::ops::Range;

/// Words after which a point does not end a sentence.
const ABBREVIATIONS: [&str; 26] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "no", "vol", "pp", "inc", "ltd", "co",
    "corp", "dept", "gov", "sen", "rep", "gen", "col", "capt", "rev", "approx", "fig",
];

/// The sentences of `text`, as byte ranges in order; none extends over the end of a line.
pub(in crate::compare) fn of(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        split(line, start, &mut sentences);
        start += line.len() + 1;
    }
    sentences
}

fn split(line: &str, offset: usize, sentences: &mut Vec<Range<usize>>) {
    let mut from = 0;
    let mut push = |from: usize, to: usize| {
        let piece = line.get(from..to).unwrap_or_default();
        let trimmed = piece.trim();
        if !trimmed.is_empty() {
            let start = offset + from + (piece.len() - piece.trim_start().len());
            sentences.push(start..start + trimmed.len());
        }
    };
    for (at, stop) in line.match_indices(['.', '!', '?', '。', '！', '？']) {
        let end = at + stop.len();
        let rest = line.get(end..).unwrap_or_default();
        let closing = rest.len()
            - rest
                .trim_start_matches(['"', '\'', '”', '’', ')', ']'])
                .len();
        let rest = rest.get(closing..).unwrap_or_default();
        let wide = matches!(stop, "。" | "！" | "？");
        let next = rest.trim_start().chars().next();
        let begins = next.is_some_and(|next| {
            next.is_uppercase() || next.is_ascii_digit() || "\"'“‘(".contains(next)
        });
        if wide
            || rest.starts_with(char::is_whitespace)
                && begins
                && !(stop == "." && abbreviates(line, at))
        {
            push(from, end + closing);
            from = end + closing;
        }
    }
    push(from, line.len());
}

/// Whether the point at `at` belongs to an abbreviation or an initial.
fn abbreviates(line: &str, at: usize) -> bool {
    let before = line.get(..at).unwrap_or_default();
    let word = before
        .rsplit(|character: char| character.is_whitespace() || character == '(')
        .next()
        .unwrap_or_default();
    let single = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    single || word.contains('.') || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_and_lines_but_not_at_abbreviations() {
        let text =
            "Dr. A. Smith left the U.S. in 1990. \"He came back.\" Then?\nA title\nNo. 5 is alive";
        let found: Vec<&str> = of(text).into_iter().map(|it| &text[it]).collect();
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
}
