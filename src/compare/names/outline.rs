//! A summary of the letters of a word or name, for a quick comparison before the full one.

/// The number of letters of a text, in total and by groups; there are so few groups that comparing two texts takes almost no time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::compare) struct Outline {
    /// How many characters it has.
    pub(in crate::compare) letters: usize,
    counts: [u8; 32],
}

impl Outline {
    /// The outline of a text.
    pub(in crate::compare) fn of(text: &str) -> Self {
        let mut default = Self::default();
        if text.is_ascii() {
            text.bytes().for_each(|letter| default.count(letter.into()));
        } else {
            text.chars().for_each(|letter| default.count(letter.into()));
        }
        default
    }

    fn count(&mut self, letter: u32) {
        self.letters += 1;
        // Letters of one group are not distinguished, so the estimate of edits is only ever too low.
        if let Some(count) = self.counts.get_mut((letter & 31) as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// Whether `edits` edits can turn one text into the other: letters inserted, deleted, replaced, or swapped with a neighbour.
    ///
    /// An edit changes at most two counts, each by one; swaps change none. True means "perhaps", false is certain.
    pub(in crate::compare) fn within(&self, other: &Self, edits: usize) -> bool {
        if self.letters.abs_diff(other.letters) > edits {
            return false;
        }
        let pairs = self.counts.iter().zip(&other.counts);
        let apart: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        apart as usize <= 2 * edits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_it_rules_out_is_no_slip(one in "[a-dé-ü]{0,9}", other in "[a-dé-ü]{0,9}") {
            let edits = strsim::damerau_levenshtein(&one, &other);
            prop_assert!(Outline::of(&one).within(&Outline::of(&other), edits));
        }
    }

    #[test]
    fn words_of_other_letters_are_ruled_out() {
        let within = |one, other, edits| Outline::of(one).within(&Outline::of(other), edits);
        assert!(!within("kelham", "oakton", 2));
        assert!(within("kelham", "kelhem", 1));
        assert!(!within("kelham", "kelhamites", 2));
    }
}
