//! Which mementos of a page are copied, and which copy is proposed.

use std::collections::BTreeSet;

use super::listing::Listed;
use crate::clock::Instant;

/// How many are copied on each side of the access date.
const NEAREST: usize = 3;

/// The mementos to copy: the nearest three before and after the access date, the first and the last. `window` is what counts as
/// near; the first and the last are taken wherever they are.
///
/// Those whose content was taken already, by the digest of the index, are passed over; so are rows of errors, as long as there are
/// others.
#[must_use]
pub fn wanted<'a>(
    listed: &'a [Listed],
    accessed: Option<Instant>,
    window: (Instant, Instant),
) -> Vec<&'a Listed> {
    let is_page = |it: &&Listed| it.status.is_none_or(|it| it < 400);
    let mut usable: Vec<&Listed> = listed.iter().filter(is_page).collect();
    if usable.is_empty() {
        usable = listed.iter().collect();
    }
    usable.sort_by_key(|it| it.date);
    let mut chosen: Vec<&Listed> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut take = |it: &'a Listed| {
        let is_new = it.digest.as_deref().is_none_or(|it| known.insert(it));
        if is_new && chosen.iter().all(|other| other.raw != it.raw) {
            chosen.push(it);
            return true;
        }
        false
    };
    if let Some(day) = accessed {
        let near: Vec<&Listed> = usable
            .iter()
            .copied()
            .filter(|it| (window.0..=window.1).contains(&it.date))
            .collect();
        let (before, after): (Vec<&Listed>, Vec<&Listed>) =
            near.into_iter().partition(|it| it.date <= day);
        let mut left = NEAREST;
        for it in before.into_iter().rev() {
            left -= usize::from(left > 0 && take(it));
            if left == 0 {
                break;
            }
        }
        let mut left = NEAREST;
        for it in after {
            left -= usize::from(left > 0 && take(it));
            if left == 0 {
                break;
            }
        }
    }
    for it in [usable.first(), usable.last()].into_iter().flatten() {
        take(it);
    }
    chosen.sort_by_key(|it| it.date);
    chosen
}

/// What a copy was found to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// When it was made.
    pub date: Instant,
    /// How many of the cited words it has.
    pub holds: usize,
}

/// The place of the copy to propose: the one that has most of the cited words and, among equals, the nearest to the access date, or
/// the latest where nobody knows that day. `None` where no copy has any.
#[must_use]
pub fn proposed(copies: &[Judged], accessed: Option<Instant>) -> Option<usize> {
    let far = |it: &Judged| match accessed {
        Some(day) => (it.date - day).num_seconds().abs(),
        None => it.date.timestamp().saturating_neg(),
    };
    let places = copies.iter().enumerate().filter(|it| it.1.holds > 0);
    places
        .min_by_key(|(_, it)| (std::cmp::Reverse(it.holds), far(it)))
        .map(|it| it.0)
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
            .map(|it| digits14(it.date)[..8].to_owned())
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
