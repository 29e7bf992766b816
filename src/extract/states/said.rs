//! What a page says of itself: phrases in its titles and lines, counted by topic in the language that says most.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    notice,
    titles::{self, Titled},
};
use crate::{
    extract::phrases::{ANY, LANGUAGES, PHRASES, Row, Strength, TOPICS, Topic, is_whole},
    reading::PageState,
};

/// How many bytes of a page's text are searched: a page in place of another says so early.
pub(super) const SEARCHED: usize = 8_000;

/// A sentence of a page, or a line without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// Where it begins in the page's text.
    pub(super) at: usize,
    /// Whether a reader sees it among what the page is there for.
    pub(super) is_main: bool,
    /// Whether it is one of the headings that are asked as titles.
    pub(super) is_title: bool,
    /// Letters in it that are not in links; ideographs count twice.
    pub(super) prose: usize,
}

/// What a page says for one state.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) state: PageState,
    /// Each phrase with where it stands and what it weighs.
    pub(super) signs: Vec<(f64, String)>,
    /// Letters of prose in the lines that say nothing of the kind.
    pub(super) other_prose: usize,
    /// Letters of prose in those that do.
    pub(super) saying_prose: usize,
    /// Whether no line says it, only the titles.
    pub(super) only_in_titles: bool,
    /// Whether the last lines say that the page goes on for those who pay.
    pub(super) ends_at_paywall: Option<String>,
}

/// A phrase found in a line.
struct Hit {
    line: usize,
    row: Row,
    phrase: &'static str,
}

/// What one language says for one state.
#[derive(Default)]
struct Tally {
    /// The lines that say it in so many words.
    lines: BTreeSet<usize>,
    text: BTreeSet<&'static str>,
    weak: BTreeSet<&'static str>,
    score: f64,
}

/// What the titles and the lines say, for each state that anything speaks for.
///
/// Where the page has next to nothing (`is_bare`), what its menus, notices and hidden lines say counts as well.
pub(super) fn by(
    title: Option<&str>,
    headings: &[String],
    lines: &[Line<'_>],
    is_bare: bool,
) -> Vec<Said> {
    let mut titled = title.map_or_else(Vec::new, |title| titles::of(title, true));
    titled.extend(
        headings
            .iter()
            .flat_map(|heading| titles::of(heading, false)),
    );
    let mut hits: Vec<Hit> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.at > SEARCHED {
            break;
        }
        if line.is_main || is_bare {
            search(line.text, at, &mut hits);
        }
    }
    let mut states: Vec<PageState> = TOPICS.iter().filter_map(|it| it.state()).collect();
    states.dedup();
    states
        .into_iter()
        .filter_map(|state| of_state(state, &titled, &hits, lines))
        .collect()
}

fn search(text: &str, line: usize, hits: &mut Vec<Hit>) {
    let mut rest = text;
    // A line of a hundred thousand characters says what it has to say at its beginning.
    if rest.len() > SEARCHED {
        rest = &rest[..rest.floor_char_boundary(SEARCHED)];
    }
    let lower = super::folded(rest);
    PHRASES.each(&lower, |(row, phrase), at| {
        if is_whole(phrase, lower.get(at..).unwrap_or_default()) {
            hits.push(Hit {
                line,
                row: Row::of(row),
                phrase,
            });
        }
        true
    });
}

/// How much of each line says it, in halves: one for a single weak word, else two.
fn halves_said<'h>(hits: impl Iterator<Item = &'h Hit>) -> BTreeMap<usize, usize> {
    let mut halves: BTreeMap<usize, usize> = BTreeMap::new();
    for hit in hits {
        let part = halves.entry(hit.line).or_default();
        *part = if hit.row.strength == Strength::Weak {
            (*part + 1).min(2)
        } else {
            2
        };
    }
    halves
}

