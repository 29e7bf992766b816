//! The content of a page at a good visit, small enough to store: shows whether a later visit still brings that page.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use crate::{
    reading::{Ending, PageState, Reading, Region},
    text::fold,
};

/// A summary of a page in a few hundred bytes, made from a reading without faults and compared with later readings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portrait {
    /// The title of the page, folded and cut.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    /// The language that it declared: the first part of the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Hashes of the headings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    headings: Vec<u32>,
    /// A sample of the hashes of its runs of words: the smallest ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<u32>,
    /// A sample of the hashes of the lines in the frame of the site: menus, header and footer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    frame: Vec<u32>,
    /// How many letters its main part had.
    letters: usize,
    /// Whether its file ended with the end tag of the page.
    closed: bool,
}

/// What a later visit has in common with the portrait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kinship {
    /// Nothing: a different page.
    Other,
    /// The frame or the name of the site, but nothing of the page itself.
    Site,
    /// Something of the page itself: its text, its headings, its title.
    Page,
}

/// The comparison of a later visit with the portrait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What they have in common.
    pub kinship: Kinship,
    /// What is missing now, for people.
    pub lost: Vec<&'static str>,
    /// Why the file counts as truncated, if so.
    pub cut: Option<String>,
    /// Whether so much of the earlier text is there that no other page is likely to have it.
    pub same_text: bool,
    /// Whether the page is in another language than it was.
    pub translated: bool,
    /// The number of letters now, in percent of the earlier number.
    pub percent: usize,
}

/// How many hashes of each kind are stored.
const RUNS: usize = 48;
const HEADINGS: usize = 16;
const FRAME: usize = 24;

/// Fewer runs say nothing about a page: it can lose all of them and be the same.
const ENOUGH: usize = 16;

/// The same for a page that had the claimed words.
const ENOUGH_WITH_WORDS: usize = 6;

/// How many words a run has.
const RUN: usize = 4;

/// A reading in the form in which portraits are made and compared: computed once for all claims.
#[derive(Clone, Debug)]
pub struct Sketch<'a> {
    reading: &'a Reading,
    title: String,
    language: Option<String>,
    headings: Vec<u32>,
    /// In order, each once.
    runs: Vec<u32>,
    /// In order, each once.
    frame: Vec<u32>,
    letters: usize,
    /// Whether the page ends with the footer of the site: then it is complete, however its file ends.
    has_foot: bool,
    /// The folded text, to search for the name of the site; computed when needed.
    text: OnceCell<String>,
    /// Whether the page is not a stand-in.
    is_content: bool,
    /// Whether nothing raises a doubt about that either.
    is_good: bool,
}

impl<'a> Sketch<'a> {
    /// The sketch of a reading.
    #[must_use]
    pub fn of(reading: &'a Reading) -> Self {
        let title = fold(reading.title.as_deref().unwrap_or_default());
        Self {
            reading,
            title: title.chars().take(120).collect(),
            language: language(reading),
            headings: headings(reading),
            runs: runs(reading),
            frame: frame(reading),
            letters: letters(reading),
            has_foot: has_foot(reading),
            text: OnceCell::new(),
            is_content: reading.state == PageState::Content,
            is_good: reading.state == PageState::Content && reading.doubt.is_none(),
        }
    }

    /// How many letters the main part of the page has.
    #[must_use]
    pub fn letters(&self) -> usize {
        self.letters
    }
}

impl Portrait {
    /// The portrait of a page; `None` if it has a sign of a fault, or too little content. The claimed words on it settle any doubt.
    #[must_use]
    pub fn of(sketch: &Sketch<'_>, has_words: bool) -> Option<Self> {
        let sample = |of: &[u32], most: usize| of.iter().copied().take(most).collect();
        let is_good = sketch.is_good && sketch.runs.len() >= ENOUGH;
        let is_known = has_words && sketch.is_content && sketch.runs.len() >= ENOUGH_WITH_WORDS;
        (is_good || is_known).then(|| Self {
            title: sketch.title.clone(),
            language: sketch.language.clone(),
            headings: sketch.headings.iter().copied().take(HEADINGS).collect(),
            runs: sample(&sketch.runs, RUNS),
            frame: sample(&sketch.frame, FRAME),
            letters: sketch.letters,
            closed: sketch.reading.ending == Ending::Closed,
        })
    }

