//! The words of a finding in the comparison of two texts: found across the marks of what changed, a line at a time.

use std::ops::Range;

use crate::text::{for_terminal, html_escaped};

/// An HTML fragment, one element a line, in which every occurrence of `words` is wrapped in `b` elements of the class `at`.
pub(super) fn spotted(html: &str, words: &[&str]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|it| html_escaped(&for_terminal(it)))
        .collect();
    let lines = html.split_inclusive('\n');
    lines.map(|line| in_line(line, &words)).collect()
}

/// The tags and the texts of a line, in order; tags are marked.
fn pieces(line: &str) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((text, behind)) = rest.split_once('<') {
        pieces.push((false, text));
        let end = behind.find('>').map_or(behind.len(), |end| end + 1);
        let begin = text.len();
        let (tag, after) = rest.split_at((begin + 1 + end).min(rest.len()));
        pieces.push((true, tag.get(begin..).unwrap_or_default()));
        rest = after;
    }
    pieces.push((false, rest));
    pieces
}

/// The places of words in a text, in order and apart.
fn places(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let wanted = words.iter().filter(|word| !word.is_empty());
    let found = wanted.flat_map(|word| text.match_indices(word.as_str()));
    let mut found: Vec<Range<usize>> = found.map(|(at, word)| at..at + word.len()).collect();
    found.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => apart.push(range),
        }
    }
    apart
}

fn in_line(line: &str, words: &[String]) -> String {
    let pieces = pieces(line);
    let texts = pieces.iter().filter(|it| !it.0);
    let text: String = texts.map(|it| it.1).collect();
    let places = places(&text, words);
    if places.is_empty() {
        return line.to_owned();
    }
    let (mut out, mut at) = (String::with_capacity(line.len() + 64), 0);
    for (is_tag, piece) in pieces {
        if is_tag {
            out.push_str(piece);
            continue;
        }
        let end = at + piece.len();
        let mut from = at;
        for place in places
            .iter()
            .filter(|place| place.start < end && place.end > at)
        {
            let (start, stop) = (place.start.max(at), place.end.min(end));
            out.push_str(text.get(from..start).unwrap_or_default());
            out.push_str("<b class=\"at\">");
            out.push_str(text.get(start..stop).unwrap_or_default());
            out.push_str("</b>");
            from = stop;
        }
        out.push_str(text.get(from..end).unwrap_or_default());
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_across_marks_and_never_in_tags() {
        for (html, words, expected) in [
            (
                "<p class=\"removed\"><del>Cleveland <mark>Mediation</mark> Center, Ohio</del></p>\n",
                &["Cleveland Mediation Center"][..],
                "<p class=\"removed\"><del><b class=\"at\">Cleveland </b><mark><b class=\"at\">Mediation</b></mark>\
                 <b class=\"at\"> Center</b>, Ohio</del></p>\n",
            ),
            (
                "<p class=\"removed\">x</p>\n",
                &["removed", "p"],
                "<p class=\"removed\">x</p>\n",
            ),
            (
                "<p>A &amp; B</p>\n<p>A</p>\n",
                &["A & B", "", "A"],
                "<p><b class=\"at\">A &amp; B</b></p>\n<p><b class=\"at\">A</b></p>\n",
            ),
            ("a < b <", &["b"], "a < b <"),
        ] {
            assert_eq!(spotted(html, words), expected);
        }
    }
}
