//! What answers rest on and how sure each ground makes them, and the limits from which on a score counts: one table for names, words
//! and time. How alike two names are is in `names/ways.rs`.

use crate::{compare::names::likeness::reason, finding::Reason};

/// A row of the table.
pub(in crate::compare) struct Ground {
    /// How sure the answer is, from 0 to 1; below 0, how much speaks against it.
    pub(in crate::compare) score: f64,
    /// What is said of it.
    pub(in crate::compare) why: &'static str,
}

impl Ground {
    const fn of(score: f64, why: &'static str) -> Self {
        Self { score, why }
    }

    /// The reason that it gives.
    pub(in crate::compare) fn reason(&self) -> Reason {
        reason(self.why, self.score)
    }

    /// The same reason in words that say what was seen.
    pub(in crate::compare) fn saying(&self, what: &str) -> Reason {
        reason(what, self.score)
    }
}

/// The score of an answer that nothing speaks for or against.
pub(in crate::compare) const UNSETTLED: f64 = 0.5;

/// The score of an answer that leaves no doubt but that of any reading.
pub(in crate::compare) const ALL_BUT_CERTAIN: f64 = 0.99;

/// Grounds of answers about names.
pub(in crate::compare) mod names {
    use super::Ground;

    pub(in crate::compare) static DECIDED: Ground =
        Ground::of(1.0, "a reviewer decided that both are one name");
    pub(in crate::compare) static OVER_LINES: Ground =
        Ground::of(0.95, "the same name, over several lines");
    pub(in crate::compare) static BESIDE: Ground =
        Ground::of(0.94, "the text beside it has the name");
    pub(in crate::compare) static LINK_TARGET: Ground =
        Ground::of(0.88, "its link leads to an address with the name");
    pub(in crate::compare) static LINK_HOST: Ground =
        Ground::of(0.8, "its link leads to an address with the name");
    pub(in crate::compare) static FILE_NAME: Ground =
        Ground::of(0.85, "the file of its picture has the name");
    pub(in crate::compare) static ON_THE_PAGE: Ground = Ground::of(0.9, "the name is on the page");
    pub(in crate::compare) static ADDITION: Ground =
        Ground::of(0.9, "the name with an addition, like the other names");
    pub(in crate::compare) static AFFILIATION: Ground =
        Ground::of(0.9, "the same name, with another affiliation");
    pub(in crate::compare) static NEW: Ground =
        Ground::of(0.9, "the list has it, and the article does not");
    pub(in crate::compare) static OF_FORMER_LIST: Ground = Ground::of(0.9, "");
    pub(in crate::compare) static NO_OTHER: Ground =
        Ground::of(0.1, "no other name on either side has its words");
    pub(in crate::compare) static BOTH_SPELLINGS: Ground =
        Ground::of(-0.1, "the claimed spelling is on the page, too");

    // One name that became several, or several that became one.
    pub(in crate::compare) static MERGED: Ground = Ground::of(
        0.9,
        "all its words are in a name that also has those of another claimed name",
    );
    pub(in crate::compare) static PARTS: Ground =
        Ground::of(0.93, "the page has its parts as separate names");
    pub(in crate::compare) static SHARED_OUT: Ground =
        Ground::of(0.85, "its words are in several names that replaced it");
    pub(in crate::compare) static SEVERAL_BEGIN: Ground =
        Ground::of(0.8, "several names that begin with it replaced it");

    // What an earlier visit shows about a new name.
    pub(in crate::compare) static SAME_LINK: Ground =
        Ground::of(0.9, "it has the link that the claimed name had");
    pub(in crate::compare) static SAME_PICTURE: Ground =
        Ground::of(0.85, "it has the picture that the claimed name had");
    pub(in crate::compare) static SAME_PLACE_AND_ALIKE: Ground = Ground::of(
        0.8,
        "it is where the claimed name was, between the same names",
    );
    pub(in crate::compare) static SAME_PLACE: Ground = Ground::of(
        0.66,
        "it is where the claimed name was, between the same names",
    );

    /// The score of a name that is missing from a list of which no other claimed name is left; and what is added if all are.
    pub(in crate::compare) const MISSING: [f64; 2] = [0.8, 0.19];

    /// The score of a name that may be the beginning of another.
    pub(in crate::compare) const PERHAPS: f64 = 0.6;

    /// The score of the only name with the words of another: enough for a rename, but less than the claimed spelling elsewhere on
    /// the page.
    pub(in crate::compare) const ONLY_CHOICE: f64 = 0.72;

    /// From this score on, a variant is a new name.
    pub(in crate::compare) const RENAMED: f64 = 0.7;