fn of_state(state: PageState, titled: &[Titled], hits: &[Hit], lines: &[Line<'_>]) -> Option<Said> {
    let mut tallies: Vec<Tally> = (0..LANGUAGES).map(|_| Tally::default()).collect();
    for hit in hits
        .iter()
        .filter(|hit| hit.row.topic.state() == Some(state))
    {
        // What is said in all languages counts for each.
        let languages = if hit.row.language == ANY {
            0..LANGUAGES
        } else {
            hit.row.language..hit.row.language + 1
        };
        for it in &mut tallies[languages] {
            match hit.row.strength {
                Strength::Title => {}
                // What a title says is counted as such.
                Strength::Text if lines[hit.line].is_title => {}
                Strength::Text => {
                    it.lines.insert(hit.line);
                    it.text.insert(hit.phrase);
                }
                Strength::Weak => _ = it.weak.insert(hit.phrase),
            }
        }
    }
    for tally in &mut tallies {
        tally.without_repetitions();
    }
    let for_state = |titled: &&Titled, language: usize| {
        titled.topic.state() == Some(state)
            && (titled.language == language || titled.language == ANY)
    };
    for (language, tally) in tallies.iter_mut().enumerate() {
        let of_titles = titled.iter().filter(|titled| for_state(titled, language));
        tally.score =
            weight_of_titles(of_titles).0 + tally.weight_of_text() + tally.weight_of_weak();
    }
    let (language, tally) = tallies
        .iter()
        .enumerate()
        .reduce(|best, entry| {
            if entry.1.score > best.1.score {
                entry
            } else {
                best
            }
        })
        .filter(|entry| entry.1.score > 0.0)?;
    let is_said = |hit: &&Hit| {
        hit.row.topic.state() == Some(state)
            && (hit.row.language == language || hit.row.language == ANY)
    };
    let saying = halves_said(hits.iter().filter(is_said));
    let mut signs = Vec::new();
    let (weight, phrase) =
        weight_of_titles(titled.iter().filter(|titled| for_state(titled, language)));
    if weight > 0.0 {
        signs.push((
            weight,
            format!("its title or first heading says \"{phrase}\""),
        ));
    }
    let quoted = |of: &BTreeSet<&str>| {
        let of: Vec<String> = of.iter().take(3).map(|it| format!("\"{it}\"")).collect();
        of.join(", ")
    };
    if !tally.text.is_empty() {
        // What is said of things to come is seldom said of anything else.
        let more = if state == PageState::Placeholder {
            0.1
        } else {
            0.0
        };
        signs.push((
            tally.weight_of_text() + more,
            format!("its text says {}", quoted(&tally.text)),
        ));
    }
    if tally.weight_of_weak() > 0.0 {
        signs.push((
            tally.weight_of_weak(),
            format!("its text has words like {}", quoted(&tally.weak)),
        ));
    }
    let main = || lines.iter().enumerate().filter(|entry| entry.1.is_main);
    let saying_prose = main()
        .map(|(at, main)| main.prose * saying.get(&at).copied().unwrap_or(0) / 2)
        .sum();
    let all_prose: usize = main().map(|main| main.1.prose).sum();
    Some(Said {
        state,
        signs,
        other_prose: all_prose.saturating_sub(saying_prose),
        saying_prose,
        only_in_titles: tally.text.is_empty()
            && tally.weight_of_weak() == 0.0
            && !titled
                .iter()
                .any(|it| it.is_status && it.topic.state() == Some(state)),
        ends_at_paywall: paywall(hits, lines, language),
    })
}

/// How much the titles weigh, and the phrase that says most: one sign, and a little more where two of them say it.
fn weight_of_titles<'a>(titled: impl Iterator<Item = &'a Titled>) -> (f64, String) {
    const ALONE: f64 = 0.5;
    const HEADING_ALONE: f64 = 0.4;
    const AMONG_OTHERS: f64 = 0.1;
    let (mut alone, mut among, mut phrase) = (0, 0, String::new());
    let mut of_title = false;
    for it in titled {
        of_title |= it.is_title && it.alone;
        if it.alone && alone == 0 || alone + among == 0 {
            phrase.clone_from(&it.phrase);
        }
        *(if it.alone { &mut alone } else { &mut among }) += 1;
    }
    let weight = match (alone, among) {
        (0, 0) => 0.0,
        (0, _) => AMONG_OTHERS,
        _ if !of_title => HEADING_ALONE,
        (1, _) => ALONE,
        _ => ALONE + 0.1,
    };
    (weight, phrase)
}

impl Tally {
    /// Words that are part of another phrase that was found say nothing more.
    fn without_repetitions(&mut self) {
        let all: Vec<&str> = self.text.iter().chain(&self.weak).copied().collect();
        self.weak.retain(|it| {
            !all.iter()
                .any(|all| all.len() > it.len() && all.contains(it))
        });
    }

    fn weight_of_text(&self) -> f64 {
        match self.lines.len() {
            0 => 0.0,
            1 => 0.4,
            2 => 0.55,
            _ => 0.65,
        }
    }

    /// One such word says nothing, and many say no more than one phrase does.
    fn weight_of_weak(&self) -> f64 {
        const EACH: f64 = 0.07;
        match self.weak.len() {
            0 | 1 => 0.0,
            it => (EACH * it as f64).min(0.32),
        }
    }
}

/// Where a page's own text stops at the offer to pay for the rest: a phrase for it in one of the last lines, outside of links, which
/// speaks to the reader.
fn paywall(hits: &[Hit], lines: &[Line<'_>], language: usize) -> Option<String> {
    /// How much may stand behind the offer.
    const BEHIND: usize = 500;
    /// A sentence below is about something else.
    const SPEAKS: f64 = -0.5;
    let hit = hits.iter().find(|hit| {
        hit.row.topic == Topic::Paywall
            && hit.row.strength == Strength::Text
            && (hit.row.language == language || hit.row.language == ANY)
            && lines.get(hit.line).is_some_and(|line| {
                line.is_main
                    && line.prose * 2 > line.text.chars().count()
                    && notice::of_sentence(line.text) > SPEAKS
            })
    })?;
    let behind: usize = lines
        .iter()
        .skip(hit.line + 1)
        .filter(|line| line.is_main)
        .map(|line| line.prose)
        .sum();
    (behind <= BEHIND).then(|| hit.phrase.to_owned())
}
