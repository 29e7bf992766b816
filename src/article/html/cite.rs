//! The markers in a text, written as `[1]`.

use std::fmt::Write;

use scraper::ElementRef;

use super::{Walk, marks};

impl Walk<'_> {
    /// Writes a marker as `[1]`; whether the element was one.
    pub(super) fn marker(&mut self, element: ElementRef<'_>) -> bool {
        if let Some(numbers) = self.notes.marks.get(&element.id()) {
            let opened = self.line.ends_with(['[', '(']) && element.value().name() == "a";
            if opened {
                self.closing = self
                    .line
                    .pop()
                    .map(|line| if line == '[' { ']' } else { ')' });
            }
            let range = range(self.from.take(), numbers);
            self.cite(range.chain(numbers.iter().copied()));
            return true;
        }
        // "(Moss 2023; Report 2023)" as citation processors write it.
        let cites = element.attr("data-cites").is_some() && {
            let shown: String = element.text().collect();
            shown.trim_start().starts_with(['(', '['])
        };
        if element.value().name() != "sup" && !cites {
            return false;
        }
        let marks = self.marks_in(element);
        let marked = element
            .descendants()
            .any(|descendant| self.notes.marks.contains_key(&descendant.id()));
        let text: String = element.text().collect();
        let plain = text.trim();
        if marked {
            while cites && self.line.ends_with(' ') {
                self.line.pop();
            }
            self.cite(marks);
            return true;
        }
        if cites {
            return false;
        }
        // ": 12" is the page that is cited, and "[citation needed]" does not cite anything.
        let page = plain.starts_with(':') || plain.starts_with("p.") || plain.starts_with("pp.");
        let bracketed = plain.starts_with('[') && plain.ends_with(']');
        if page || (bracketed && plain.chars().any(char::is_alphabetic)) {
            return true;
        }
        let numbers = plain.trim_matches(['[', ']', '(', ')']);
        let digits = !numbers.is_empty()
            && numbers.chars().all(|character| {
                character.is_ascii_digit() || matches!(character, ',' | ' ' | '-' | '–' | '[' | ']')
            });
        let unit = [" m", " km", " cm", " ft", " mi", "10"]
            .iter()
            .any(|suffix| self.line.ends_with(suffix));
        if digits && !unit {
            let _ = write!(self.line, "[{}]", numbers.replace("][", ","));
            return true;
        }
        if digits {
            self.line.extend(numbers.chars().map(marks::superscript));
            return true;
        }
        false
    }

    /// Whether a text is what stands between two markers of one bracket, which `closing` ends: `[1, 2]`, `[1–3]`.
    pub(super) fn is_between_markers(&mut self, text: &str, closing: char) -> bool {
        let text = text.trim();
        let parts = text.chars().all(|it| matches!(it, ',' | ';'));
        if text.is_empty() || !(parts || is_dash(text)) {
            return false;
        }
        self.closing = Some(closing);
        self.from = is_dash(text).then(|| self.last_cited()).flatten();
        true
    }

    /// The numbers of the markers in an element, with those of ranges: `1–3`.
    fn marks_in(&self, element: ElementRef<'_>) -> Vec<u32> {
        let mut numbers: Vec<u32> = Vec::new();
        let mut from = None;
        for node in element.descendants() {
            if let Some(found) = self.notes.marks.get(&node.id()) {
                numbers.extend(range(from.take(), found));
                numbers.extend(found);
            } else if let Some(text) = node.value().as_text()
                && is_dash(text.trim())
            {
                from = numbers.last().copied();
            }
        }
        numbers
    }

    /// The number of the marker that ends the line.
    fn last_cited(&self) -> Option<u32> {
        let marker = self.line.strip_suffix(']')?.rsplit('[').next()?;
        marker.parse().ok()
    }

    fn cite(&mut self, numbers: impl IntoIterator<Item = u32>) {
        for number in numbers {
            // Writing to a String cannot fail.
            let _ = write!(self.line, "[{number}]");
        }
    }
}

/// The numbers between that of the marker `from` and those behind a dash.
fn range(from: Option<u32>, to: &[u32]) -> std::ops::Range<u32> {
    const MOST: u32 = 20;
    match (from, to.first()) {
        (Some(from), Some(to)) if *to > from && to - from <= MOST => from + 1..*to,
        _ => 0..0,
    }
}

fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "–" | "—" | "‑" | "−")
}
