//! A line that sums up news: how many changes there are, and of which kinds.

use std::collections::BTreeSet;

use super::Weight;
use crate::text::counted;

/// `3 new: 2 to decide on 2 pages, 1 reference lost`, from the weight of each change (`None` for a page that is back) and the address
/// of its page.
#[must_use]
pub fn news_summary<'a>(changes: impl IntoIterator<Item = (Option<Weight>, &'a str)>) -> String {
    let (mut all, mut decide, mut lost, mut back) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut pages = BTreeSet::new();
    for (weight, page) in changes {
        all += 1;
        match weight {
            None => back += 1,
            Some(Weight::Lost) => lost += 1,
            Some(_) => {
                decide += 1;
                pages.insert(page);
            }
        }
    }
    let mut parts = Vec::new();
    if decide > 0 {
        let pages = counted(pages.len(), "page", "pages");
        parts.push(format!("{decide} to decide on {pages}"));
    }
    if lost > 0 {
        parts.push(counted(lost, "reference lost", "references lost"));
    }
    if back > 0 {
        parts.push(counted(back, "reference back", "references back"));
    }
    format!("{all} new: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_by_kind_and_pages_once() {
        let changes = [
            (Some(Weight::Name), "a"),
            (Some(Weight::New), "a"),
            (Some(Weight::Words), "b"),
            (Some(Weight::Lost), "c"),
            (None, "d"),
        ];
        assert_eq!(
            news_summary(changes),
            "5 new: 3 to decide on 2 pages, 1 reference lost, 1 reference back"
        );
        assert_eq!(news_summary([changes[4]]), "1 new: 1 reference back");
    }
}
