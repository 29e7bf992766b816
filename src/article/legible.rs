//! An article's file as a person reads it: stretches of its text, markup left out.

use std::ops::Range;

use super::{
    Form,
    source::{SourceText, tag_end},
};
use crate::{html::unescaped, profile::Span};

/// Elements whose content is not text of the article.
const UNSEEN: &[&str] = &[
    "script", "style", "head", "template", "svg", "noscript", "nav", "form", "button", "select",
    "textarea", "iframe",
];

/// Elements that stand in a line with the text around them.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u",
    "var", "wbr",
];

impl SourceText<'_> {
    /// The ranges of the text for ranges of the file's bytes; `None` for those that are empty or not in the text.
    #[must_use]
    pub fn ranges(&self, spans: &[Span]) -> Vec<Option<Range<usize>>> {
        let mut bytes: Vec<usize> = Vec::with_capacity(spans.len() * 2);
        for span in spans {
            bytes.extend([span.start as usize, span.end as usize]);
        }
        let ends = self.in_text(&bytes);
        let pairs = ends.chunks_exact(2).zip(spans);
        pairs
            .map(|(ends, span)| match ends {
                [Some(start), Some(end)] if !span.is_empty() => {
                    self.text.get(*start..*end).map(|_| *start..*end)
                }
                _ => None,
            })
            .collect()
    }

    /// A stretch of the text as a person reads it. In HTML, tags are left out and entities are characters; other forms are shown as
    /// they are written.
    #[must_use]
    pub fn legible(&self, range: Range<usize>) -> String {
        let text = self.text.get(range).unwrap_or_default();
        match self.form {
            Form::Html => without_tags(text),
            Form::Plain | Form::Markdown | Form::Wikitext => text.replace("\r\n", "\n"),
        }
    }
}

/// The text between the tags; blocks begin on lines of their own.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |end| end + 3);
        } else if let Some(name) = tag_name(rest) {
            at += tag_end(rest);
            // What follows a closing tag is seen again.
            if UNSEEN.contains(&name.as_str()) && !rest.starts_with("</") {
                at += content_end(text.get(at..).unwrap_or_default(), &name);
            }
            if !INLINE.contains(&name.as_str()) {
                break_line(&mut out);
            }
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let end = rest
                .get(first..)
                .and_then(|rest| rest.find('<'))
                .map_or(rest.len(), |end| end + first);
            let words = unescaped(rest.get(..end).unwrap_or_default());
            for character in words.chars() {
                let is_space = character.is_whitespace();
                if !(is_space && out.ends_with(char::is_whitespace)) {
                    out.push(if is_space { ' ' } else { character });
                }
            }
            at += end;
        }
    }
    out
}

/// The name of the element whose tag begins here, in lower case; empty for declarations.
fn tag_name(text: &str) -> Option<String> {
    let inside = text.strip_prefix('<')?;
    if inside.starts_with(['!', '?']) {
        return Some(String::new());
    }
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let name: String = inside
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

/// Where the content of an element ends; 0 if the element does not end in this text.
fn content_end(text: &str, name: &str) -> usize {
    let is_closing = |place: &usize| {
        let tag = text.get(place + 2..place + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    let mut places = text.match_indices("</").map(|(place, _)| place);
    places.find(is_closing).unwrap_or_default()
}

/// Ends a line; more than one empty line says nothing.
fn break_line(out: &mut String) {
    let kept = out.trim_end_matches(' ').len();
    out.truncate(kept);
    if !out.ends_with("\n\n") && !out.is_empty() {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media_type::MediaType;

    #[test]
    fn html_is_read_without_its_tags() {
        let html = "<html><head><title>No</title></head><body><nav>no</NAV><p>Ash &amp; Birch <b>lend</b>\n books.<sup>1</sup></p><!-- no --><p>2 < 3</p><nav>no</nav>";
        let source = SourceText::of(html.as_bytes(), Some(&MediaType::parse("text/html")), None);
        assert_eq!(
            source.legible(0..html.len()),
            "Ash & Birch lend books.1\n\n2 < 3\n\n"
        );
    }

    #[test]
    fn bytes_of_the_file_are_ranges_of_the_text_in_every_charset() {
        let text = "Café Ulmenhof und Bücherei";
        let latin = MediaType::parse("text/plain; charset=windows-1252");
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let span = |start, end| Span { start, end };
        let source = SourceText::of(&bytes, Some(&latin), None);
        let ranges = source.ranges(&[span(5, 13), span(18, 26), span(3, 3), span(20, 99)]);
        let words: Vec<Option<&str>> = ranges
            .into_iter()
            .map(|range| source.text.get(range?))
            .collect();
        assert_eq!(words, [Some("Ulmenhof"), Some("Bücherei"), None, None]);
    }
}
