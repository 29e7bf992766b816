//! The ways in which two names can be alike: what each amounts to, how much, and two names that are alike in no other way.

use super::likeness::{Grade, Likeness, reason};

/// The most that names score which have other legal forms.
pub(super) const MOST_WITH_OTHER_FORM: f64 = 0.6;

/// From this score on one name is another with an addition.
pub(super) const SURE: f64 = 0.84;

/// A share of words or letters that is nearly all of them.
pub(super) const NEARLY: f64 = 0.9;

/// A share of words that is most of them.
pub(super) const MOST_WORDS: f64 = 0.8;

/// A share of words that is half of them.
pub(super) const HALF: f64 = 0.5;

/// A row of the table.
pub(super) struct Way {
    /// What it is called.
    name: &'static str,
    /// What it amounts to.
    grade: Grade,
    /// How alike the names are, 0 to 1.
    weight: f64,
    /// What the share of words in common adds, if all are.
    by_ratio: f64,
    /// What each slip of the pen adds.
    by_slip: f64,
    /// What each word that one has alone adds.
    by_extra: f64,
    /// The most that it comes to.
    most: f64,
    /// What is said of it.
    why: &'static str,
    /// A claimed name and a found one that are alike in this way.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test demands each case"))]
    case: (&'static str, &'static str),
}

/// What is measured of two names.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measure {
    /// The share of words in common, 0 to 1.
    pub(super) ratio: f64,
    /// How many words differ by slips.
    pub(super) slips: f64,
    /// How many words one has alone.
    pub(super) extra: f64,
}

impl Way {
    /// Two names that are alike in this way.
    pub(super) fn found(&self) -> Option<Likeness> {
        self.by(&Measure::default())
    }

    /// The same where it depends on how much of the words is in common.
    pub(super) fn by(&self, measure: &Measure) -> Option<Likeness> {
        let score = self.weight
            + self.by_ratio * measure.ratio
            + self.by_slip * measure.slips
            + self.by_extra * measure.extra;
        let score = score.min(self.most);
        (!is_muted(self.name)).then(|| Likeness {
            grade: self.grade,
            score,
            reasons: vec![reason(self.why, score)],
        })
    }
}

/// A row that says nothing yet.
const WAY: Way = Way {
    name: "",
    grade: Grade::Near,
    weight: 0.0,
    by_ratio: 0.0,
    by_slip: 0.0,
    by_extra: 0.0,
    most: 1.0,
    why: "",
    case: ("", ""),
};

pub(super) static SAME: Way = Way {
    name: "same",
    grade: Grade::Exact,
    weight: 1.0,
    why: "the same name",
    case: ("Harbor Circle", "Harbor Circle"),
    ..WAY
};

pub(super) static OTHER_FORM: Way = Way {
    name: "other-form",
    grade: Grade::Near,
    weight: 0.68,
    why: "the same name with another kind of legal form: perhaps another body",
    case: ("Harbor Lights GmbH", "Harbor Lights AG"),
    ..WAY
};

pub(super) static SAME_WORDS: Way = Way {
    name: "same-words",
    grade: Grade::Same,
    weight: 0.98,
    why: "the same words, apart from articles, punctuation, accents or spelling habits",
    case: ("The Carter Center", "Carter Center"),
    ..WAY
};

pub(super) static BUT_THE_FORM: Way = Way {
    name: "but-the-form",
    grade: Grade::Same,
    weight: 0.96,
    why: "the same words, apart from the legal form",
    case: ("Harbor Lights", "Harbor Lights GmbH"),
    ..WAY
};

pub(super) static AFFILIATION: Way = Way {
    name: "affiliation",
    grade: Grade::Near,
    weight: 0.68,
    why: "the same name, with something else in brackets",
    case: (
        "Nora Quill (Tern University)",
        "Nora Quill (Merrow College)",
    ),
    ..WAY
};

pub(super) static TOLD_MORE: Way = Way {
    name: "told-more",
    grade: Grade::Same,
    weight: 0.95,
    why: "the same name, and behind a comma what is said of it",
    case: ("Nora Quill", "Nora Quill, Tern University"),
    ..WAY
};

