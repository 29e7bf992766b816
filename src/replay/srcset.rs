//! `srcset`: the candidates of an image, each an address with its descriptor (HTML standard, 4.8.4.2.1).

/// The list with `map` applied to each address; candidates without a result are removed.
pub(super) fn map(list: &str, mut map: impl FnMut(&str) -> Option<String>) -> String {
    let mut candidates: Vec<String> = Vec::new();
    let mut rest = list;
    loop {
        rest =
            rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == ',');
        if rest.is_empty() {
            return candidates.join(", ");
        }
        let end = rest
            .find(|letter: char| letter.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (address, behind) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        let (descriptors, behind) = if bare.len() == address.len() {
            until_comma(behind)
        } else {
            ("", behind)
        };
        rest = behind;
        if let Some(mapped) = map(bare) {
            // A comma at the end would be taken for a separator.
            let replace = mapped.replace(',', "%2C");
            let descriptors = descriptors.trim();
            let space = if descriptors.is_empty() { "" } else { " " };
            candidates.push(format!("{replace}{space}{descriptors}"));
        }
    }
}

/// The text before the first comma outside parentheses, and the rest.
fn until_comma(text: &str) -> (&str, &str) {
    let mut depth = 0_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                return (
                    text.get(..at).unwrap_or_default(),
                    text.get(at + 1..).unwrap_or_default(),
                );
            }
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    #[test]
    fn candidates_are_parted_as_browsers_part_them() {
        for (given, expected) in [
            ("a.png 1x, b.png 2x", "<a.png> 1x, <b.png> 2x"),
            ("a.png,b.png", "<a.png%2Cb.png>"),
            ("a.png, b.png", "<a.png>, <b.png>"),
            (" ,, a,b.png 100w ,", "<a%2Cb.png> 100w"),
            ("a.png (x, y) 1x, b.png", "<a.png> (x, y) 1x, <b.png>"),
            ("drop.png 1x, a.png 2x", "<a.png> 2x"),
            ("", ""),
        ] {
            let mapped = super::map(given, |it| (it != "drop.png").then(|| format!("<{it}>")));
            assert_eq!(mapped, expected, "{given}");
        }
    }
}
