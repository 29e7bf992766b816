//! Statements in a name about other names of the same organization: `Birch Alliance (formerly Alder House)`.

use std::sync::LazyLock;

use crate::language::other_names;

/// Phrases before another name of the same organization, each with a space behind it, the longest first.
static PHRASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut phrases: Vec<String> = other_names().map(|phrase| phrase + " ").collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases
});

/// Whether a text says that an earlier or another name of the same organization follows.
pub(in crate::compare) fn is_former(text: &str) -> bool {
    let lower = text.to_lowercase();
    PHRASES.iter().any(|phrase| {
        let before = lower.strip_suffix(phrase.as_str());
        before.is_some_and(|before| !before.ends_with(char::is_alphanumeric))
    })
}

/// Whether a text says anywhere that another name of the same organization follows.
pub(in crate::compare) fn says(text: &str) -> bool {
    let lower = text.to_lowercase();
    PHRASES.iter().any(|phrase| {
        lower.match_indices(phrase.as_str()).any(|(at, _)| {
            !lower
                .get(..at)
                .is_some_and(|text| text.ends_with(char::is_alphanumeric))
        })
    })
}

/// Whether `lower` is a text in lower case.
fn is_in_lower_case(text: &str, lower: &str) -> bool {
    if text.is_ascii() {
        text.eq_ignore_ascii_case(lower)
    } else {
        text.to_lowercase() == lower
    }
}

/// Splits a name from another name that it gives for the same organization: `(formerly X)`, `, now X`, `(aka X)`.
pub(in crate::compare) fn said(surface: &str) -> (&str, Option<&str>) {
    const OPENINGS: [&str; 5] = ["(", "[", ", ", " - ", " – "];
    for opening in OPENINGS {
        for (at, _) in surface.match_indices(opening) {
            let main = surface.get(..at).unwrap_or_default().trim();
            let rest = surface.get(at + opening.len()..).unwrap_or_default();
            let word = PHRASES.iter().find(|it| {
                let begins = rest.get(..it.len());
                begins.is_some_and(|rest| is_in_lower_case(rest, it))
            });
            let other = word.and_then(|word| rest.get(word.len()..));
            let other = other.map(|other| other.trim_end_matches([')', ']', '.', ' ']));
            if let Some(other) = other.filter(|other| other.chars().count() >= 2)
                && main.chars().count() >= 2
                && !other.to_lowercase().starts_with("part of")
            {
                return (main, Some(other));
            }
        }
    }
    (surface, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_says_another_name() {
        for phrase in PHRASES.iter() {
            let name = format!("Tern Quay ({phrase}Merrow House)");
            assert_eq!(said(&name), ("Tern Quay", Some("Merrow House")), "{name}");
            assert!(is_former(&format!("it is ({phrase}")), "{phrase}");
        }
        assert_eq!(said("Tern Quay (Nowhere House)").1, None);
    }
}
