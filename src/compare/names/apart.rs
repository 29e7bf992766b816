//! Words that distinguish two organizations with nearly the same name: opposites, negations, single letters, sisters and chapters.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::{key::NameKey, spelling::split, vocabulary};
use crate::language::opposites;

/// The result of comparing the words that only one of two names has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::compare) enum Apart {
    /// Two organizations.
    Other,
    /// Perhaps two: a branch, a chapter, an affiliate.
    Sister,
}

/// How the words that only one of two names has distinguish them; `None` if they do not.
pub(in crate::compare) fn apart(claimed: &NameKey, found: &NameKey) -> Option<Apart> {
    let (one, other) = (split(&claimed.exact), split(&found.exact));
    let (own, new) = (only_in(&one, &other), only_in(&other, &one));
    let opposite = |a: &&str| {
        let a = TABLE.sides(a);
        new.iter().any(|b| {
            let b = TABLE.sides(b);
            a.iter().any(|a| b.iter().any(|b| a.0 == b.0 && a.1 != b.1))
        })
    };
    let letter = |text: &&str| {
        let mut letters = text.chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
    };
    let turned = |words: &[&str]| words.iter().any(|word| TABLE.negations.contains(*word));
    if own.iter().any(opposite)
        || turned(&own) != turned(&new)
        || own.iter().any(letter) && new.iter().any(letter)
    {
        return Some(Apart::Other);
    }
    let (more, short, long) = match (own.is_empty(), new.is_empty()) {
        (true, false) => (&new, &one, &other),
        (false, true) => (&own, &other, &one),
        _ => return None,
    };
    // The first word of a name can say what kind of organization it is: `Fundación Mar`.
    let first = long.first().map(String::as_str);
    let sister = more
        .iter()
        .any(|it| TABLE.sisters.contains(*it) && first != Some(*it));
    (sister || is_chapter(short, long)).then_some(Apart::Sister)
}

/// Whether the longer name is the shorter one followed by a place or a part: `League of Harbor Voters of Ohio`.
fn is_chapter(short: &[String], long: &[String]) -> bool {
    const OF: [&str; 19] = [
        "of", "de", "du", "des", "del", "della", "di", "do", "da", "von", "aus", "van", "av",
        "fra", "z", "w", "из", "в", "sur",
    ];
    let rest = long.strip_prefix(short).unwrap_or_default();
    rest.len() >= 2 && rest.first().is_some_and(|rest| OF.contains(&rest.as_str()))
}

/// The words that `one` has more often than `other`.
fn only_in<'a>(one: &'a [String], other: &[String]) -> Vec<&'a str> {
    let mut left: Vec<&String> = other.iter().collect();
    let mut only = Vec::new();
    for it in one {
        match left.iter().position(|other| *other == it) {
            Some(at) => drop(left.swap_remove(at)),
            None => only.push(it.as_str()),
        }
    }
    only
}

/// The words in the table.
#[derive(Default)]
struct Table {
    /// For each word, the pairs that contain it, each with the side.
    opposites: HashMap<String, Vec<(usize, bool)>>,
    negations: HashSet<String>,
    sisters: HashSet<String>,
}

impl Table {
    fn sides(&self, word: &str) -> &[(usize, bool)] {
        self.opposites.get(word).map_or(&[], Vec::as_slice)
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        negations: opposites::negations().into_iter().collect(),
        ..Table::default()
    };
    for (number, sides) in opposites::opposites().into_iter().enumerate() {
        for (words, is_first) in sides.into_iter().zip([true, false]) {
            for word in words {
                let sides = table.opposites.entry(vocabulary::canonical(&word));
                sides.or_default().push((number, is_first));
            }
        }
    }
    let arms = opposites::arms().into_iter();
    table
        .sisters
        .extend(arms.map(|word| vocabulary::canonical(&word)));
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(one: &str, other: &str) -> Option<Apart> {
        apart(&NameKey::of(one), &NameKey::of(other))
    }

    #[test]
    fn opposites_negations_and_lone_letters_are_two_bodies_in_every_language() {
        for (one, other) in [
            ("Citizens for Tax Reform", "Citizens against Tax Reform"),
            ("Bürger für den Tunnel", "Bürger gegen den Tunnel"),
            ("Vecinos por la Presa", "Vecinos contra la Presa"),
            ("Collectif pour la Gare", "Collectif contre la Gare"),
            ("Жители за мост", "Жители против моста"),
            ("Harbor Men's Club", "Harbor Women's Club"),
            ("Nuclear Alliance", "Anti-Nuclear Alliance"),
            ("Class A League", "Class B League"),
            ("Vitamin K Society", "Vitamin D Society"),
            ("Upper Valley Watch", "Lower Valley Watch"),
            ("Harbor Tenants Union", "Harbor Landlords Union"),
        ] {
            assert_eq!(compared(one, other), Some(Apart::Other), "{one} | {other}");
            assert_eq!(compared(other, one), Some(Apart::Other), "{other} | {one}");
        }
    }

    #[test]
    fn arms_and_chapters_are_perhaps_other_bodies() {
        for (one, other) in [
            ("Harbor Votes", "Harbor Votes Action"),
            ("Sierra Fund", "Sierra Fund Foundation"),
            ("League of Harbor Voters", "League of Harbor Voters of Ohio"),
            ("Ligue des Rivières", "Ligue des Rivières de Bretagne"),
            ("Bund der Fischer", "Bund der Fischer Jugend"),
            ("Harbor Council", "Harbor Council PAC"),
        ] {
            assert_eq!(compared(one, other), Some(Apart::Sister), "{one} | {other}");
        }
        for (one, other) in [
            ("Harbor Circle", "The Harbor Circle"),
            ("Amnesty", "Amnesty International"),
            ("Centre for River Law", "Center for River Law"),
        ] {
            assert_eq!(compared(one, other), None, "{one} | {other}");
        }
    }
}
