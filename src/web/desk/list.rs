//! The names of a list as a table: what the article calls them, what the page calls them, and why they count as what they do.

use super::entries::Line;
use crate::{desk::Item, finding::Subject, report::Label};

/// The names of which the page says the same.
pub(super) struct Part {
    /// What it says: `Still there`, `Gone`.
    pub(super) heading: &'static str,
    /// Whether each has a row of its own, with its reason.
    pub(super) has_rows: bool,
    /// The names.
    pub(super) names: Vec<Name>,
}

/// A name in the table.
pub(super) struct Name {
    /// Its finding.
    pub(super) line: Line,
    /// The strongest reason.
    pub(super) why: String,
}

/// The names of the claim of the chosen finding, by what the page says; empty if that claim is not about a list.
pub(super) fn table<'a>(
    items: &[&'a Item],
    chosen: Option<&Item>,
    line: impl Fn(&'a Item) -> Line,
) -> Vec<Part> {
    let chosen = chosen.map(|it| (&it.finding().profile, it.finding().subject.claim()));
    let part = |heading, has_rows| Part {
        heading,
        has_rows,
        names: Vec::new(),
    };
    let mut parts = [
        part("Gone", true),
        part("Renamed", true),
        part("New", true),
        part("Cannot tell", true),
        part("Still there", false),
    ];
    for item in items {
        let finding = item.finding();
        let is_name = matches!(
            finding.subject,
            Subject::Name { .. } | Subject::NewName { .. }
        );
        if !is_name || Some((&finding.profile, finding.subject.claim())) != chosen {
            continue;
        }
        let at = match Label::of(finding) {
            Label::Present | Label::Elsewhere | Label::Redesigned => 4,
            Label::Absent | Label::MovedPage | Label::MovedList => 0,
            Label::New => 2,
            Label::CannotTell => 3,
            _ => 1,
        };
        let why = finding.reasons.first();
        if let Some(part) = parts.get_mut(at) {
            part.names.push(Name {
                line: line(item),
                why: why.map_or(String::new(), |why| why.what.clone()),
            });
        }
    }
    let parts = parts.into_iter();
    parts.filter(|part| !part.names.is_empty()).collect()
}