    /// From this score on, a variant in the list counts more than the claimed spelling elsewhere.
    pub(in crate::compare) const SURELY_RENAMED: f64 = 0.76;

    /// From this score on, the past alone makes a rename; below, a candidate.
    pub(in crate::compare) const RENAMED_BY_THE_PAST: f64 = 0.8;

    /// The value of a successor in the choice of pairs: one that the past makes sure, and another.
    pub(in crate::compare) const SUCCESSION: [f64; 2] = [1.5, 0.2];

    /// From this likeness on, a name that took the place of another may be the same.
    pub(in crate::compare) const SOMEWHAT_ALIKE: f64 = 0.5;

    /// Pairs with a lower score are not used: neither as a match nor as a candidate to show.
    pub(in crate::compare) const CANDIDATE: f64 = 0.64;

    /// From this share of common words on, a longer name is compared in full.
    pub(in crate::compare) const MOST_IN_COMMON: f64 = 0.79;

    /// Votes that suffice.
    pub(in crate::compare) struct Enough {
        /// The least sum of votes.
        votes: f64,
        /// The least share of the list that is claimed.
        share: f64,
        /// The least share of the claimed names that is in the list.
        recall: f64,
    }

    impl Enough {
        const fn of(votes: f64, share: f64, recall: f64) -> Self {
            Self {
                votes,
                share,
                recall,
            }
        }

        /// Whether so many votes, which are these shares, are enough.
        pub(in crate::compare) fn is_met(&self, votes: f64, share: f64, recall: f64) -> bool {
            votes >= self.votes && share >= self.share && recall >= self.recall
        }
    }

    /// What shows that lists are the claimed ones.
    pub(in crate::compare) static ENOUGH: [Enough; 3] = [
        Enough::of(0.0, 0.0, 0.25),
        Enough::of(2.0, 0.5, 0.1),
        Enough::of(3.0, 0.0, 0.15),
    ];

    /// What shows that a further list of names belongs to the claim, and that one of other things does.
    pub(in crate::compare) static FURTHER: [Enough; 2] =
        [Enough::of(2.0, 0.15, 0.0), Enough::of(1.0, 0.3, 0.0)];
    pub(in crate::compare) static FURTHER_OF_OTHERS: Enough = Enough::of(2.0, 0.4, 0.0);

    /// The same for a list of the same form beside one that was chosen.
    pub(in crate::compare) const AKIN: f64 = 0.5;

    /// The vote of a name that is there under a likely other name.
    pub(in crate::compare) const VOTE_FOR_A_VARIANT: f64 = 0.5;

    /// What lists of a sentence, lists of other things, and the list of the visit before are worth beside a list of names.
    pub(in crate::compare) const OF_A_SENTENCE: f64 = 0.9;
    pub(in crate::compare) const OF_OTHER_THINGS: f64 = 0.6;
    pub(in crate::compare) const AS_BEFORE: f64 = 1.1;

    /// How distinctive a word is that many organizations have in their names; and a single letter.
    pub(in crate::compare) const COMMON_WORD: f64 = 0.5;
    pub(in crate::compare) const LETTER: f64 = 0.4;

    /// From this weight on, a word is distinctive.
    pub(in crate::compare) const DISTINCTIVE: f64 = 0.9;

    /// What is left of the weight of a word with a slip of the pen.
    pub(in crate::compare) const SLIP: f64 = 0.9;

    /// How clearly a page has a reading of an ambiguous name that is in its text, but not an item of a list; and what letters that
    /// are exactly the same add, which only decides between equals.
    pub(in crate::compare) const IN_TEXT: f64 = 0.5;
    pub(in crate::compare) const BY_LETTERS: f64 = 1e-6;
}

/// Grounds of answers about quotations, figures, relations and statements.
pub(in crate::compare) mod words {
    use super::Ground;

    // Quotations.
    pub(in crate::compare) static NOT_IN_TEXT: Ground =
        Ground::of(0.9, "the words are not in the page's text");
    pub(in crate::compare) static PARTED: Ground =
        Ground::of(0.9, "the same letters, parted into other words");
    pub(in crate::compare) static PARTS_IN_ORDER: Ground =
        Ground::of(0.95, "its parts are there one after another");
    pub(in crate::compare) static SENTENCE_CHANGED: Ground =
        Ground::of(0.9, "the words are there, but their sentence changed");

    /// The score of words that are there apart from punctuation and the like.
    pub(in crate::compare) const BUT_PUNCTUATION: f64 = 0.97;

    /// The score of a quotation in a sentence that now has another meaning.
    pub(in crate::compare) const TURNED: f64 = 0.85;

    /// From this likeness on, words count as the quotation in altered form.
    pub(in crate::compare) const ALTERED: f64 = 0.72;

