//! The headings of the lists that contain a name.

use super::NameAnswer;
use crate::text::fold;

/// A heading in comparable form, without a count of the names.
pub(in crate::compare) fn heading_key(heading: &str) -> String {
    fold(heading)
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .collect()
}

/// The headings of the lists that contain a name: in comparable form, and as spelled.
pub(in crate::compare) fn headings(name_answer: &NameAnswer) -> Vec<(String, String)> {
    name_answer
        .held_in
        .iter()
        .filter_map(|list| list.heading.as_deref())
        .map(|text| {
            let spelt = text.trim().trim_end_matches(':').to_owned();
            (heading_key(text), spelt)
        })
        .filter(|pair| !pair.0.is_empty())
        .collect()
}