    /// Compares a later visit of the same address.
    #[must_use]
    pub fn knows(&self, now: &Sketch<'_>) -> Judgement {
        let kept = |of: &[u32], now: &[u32]| {
            let there = of.iter().filter(|it| now.binary_search(it).is_ok());
            there.count()
        };
        let headings = in_order(now.headings.clone());
        let of_runs = kept(&self.runs, &now.runs);
        let of_headings = kept(&self.headings, &headings);
        let of_frame = kept(&self.frame, &now.frame);
        let same_title = !now.title.is_empty() && now.title == self.title;
        // Some runs are on every page of a site: "Read more".
        let text = of_runs >= 2 && of_runs * 10 >= self.runs.len();
        let headed = of_headings * 3 >= self.headings.len() && of_headings > 0;
        let framed = of_frame >= 2 && of_frame * 4 >= self.frame.len();
        let named = self.names_the_site(now);
        let kinship = if text || headed || same_title {
            Kinship::Page
        } else if framed || named {
            Kinship::Site
        } else {
            Kinship::Other
        };
        let signs = [
            (text || self.runs.is_empty(), "its text"),
            (headed || self.headings.is_empty(), "its headings"),
            (same_title || self.title.is_empty(), "its title"),
            (framed || self.frame.is_empty(), "the site's frame"),
            (named || self.title.is_empty(), "the site's name"),
        ];
        let percent = now.letters * 100 / self.letters.max(1);
        // A page with a complete header and footer is not truncated, however its file ends; nor is a new one with its own footer.
        let whole_frame = self.frame.len() >= 4 && of_frame * 4 >= self.frame.len() * 3;
        let is_whole = match now.reading.ending {
            Ending::Closed => true,
            Ending::Open => whole_frame || now.has_foot,
            Ending::InTag => whole_frame,
            Ending::Cut => false,
        };
        let cut = self.closed && percent < 95 && !is_whole;
        let other_language =
            self.language.is_some() && now.language.is_some() && self.language != now.language;
        Judgement {
            kinship,
            lost: signs.iter().filter(|sign| !sign.0).map(|sign| sign.1).collect(),
            cut: cut.then(|| {
                format!(
                    "the page used to end with its end tag; now it breaks off, with {percent} % of the text it had"
                )
            }),
            translated: !text && other_language,
            percent,
            same_text: of_runs >= 3 && of_runs * 5 >= self.runs.len() * 2 && percent >= 40,
        }
    }

    /// Whether a part of the old title that may be the name of the site occurs in the new title or text.
    fn names_the_site(&self, now: &Sketch<'_>) -> bool {
        let text = || now.text.get_or_init(|| fold(&now.reading.text));
        let parts = self
            .title
            .split(['|', '-', '–', '—', '·', '»', '›', ':', '/', '(', ')']);
        let mut parts = parts
            .map(str::trim)
            .filter(|text| text.chars().count() >= 5);
        parts.any(|part| now.title.contains(part) || text().contains(part))
    }
}

impl Judgement {
    /// Why nothing can be called absent from the later page, if so; `elsewhere` says that redirects led to another address.
    ///
    /// The text, headings or title of the page are enough. The frame or name of the site are enough for a page that was rewritten at its
    /// old address, if its language is the same and it is not much smaller.
    #[must_use]
    pub fn objection(&self, elsewhere: bool) -> Option<String> {
        /// Below this percentage of the earlier letters, a page with none of its old words counts as a notice in its place.
        const LEAST: usize = 40;
        let lost = self.lost.join(" and ");
        match self.kinship {
            Kinship::Other => Some(format!("another page is there now, without {lost}")),
            Kinship::Site if elsewhere => Some(format!(
                "the redirect leads to another page of the site, without {lost}"
            )),
            Kinship::Site if self.translated => Some(format!(
                "the page is in another language now, without {lost}"
            )),
            Kinship::Site if self.percent < LEAST => Some(format!(
                "the page has {} % of the text that it had, and none of it is the same",
                self.percent
            )),
            Kinship::Page | Kinship::Site => None,
        }
    }
}

