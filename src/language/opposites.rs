//! Words by which two names of nearly the same words are two bodies.

use super::{Grammar, Organization, files::sections};

/// Words of which one name has one side and another name the other, in all languages.
#[must_use]
pub fn opposites() -> Vec<[Vec<String>; 2]> {
    let all = sections::<Grammar>().into_iter();
    let pairs = all.flat_map(|(_, section)| section.opposites);
    let words = |side: &str| side.split_whitespace().map(str::to_owned).collect();
    pairs
        .filter_map(|pair| {
            let (one, other) = pair.split_once('|')?;
            Some([words(one), words(other)])
        })
        .collect()
}

/// Words that make two bodies of one name where only one of two names has them.
#[must_use]
pub fn negations() -> Vec<String> {
    let all = sections::<Grammar>().into_iter();
    all.flat_map(|(_, section)| section.negations).collect()
}

/// Words that an arm, a chapter or a sister has and the house has not.
#[must_use]
pub fn arms() -> Vec<String> {
    let all = sections::<Organization>().into_iter();
    all.flat_map(|(_, section)| section.arms).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_opposites_has_two_sides() {
        let written = sections::<Grammar>().into_iter();
        let written = written.map(|(_, section)| section.opposites.len());
        assert_eq!(opposites().len(), written.sum::<usize>());
        for [one, other] in opposites() {
            assert!(!one.is_empty() && !other.is_empty(), "{one:?} | {other:?}");
        }
        assert!(!negations().is_empty() && !arms().is_empty());
    }
}
