//! Which mementos of a page to copy, and which copy to propose.

use std::collections::BTreeSet;

use super::listing::Listed;
use crate::clock::Instant;

/// How many to copy on each side of the access date.
const NEAREST: usize = 3;

/// The mementos to copy: the nearest three before and after the access date, the first and the last. Only those within `window` of
/// the access date count as near; the first and the last are copied whatever their date.
///
/// Mementos whose content was copied already (by the digest in the index) are skipped, and so are archived errors, as long as there are
/// others.
#[must_use]
pub fn wanted<'a>(
    listed: &'a [Listed],
    accessed: Option<Instant>,
    window: (Instant, Instant),
) -> Vec<&'a Listed> {
    let is_page = |copy: &&Listed| copy.status.is_none_or(|status| status < 400);
    let mut usable: Vec<&Listed> = listed.iter().filter(is_page).collect();
    if usable.is_empty() {
        usable = listed.iter().collect();
    }
    usable.sort_by_key(|copy| copy.date);
    let mut chosen: Vec<&Listed> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut take = |listed: &'a Listed| {
        let is_new = listed
            .digest
            .as_deref()
            .is_none_or(|digest| known.insert(digest));
        if is_new && chosen.iter().all(|other| other.raw != listed.raw) {
            chosen.push(listed);
            return true;
        }
        false
    };
    if let Some(day) = accessed {
        let near: Vec<&Listed> = usable
            .iter()
            .copied()
            .filter(|usable| (window.0..=window.1).contains(&usable.date))
            .collect();
        let (before, after): (Vec<&Listed>, Vec<&Listed>) =
            near.into_iter().partition(|copy| copy.date <= day);
        let mut left = NEAREST;
        for copy in before.into_iter().rev() {
            left -= usize::from(left > 0 && take(copy));
            if left == 0 {
                break;
            }
        }
        let mut left = NEAREST;
        for copy in after {
            left -= usize::from(left > 0 && take(copy));
            if left == 0 {
                break;
            }
        }
    }
    for copy in [usable.first(), usable.last()].into_iter().flatten() {
        take(copy);
    }
    chosen.sort_by_key(|copy| copy.date);
    chosen
}

/// A copy, with the result of comparing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// When it was made.
    pub date: Instant,
    /// How many of the cited words it contains.
    pub holds: usize,
}

/// The index of the copy to propose: the one with most of the cited words and, among equals, the nearest to the access date, or
/// the latest if that date is unknown. `None` if no copy has any of the words.
#[must_use]
pub fn proposed(copies: &[Judged], accessed: Option<Instant>) -> Option<usize> {
    let far = |judged: &Judged| match accessed {
        Some(day) => (judged.date - day).num_seconds().abs(),
        None => judged.date.timestamp().saturating_neg(),
    };
    let places = copies.iter().enumerate().filter(|pair| pair.1.holds > 0);
    places
        .min_by_key(|(_, place)| (std::cmp::Reverse(place.holds), far(place)))
        .map(|place| place.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{digits14, parse_digits14};

    fn row(digits: &str, status: u16, digest: &str) -> Listed {
        Listed {
            raw: format!("https://a.example/web/{digits}id_/https://b.example/"),
            date: parse_digits14(digits).unwrap(),
            original: "https://b.example/".parse().unwrap(),
            status: Some(status),
            digest: Some(digest.to_owned()),
        }
    }

    fn at(digits: &str) -> Instant {
        parse_digits14(digits).unwrap()
    }

    #[test]
    fn three_before_three_after_the_first_and_the_last_are_wanted_each_content_once() {
        let mut listed = vec![
            row("20150101000000", 200, "first"),
            row("20221001000000", 404, "gone"),
        ];
        for day in 10..30 {
            // Every second copy repeats the one before it.
            listed.push(row(
                &format!("202210{day}000000"),
                200,
                &format!("d{}", day / 2),
            ));
        }
        listed.push(row("20260101000000", 200, "last"));
        let day = at("20221020");
        let chosen = wanted(&listed, Some(day), (at("20220722"), at("20230118")));
        let dates: Vec<String> = chosen
            .iter()
            .map(|chosen| digits14(chosen.date)[..8].to_owned())
            .collect();
        assert_eq!(
            dates,
            [
                "20150101", "20221017", "20221019", "20221020", "20221022", "20221024", "20221026",
                "20260101"
            ]
        );
        assert!(wanted(&[], Some(day), (day, day)).is_empty());
        let only = [row("20221001000000", 404, "gone")];
        assert_eq!(wanted(&only, None, (day, day)).len(), 1);
    }

    #[test]
    fn most_words_win_and_among_equals_the_nearest() {
        let copy = |digits: &str, holds| Judged {
            date: at(digits),
            holds,
        };
        let copies = [
            copy("20210101", 3),
            copy("20221001", 2),
            copy("20230101", 3),
            copy("20221020", 0),
        ];
        assert_eq!(proposed(&copies, Some(at("20221020"))), Some(2));
        assert_eq!(proposed(&copies, None), Some(2));
        assert_eq!(proposed(&copies[3..], None), None);
    }
}