/// The first part of the language tag.
fn language(reading: &Reading) -> Option<String> {
    let tag = reading.language.as_deref()?;
    let first = tag.split(['-', '_']).next().unwrap_or_default();
    (!first.is_empty()).then(|| first.to_ascii_lowercase())
}

/// The lines of the main part of the page.
fn main(reading: &Reading) -> impl Iterator<Item = &str> {
    reading
        .blocks
        .iter()
        .filter(|block| block.region == Region::Main)
        .filter_map(|block| reading.text.get(block.range.clone()))
}

fn letters(reading: &Reading) -> usize {
    main(reading)
        .flat_map(str::chars)
        .filter(|letter| letter.is_alphanumeric())
        .count()
}

fn headings(reading: &Reading) -> Vec<u32> {
    reading
        .headings
        .iter()
        .filter_map(|heading| reading.text.get(heading.range.clone()))
        .map(|it| hash(fold(it).trim()))
        .collect()
}

/// The hashes of all runs of words of the main part; in scripts without spaces, of runs of characters.
fn runs(reading: &Reading) -> Vec<u32> {
    let mut found = Vec::new();
    let mut words: Vec<u32> = Vec::new();
    for line in main(reading) {
        words.clear();
        for word in fold(line).split(|letter: char| !letter.is_alphanumeric()) {
            if word.starts_with(|letter: char| letter >= '\u{2e80}') {
                words.extend(word.split("").filter(|part| !part.is_empty()).map(hash));
            } else if !word.is_empty() {
                words.push(hash(word));
            }
        }
        // A name in a list is a run, too.
        let whole = 2..RUN;
        if whole.contains(&words.len()) {
            found.push(hash_of_run(&words));
        }
        found.extend(words.windows(RUN).map(hash_of_run));
    }
    in_order(found)
}

/// Whether the page ends with the footer of the site.
fn has_foot(reading: &Reading) -> bool {
    let mut shown = reading.blocks.iter().rev().filter(|block| !block.hidden);
    shown
        .next()
        .is_some_and(|shown| shown.region == Region::Footer)
}

/// The hashes of the lines in the frame of the site.
fn frame(reading: &Reading) -> Vec<u32> {
    let lines = reading.blocks.iter().filter(|block| {
        matches!(
            block.region,
            Region::Navigation | Region::Header | Region::Footer
        )
    });
    let hashes = lines
        .filter_map(|line| reading.text.get(line.range.clone()))
        .map(|it| hash(fold(it).trim()));
    in_order(hashes.collect())
}