pub(super) static OTHER_SCRIPT: Way = Way {
    name: "other-script",
    grade: Grade::Variant,
    weight: 0.84,
    why: "the same name in letters of another script",
    case: ("Olena Tkachuk", "Ткачук Олена Іванівна"),
    ..WAY
};

pub(super) static TWO_BODIES: Way = Way {
    name: "two-bodies",
    grade: Grade::Near,
    weight: 0.5,
    why: "words that tell two bodies apart",
    case: ("Citizens for Tax Reform", "Citizens against Tax Reform"),
    ..WAY
};

pub(super) static SISTER: Way = Way {
    name: "sister",
    grade: Grade::Near,
    weight: 0.68,
    why: "the name with what an arm, a chapter or another house has: perhaps another body",
    case: ("Harbor Votes", "Harbor Votes Action"),
    ..WAY
};

pub(super) static SAYS_SO: Way = Way {
    name: "says-so",
    grade: Grade::Variant,
    weight: 0.95,
    why: "the page says beside it that it is the claimed name's",
    case: ("Harbor Circle", "Amity House (formerly Harbor Circle)"),
    ..WAY
};

pub(super) static GOES_BY: Way = Way {
    name: "goes-by",
    grade: Grade::Variant,
    weight: 0.93,
    why: "the claimed name says that it goes by this one",
    case: ("Amity House (formerly Harbor Circle)", "Harbor Circle"),
    ..WAY
};

pub(super) static BUT_ONE_LETTER: Way = Way {
    name: "but-one-letter",
    grade: Grade::Variant,
    weight: 0.8,
    why: "the same letters but for one",
    case: ("Water Shed Guild", "Watersheds Guild"),
    ..WAY
};

pub(super) static DRESSED_INITIALS: Way = Way {
    name: "dressed-initials",
    grade: Grade::Variant,
    weight: 0.8,
    why: "with words put into initials",
    case: ("Alder Brook College", "ABC University"),
    ..WAY
};

pub(super) static WRITTEN_OUT: Way = Way {
    name: "written-out",
    grade: Grade::Variant,
    weight: 0.88,
    why: "written out, where the claim has the initials",
    case: ("ACLU", "American Civil Liberties Union"),
    ..WAY
};

pub(super) static INITIALS: Way = Way {
    name: "initials",
    grade: Grade::Variant,
    weight: 0.88,
    why: "the initials of the name",
    case: ("National Association for Community Mediation", "NAFCM"),
    ..WAY
};

pub(super) static INITIAL: Way = Way {
    name: "initial",
    grade: Grade::Variant,
    weight: 0.86,
    why: "the same person, a name put into an initial or written out",
    case: ("Marta Paula Quillfeder", "Marta P. Quillfeder"),
    ..WAY
};

pub(super) static OTHER_PERSON: Way = Way {
    name: "other-person",
    grade: Grade::Near,
    weight: 0.68,
    why: "letters that may make another person's name: perhaps another person",
    case: ("Mario Quillfeder", "Maria Quillfeder"),
    ..WAY
};

pub(super) static SHORT_FORM: Way = Way {
    name: "short-form",
    grade: Grade::Near,
    weight: 0.68,
    why: "a short form of the given name: perhaps the same person",
    case: ("Robert Quillfeder", "Bob Quillfeder"),
    ..WAY
};

pub(super) static DOMAIN: Way = Way {
    name: "domain",
    grade: Grade::Variant,
    weight: 0.87,
    why: "the name and its domain",
    case: ("Harbor Circle", "HarborCircle.org"),
    ..WAY
};

pub(super) static QUOTED: Way = Way {
    name: "quoted",
    grade: Grade::Variant,
    weight: 0.8,
    why: "the same name in quotation marks",
    case: ("Society \"Harbor Circle\"", "Union \"Harbor Circle\""),
    ..WAY
};

pub(super) static ADDITION: Way = Way {
    name: "addition",
    grade: Grade::Variant,
    weight: 0.86,
    why: "the name with an addition",
    case: ("Harbor Circle", "Harbor Circle – Ocean Festival"),
    ..WAY
};

