//! The lines of a profile's file on which its references are.

use std::collections::BTreeMap;

use memchr::memchr_iter;
use toml::de::{DeTable, DeValue};

/// The line, counted from 1, on which the entry of each reference begins, by the reference's number; empty if `text` is not TOML.
#[must_use]
pub fn reference_lines(text: &str) -> BTreeMap<u32, usize> {
    let mut lines = BTreeMap::new();
    let Ok(parsed) = DeTable::parse(text) else {
        return lines;
    };
    let entries = parsed.get_ref().get("references");
    let entries = entries.and_then(|value| value.get_ref().as_array());
    let (mut at, mut line) = (0, 1);
    for entry in entries.into_iter().flatten() {
        // Entries follow one another, so that every line is counted once.
        let start = entry.span().start;
        line += text
            .as_bytes()
            .get(at..start)
            .map_or(0, |between| memchr_iter(b'\n', between).count());
        at = start;
        let number = entry
            .get_ref()
            .as_table()
            .and_then(|table| table.get("number"));
        let number = number.and_then(|value| match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        });
        if let Some(number) = number {
            lines.entry(number).or_insert(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::reference_lines;

    #[test]
    fn each_reference_is_on_the_line_of_its_entry() {
        let text =
            "title = \"A\"\n\n[[references]]\nnumber = 4\n\n# a note\n[[references]]\nnumber = 2\n";
        let lines = reference_lines(text);
        assert_eq!(lines.into_iter().collect::<Vec<_>>(), [(2, 7), (4, 3)]);
        let inline = "references = [\n  { number = 1 },\n  { number = 2 },\n]\n";
        let lines = reference_lines(inline);
        assert_eq!(lines.into_iter().collect::<Vec<_>>(), [(1, 2), (2, 3)]);
        assert!(reference_lines("not toml").is_empty());
    }
}