fn in_order(mut hashes: Vec<u32>) -> Vec<u32> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The hash of a run, from those of its words.
fn hash_of_run(words: &[u32]) -> u32 {
    let mixed = words.iter().fold(0_u64, |mixed, word| {
        (mixed.rotate_left(23) ^ u64::from(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    u32::try_from(mixed >> 32).unwrap_or_default()
}

/// FNV-1a, 32 bits (draft-eastlake-fnv): stored on disk, so it must be the same in every build.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::testing::reading;

    const FIRST: &str = "Harbor Alliance\nAbout us\nWe practice unarmed civilian protection in 134 countries.\n\
        The alliance meets in the harbor hall each spring to hear reports from its circles.\n© Harbor Alliance, 12 Dock Street";

    /// A page whose first line is the site's head, whose second is a heading, and whose last is the site's foot.
    fn page(text: &str, title: &str) -> Reading {
        let mut it = reading(text);
        it.title = Some(title.to_owned());
        let last = it.blocks.len() - 1;
        it.blocks[0].region = Region::Header;
        it.blocks[last].region = Region::Footer;
        it.headings.push(crate::reading::Heading {
            level: 1,
            range: it.blocks[1].range.clone(),
        });
        it.language = Some("en".to_owned());
        it.ending = Ending::Closed;
        it
    }

    fn portrait() -> Portrait {
        Portrait::of(&Sketch::of(&page(FIRST, "About - Harbor Alliance")), false).unwrap()
    }

    fn objection(later: &Reading, elsewhere: bool) -> Option<String> {
        portrait().knows(&Sketch::of(later)).objection(elsewhere)
    }

    #[test]
    fn a_page_that_lost_a_sentence_is_the_same_page() {
        let later = FIRST.replace(
            "We practice unarmed civilian protection in 134 countries.",
            "We practice.",
        );
        let know = portrait().knows(&Sketch::of(&page(&later, "About - Harbor Alliance")));
        assert_eq!(
            (know.kinship, know.cut.clone(), know.objection(true)),
            (Kinship::Page, None, None)
        );
    }

    #[test]
    fn a_page_written_anew_in_the_frame_of_the_site_is_still_its_page() {
        let later = "Harbor Alliance\nWho we are\nThis text says other things in other words, and it says as much as the old one did, \
            for people who want to know.\n© Harbor Alliance, 12 Dock Street";
        let later = page(later, "Who we are - Harbor Alliance");
        assert_eq!(portrait().knows(&Sketch::of(&later)).kinship, Kinship::Site);
        assert_eq!(objection(&later, false), None);
        assert!(
            objection(&later, true)
                .unwrap()
                .contains("leads to another page")
        );
        let mut german = later.clone();
        german.language = Some("de".to_owned());
        assert!(objection(&german, false).unwrap().contains("language"));
    }

    #[test]
    fn a_page_with_nothing_of_the_old_one_is_another_page() {
        let later = page(
            "Lucky Reef\nSpin and win\nPlay all night with a bonus that never ends and wheels that always turn your way.\nTerms",
            "Best bonus",
        );
        assert!(
            objection(&later, false)
                .unwrap()
                .starts_with("another page is there now")
        );
    }

    #[test]
    fn a_template_without_its_text_proves_nothing() {
        let later = page(
            "Harbor Alliance\nNews\nx\n© Harbor Alliance, 12 Dock Street",
            "Harbor Alliance",
        );
        assert!(objection(&later, false).unwrap().contains("% of the text"));
    }

    #[test]
    fn a_file_that_lost_its_end_and_some_text_was_cut() {
        let mut later = page(&FIRST[..100], "About - Harbor Alliance");
        later.ending = Ending::Open;
        let last = later.blocks.len() - 1;
        later.blocks[last].region = Region::Main;
        assert!(portrait().knows(&Sketch::of(&later)).cut.is_some());
        let mut later = page(FIRST, "About - Harbor Alliance");
        later.ending = Ending::Open;
        assert!(portrait().knows(&Sketch::of(&later)).cut.is_none());
    }

    #[test]
    fn a_page_made_anew_with_a_foot_of_its_own_was_not_cut() {
        let cut = |last: Region, ending: Ending| {
            let mut later = page("Tern House\nNow\nWe moved.\n© Tern House", "Tern House");
            let at = later.blocks.len() - 1;
            later.blocks[at].region = last;
            later.ending = ending;
            portrait().knows(&Sketch::of(&later)).cut.is_some()
        };
        assert!(!cut(Region::Footer, Ending::Open));
        assert!(cut(Region::Footer, Ending::InTag) && cut(Region::Main, Ending::Open));
    }

    #[test]
    fn a_portrait_is_small_and_comes_back_as_it_was() {
        let text =
            (0..5_000).map(|at| format!("Line {at} says that {at} boats lie in harbor {at}.\n"));
        let unwrap = Portrait::of(
            &Sketch::of(&page(&text.collect::<String>(), "Boats")),
            false,
        )
        .unwrap();
        let json = serde_json::to_string(&unwrap).unwrap();
        assert!(json.len() < 1_200, "{}", json.len());
        assert_eq!(serde_json::from_str::<Portrait>(&json).unwrap(), unwrap);
    }
}
