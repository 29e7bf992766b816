//! What numbers count: words of many languages for the same things.

use std::{collections::HashMap, sync::LazyLock};

/// Words of many languages that count the same, a line each.
static SAME: LazyLock<HashMap<&'static str, Vec<usize>>> = LazyLock::new(|| {
    let mut same: HashMap<&str, Vec<usize>> = HashMap::new();
    let lines = include_str!("units.txt").lines();
    for (at, line) in lines.filter(|line| !line.starts_with('#')).enumerate() {
        for word in line.split_whitespace() {
            same.entry(word).or_default().push(at);
        }
    }
    same
});

/// Whether a word is known as something that is counted.
#[must_use]
pub fn is_unit(word: &str) -> bool {
    SAME.contains_key(word)
}

/// Whether two words, without the endings of their plurals, count the same things.
#[must_use]
pub fn same_unit(one: &str, other: &str) -> bool {
    let of = |text: &str| SAME.get(text).map_or(&[][..], Vec::as_slice);
    one == other || of(one).iter().any(|word| of(other).contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_counts_the_same_as_the_first_of_its_line() {
        for line in include_str!("units.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            let mut words = line.split_whitespace();
            let first = words.next().unwrap();
            for word in words {
                assert!(same_unit(first, word), "{first} | {word}");
            }
        }
        assert!(!same_unit("country", "person"));
    }
}