pub(super) static NO_ADDITION: Way = Way {
    name: "no-addition",
    grade: Grade::Variant,
    weight: 0.86,
    why: "the name without its addition",
    case: ("Harbor Circle – Ocean Festival", "Harbor Circle"),
    ..WAY
};

pub(super) static TURNED: Way = Way {
    name: "turned",
    grade: Grade::Near,
    weight: 0.68,
    why: "the same words in another order: perhaps another body",
    case: ("University of Miami", "Miami University"),
    ..WAY
};

pub(super) static OTHER_ORDER: Way = Way {
    name: "other-order",
    grade: Grade::Same,
    weight: 0.94,
    why: "the same words in another order",
    case: ("Center for Peace Research", "Peace Research Center"),
    ..WAY
};

pub(super) static SLIP_IN_LONG: Way = Way {
    name: "slip-in-long",
    grade: Grade::Same,
    weight: 0.92,
    why: "the same name but for a letter or two",
    case: ("Harborview Sailing Society", "Harborview Sailling Society"),
    ..WAY
};

pub(super) static SLIP: Way = Way {
    name: "slip",
    grade: Grade::Variant,
    weight: 0.85,
    why: "spelt with a letter's difference",
    case: ("Quilter Guild", "Quiltar Guild"),
    ..WAY
};

pub(super) static SLIPS_IN_LONG: Way = Way {
    name: "slips-in-long",
    grade: Grade::Variant,
    weight: 0.84,
    why: "spelt with a few letters' difference",
    case: (
        "Quilter Orchard Growers League",
        "Quiltar Orcherd Growers League",
    ),
    ..WAY
};

pub(super) static SLIPS_IN_FEW: Way = Way {
    name: "slips-in-few",
    grade: Grade::Variant,
    weight: 0.78,
    why: "spelt with a few letters' difference",
    case: (
        "Quilter Orchard Growers Painters Weavers Sailors",
        "Quiltar Orcherd Growars Painters Weavers Sailors",
    ),
    ..WAY
};

pub(super) static SLIPS_IN_SHORT: Way = Way {
    name: "slips-in-short",
    grade: Grade::Variant,
    weight: 0.75,
    why: "spelt with a few letters' difference",
    case: ("Quilter Orchard", "Quiltar Orcherd"),
    ..WAY
};

pub(super) static LIKE_WORDS: Way = Way {
    name: "like-words",
    grade: Grade::Near,
    weight: 0.6,
    why: "words like these",
    case: ("Quilter Orchard Growers", "Quiltar Orcherd Growars"),
    ..WAY
};

pub(super) static COMMON_WORDS: Way = Way {
    name: "common-words",
    grade: Grade::Near,
    weight: 0.3,
    by_ratio: 0.3,
    why: "common words alone",
    case: ("Community Center", "Community Center Network"),
    ..WAY
};

pub(super) static OTHER_NUMBER: Way = Way {
    name: "other-number",
    grade: Grade::Near,
    weight: 0.55,
    why: "the name with another number",
    case: ("Harbor Brigade", "Harbor Brigade 44"),
    ..WAY
};

pub(super) static BRANCH: Way = Way {
    name: "branch",
    grade: Grade::Near,
    weight: 0.62,
    why: "the name with a place: perhaps a branch",
    case: ("Harbor Circle", "Harbor Circle Texas"),
    ..WAY
};

pub(super) static ONE_WORD: Way = Way {
    name: "one-word",
    grade: Grade::Near,
    weight: 0.55,
    why: "one of its words",
    case: ("Forest", "Friends of the Forest"),
    ..WAY
};

pub(super) static DRESSED: Way = Way {
    name: "dressed",
    grade: Grade::Variant,
    weight: 0.82,
    by_slip: -0.04,
    by_extra: -0.02,
    why: "the name with more words",
    case: ("Amnesty", "Amnesty International"),
    ..WAY
};

pub(super) static LONGER: Way = Way {
    name: "longer",
    grade: Grade::Variant,
    weight: 0.45,
    by_ratio: 0.4,
    by_slip: -0.04,
    why: "the name with more words",
    case: ("Quilter Orchard Growers", "Quilter Orchard Growers Merrow"),
    ..WAY
};