    /// From this likeness on, words are shown as a possibility.
    pub(in crate::compare) const PERHAPS: f64 = 0.6;

    /// What a letter costs that only the page has; one that it lacks costs 1.
    pub(in crate::compare) const INSERTED: f64 = 0.35;

    // Figures.
    pub(in crate::compare) static SAME_NUMBER: Ground = Ground::of(0.98, "the same number");
    pub(in crate::compare) static ROUNDED: Ground = Ground::of(0.85, "a rounding of the number");
    pub(in crate::compare) static NUMBER_CHANGED: Ground = Ground::of(0.8, "the number changed");
    pub(in crate::compare) static NO_SUCH_NUMBER: Ground =
        Ground::of(0.8, "the text of the page does not contain such a number");

    /// The score of a changed number: at first, what each factor of e between the numbers takes off, and at least.
    pub(in crate::compare) const OTHER_NUMBER: [f64; 3] = [0.9, 0.2, 0.6];

    /// Numbers further apart than this factor of e are about different things.
    pub(in crate::compare) const FAR_APART: f64 = 1.2;

    /// How exactly a number must be a thousand times another: `1.2 billion` for `1.2 million`.
    pub(in crate::compare) const EXACTLY: f64 = 1e-9;

    /// From this number on, a thousand times as much may be a slip of the scale.
    pub(in crate::compare) const MAY_BE_RESCALED: f64 = 1e3;

    /// Up to this number, a page may spell it in words.
    pub(in crate::compare) const MAY_BE_SPELLED: f64 = 100.0;

    // Relations.
    pub(in crate::compare) static RELATED: Ground =
        Ground::of(0.95, "a sentence contains both names and the relation");
    pub(in crate::compare) static BOTH_NAMES: Ground =
        Ground::of(0.75, "a sentence contains both names");
    pub(in crate::compare) static OF_ITSELF: Ground = Ground::of(
        0.72,
        "the page speaks of itself in a sentence with the other name",
    );
    pub(in crate::compare) static SECOND_NAME: Ground =
        Ground::of(0.6, "a sentence contains the relation and the second name");

    /// From this score on, a sentence says that the two are related.
    pub(in crate::compare) const SAYS_SO: f64 = 0.7;

    /// What a sentence gains in the part of the page that is cited.
    pub(in crate::compare) const IN_SCOPE: f64 = 0.02;

    // Statements.
    pub(in crate::compare) static PASSAGE_GONE: Ground =
        Ground::of(0.7, "a passage that it rested on is gone");

    /// From this share of its words on, a passage supports a sentence; passages below it do not matter.
    pub(in crate::compare) const CARRIES: f64 = 0.4;

    /// From this share of its words on, a passage says the sentence.
    pub(in crate::compare) const ALL_BUT_ALL: f64 = 0.9;

    /// How words and passages are weighed for a sentence: BM25 (Robertson and Zaragoza 2009) with little normalization of length, and
    /// parts of our own.
    pub(in crate::compare) struct Weights {
        /// The factor of a word that is part of a name.
        pub(in crate::compare) name: f64,
        /// The factor of a number.
        pub(in crate::compare) number: f64,
        /// k1: how soon repetitions of a word stop to count.
        pub(in crate::compare) saturation: f64,
        /// b: how much longer passages are worth less.
        pub(in crate::compare) length: f64,
        /// The part for words side by side as in the sentence.
        pub(in crate::compare) together: f64,
        /// The part for a neighbor with words of the sentence.
        pub(in crate::compare) context: f64,
        /// What a passage gains beside one that is chosen.
        pub(in crate::compare) beside: f64,
    }

    pub(in crate::compare) static WEIGHTS: Weights = Weights {
        name: 1.5,
        number: 1.5,
        saturation: 1.2,
        length: 0.2,
        together: 0.1,
        context: 0.3,
        beside: 0.2,
    };
}

/// Grounds of answers about several visits.
pub(in crate::compare) mod time {
    use super::Ground;

    pub(in crate::compare) static OTHERS_STAYED: Ground =
        Ground::of(0.9, "other names of its former list are still there");
    pub(in crate::compare) static WAS_BESIDE: Ground = Ground::of(0.85, "both were there before");
    pub(in crate::compare) static REBUILT: Ground =
        Ground::of(0.95, "most of the claimed names stayed");

    /// The score of a name that is on the page of another reference, which did not have it before; and of one where that is unknown.
    pub(in crate::compare) const MOVED: [f64; 2] = [0.9, 0.7];

    /// The score of a fate that signs speak for; without them, the status speaks, and it is certain.
    pub(in crate::compare) const FATE_BY_SIGNS: f64 = 0.9;
}
