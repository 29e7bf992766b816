//! What a page says of itself: phrases in its titles and lines, counted by topic in the language that says most.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    line::Line,
    notice, signs,
    titles::{self, Titled, state_of},
};
use crate::{
    language::pages::{self, ANY, Row, Strength, Topic, phrases_in},
    reading::PageState,
};

/// How many bytes of a page's text are searched: a page in place of another says so early.
pub(super) const SEARCHED: usize = 8_000;

/// What a page says for one state.
#[derive(Debug)]
pub(super) struct Said {
    /// The state that it speaks for.
    pub(super) state: PageState,
    /// The phrases: their weights and texts with places.
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

/// The states that phrases speak for.
const STATES: [PageState; 8] = [
    PageState::Blocked,
    PageState::Unavailable,
    PageState::SoftNotFound,
    PageState::LoginWall,
    PageState::ConsentWall,
    PageState::Parked,
    PageState::Placeholder,
    PageState::ScriptShell,
];

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
    STATES
        .into_iter()
        .filter_map(|state| of_state(state, &titled, &hits, lines))
        .collect()
}

fn search(text: &str, line: usize, hits: &mut Vec<Hit>) {
    // A line of a hundred thousand characters says what it has to say at its beginning.
    let rest = crate::text::head(text, SEARCHED);
    let lower = super::folded(rest);
    hits.extend(phrases_in(&lower).into_iter().map(|spoken| Hit {
        line,
        row: spoken.row,
        phrase: spoken.phrase,
    }));
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

/// What each language says for a state.
fn tallies(state: PageState, hits: &[Hit], lines: &[Line<'_>]) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = (0..pages::languages()).map(|_| Tally::default()).collect();
    for hit in hits
        .iter()
        .filter(|hit| state_of(hit.row.topic) == Some(state))
    {
        // What is said in all languages counts for each.
        let languages = if hit.row.language == ANY {
            0..pages::languages()
        } else {
            hit.row.language..hit.row.language + 1
        };
        for tally in &mut tallies[languages] {
            match hit.row.strength {
                Strength::Title => {}
                // What a title says is counted as such.
                Strength::Text if lines[hit.line].is_title => {}
                Strength::Text => {
                    tally.lines.insert(hit.line);
                    tally.text.insert(hit.phrase);
                }
                Strength::Weak => _ = tally.weak.insert(hit.phrase),
            }
        }
    }
    for tally in &mut tallies {
        tally.without_repetitions();
    }
    tallies
}

fn of_state(state: PageState, titled: &[Titled], hits: &[Hit], lines: &[Line<'_>]) -> Option<Said> {
    let is_about = |topic: Topic| state_of(topic) == Some(state);
    if !titled.iter().any(|it| is_about(it.topic)) && !hits.iter().any(|it| is_about(it.row.topic))
    {
        return None;
    }
    let mut tallies = tallies(state, hits, lines);
    let for_state = |titled: &&Titled, language: usize| {
        state_of(titled.topic) == Some(state)
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
        state_of(hit.row.topic) == Some(state)
            && (hit.row.language == language || hit.row.language == ANY)
    };
    let saying = halves_said(hits.iter().filter(is_said));
    let of_titles = weight_of_titles(titled.iter().filter(|titled| for_state(titled, language)));
    let signs = tally.signs(state, of_titles);
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
                .any(|it| it.is_status && state_of(it.topic) == Some(state)),
        ends_at_paywall: paywall(hits, lines, language),
    })
}

/// How much the titles weigh, and the phrase that says most: one sign, and a little more where two of them say it.
fn weight_of_titles<'a>(titled: impl Iterator<Item = &'a Titled>) -> (f64, String) {
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
        (0, _) => signs::AMONG_OTHERS,
        _ if !of_title => signs::HEADING_ALONE,
        (1, _) => signs::TITLE_ALONE,
        _ => signs::TWO_TITLES,
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

    /// The signs, with what the titles weigh and say.
    fn signs(&self, state: PageState, (weight, phrase): (f64, String)) -> Vec<(f64, String)> {
        let mut found = Vec::new();
        if weight > 0.0 {
            found.push((
                weight,
                format!("its title or first heading says \"{phrase}\""),
            ));
        }
        let quoted = |of: &BTreeSet<&str>| {
            let of: Vec<String> = of.iter().take(3).map(|it| format!("\"{it}\"")).collect();
            of.join(", ")
        };
        if !self.text.is_empty() {
            // What is said of things to come is seldom said of anything else.
            let more = if state == PageState::Placeholder {
                signs::TO_COME
            } else {
                0.0
            };
            found.push((
                self.weight_of_text() + more,
                format!("its text says {}", quoted(&self.text)),
            ));
        }
        if self.weight_of_weak() > 0.0 {
            found.push((
                self.weight_of_weak(),
                format!("its text has words like {}", quoted(&self.weak)),
            ));
        }
        found
    }

    fn weight_of_text(&self) -> f64 {
        let [.., most] = signs::OF_LINES;
        let weight = signs::OF_LINES.get(self.lines.len());
        weight.copied().unwrap_or(most)
    }

    /// One such word says nothing, and many say no more than one phrase does.
    fn weight_of_weak(&self) -> f64 {
        match self.weak.len() {
            0 | 1 => 0.0,
            count => (signs::WEAK * count as f64).min(signs::MOST_OF_WEAK),
        }
    }
}

/// Where a page's own text stops at the offer to pay for the rest: a phrase for it in one of the last lines, outside of links, which
/// speaks to the reader.
fn paywall(hits: &[Hit], lines: &[Line<'_>], language: usize) -> Option<String> {
    /// How much may stand behind the offer.
    const BEHIND: usize = 500;
    let hit = hits.iter().find(|hit| {
        hit.row.topic == Topic::Paywall
            && hit.row.strength == Strength::Text
            && (hit.row.language == language || hit.row.language == ANY)
            && lines.get(hit.line).is_some_and(|line| {
                line.is_main
                    && line.prose * 2 > line.text.chars().count()
                    && notice::of_sentence(line.text) > signs::SPEAKS
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