pub(super) static MUCH_LONGER: Way = Way {
    name: "much-longer",
    grade: Grade::Near,
    weight: 0.4,
    by_ratio: 0.3,
    most: 0.66,
    why: "the name with more words",
    case: ("Quilter Orchard", "Quilter Orchard Merrow Sailors"),
    ..WAY
};

pub(super) static INITIALS_OUT: Way = Way {
    name: "initials-out",
    grade: Grade::Variant,
    weight: 0.84,
    why: "with initials written out",
    case: ("YMC Sailors", "Young Merrow Club Sailors"),
    ..WAY
};

pub(super) static INTO_INITIALS: Way = Way {
    name: "into-initials",
    grade: Grade::Variant,
    weight: 0.84,
    why: "with words put into initials",
    case: ("Young Merrow Club Sailors", "YMC Sailors"),
    ..WAY
};

pub(super) static NEAR_LETTERS: Way = Way {
    name: "near-letters",
    grade: Grade::Variant,
    weight: 0.8,
    why: "nearly the same letters",
    case: (
        "Quil Terorchard Growers Guild",
        "Quilterorch Ard Growers Guilds",
    ),
    ..WAY
};

pub(super) static SOME_WORDS: Way = Way {
    name: "some-words",
    grade: Grade::Near,
    weight: 0.2,
    by_ratio: 0.45,
    most: 0.6,
    why: "some of the same words",
    case: ("Harbor Sailing Circle", "Harbor Painting Circle"),
    ..WAY
};

/// Switches a way off, to see what is said without it.
#[cfg(test)]
use muted::is as is_muted;

/// Whether a way is switched off, which only tests do.
#[cfg(not(test))]
fn is_muted(_: &str) -> bool {
    false
}

#[cfg(test)]
mod muted {
    use std::cell::Cell;

    thread_local! {
        static MUTED: Cell<&'static str> = const { Cell::new("") };
    }

    /// Whether a way is switched off in this thread.
    pub(super) fn is(name: &str) -> bool {
        MUTED.get() == name
    }

    /// What `run` returns while a way is switched off.
    pub(super) fn without<T>(name: &'static str, run: impl FnOnce() -> T) -> T {
        MUTED.set(name);
        let result = run();
        MUTED.set("");
        result
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::compare::names::{key::NameKey, pairs::likeness};

    #[test]
    fn every_way_has_two_names_that_are_alike_in_no_other() {
        let ways = [
            &SAME,
            &OTHER_FORM,
            &SAME_WORDS,
            &BUT_THE_FORM,
            &AFFILIATION,
            &TOLD_MORE,
            &OTHER_SCRIPT,
            &TWO_BODIES,
            &SISTER,
            &SAYS_SO,
            &GOES_BY,
            &BUT_ONE_LETTER,
            &DRESSED_INITIALS,
            &WRITTEN_OUT,
            &INITIALS,
            &SHORT_FORM,
            &DOMAIN,
            &QUOTED,
            &ADDITION,
            &NO_ADDITION,
            &TURNED,
            &OTHER_ORDER,
            &SLIP_IN_LONG,
            &SLIP,
            &SLIPS_IN_LONG,
            &SLIPS_IN_FEW,
            &SLIPS_IN_SHORT,
            &LIKE_WORDS,
            &COMMON_WORDS,
            &OTHER_NUMBER,
            &BRANCH,
            &ONE_WORD,
            &DRESSED,
            &LONGER,
            &MUCH_LONGER,
            &INITIALS_OUT,
            &INTO_INITIALS,
            &NEAR_LETTERS,
            &SOME_WORDS,
        ];
        let names: BTreeSet<&str> = ways.iter().map(|way| way.name).collect();
        assert_eq!(names.len(), ways.len());
        let mut wrong = Vec::new();
        for way in ways {
            let (claimed, found) = (NameKey::of(way.case.0), NameKey::of(way.case.1));
            let say = || likeness(&claimed, &found);
            let said = say();
            let why = said.as_ref().map(|it| it.reasons[0].what.clone());
            if why.as_deref() != Some(way.why) {
                wrong.push(format!("{}: {:?} says {why:?}", way.name, way.case));
            } else if muted::without(way.name, say) == said {
                wrong.push(format!("{}: the same without it", way.name));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
