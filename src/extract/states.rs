//! The state of a page: several weak signs, added up; no phrase decides alone.

mod enough;
mod hosts;
mod line;
mod notice;
mod said;
mod shape;
mod signs;
mod titles;
mod year;

use std::ops::Range;

use super::{names, plain::Plain};
use crate::{
    challenge,
    entity::{EntityList, ListKind},
    html::{Flow, Tree},
    reading::{Block, Doubt, Identity, Link, PageState, Region, Signal},
    text::weight,
};

use enough::least;
use line::Line;
use said::Said;
use signs::ENOUGH;

/// With fewer letters of its own, a page is bare: its menus, notices and hidden lines are examined, too.
const BARE: usize = 80;

/// The result of judging a page.
pub(super) struct Judged {
    /// What the page is.
    pub(super) state: PageState,
    /// What speaks for each state.
    pub(super) signals: Vec<Signal>,
    /// Why nothing on it can be called absent, if so.
    pub(super) doubt: Option<Doubt>,
}

/// The most text of a challenge, in bytes: a page with more is not searched for one.
const MOST_OF_A_CHALLENGE: usize = 6_000;

/// The longest markup that is searched for a challenge, in bytes: the same limit as in the fetcher for a status of success.
const LONGEST_CHALLENGE: usize = 64 << 10;

/// Judges a page by its text, its structure, its status and its lists; `page` is its status and its markup.
pub(super) fn judge(
    tree: &Tree,
    flow: &Flow,
    lists: &[EntityList],
    (status, page): (Option<u16>, &str),
) -> Judged {
    let headings: Vec<Range<usize>> = first_headings(flow).collect();
    let lines = lines(&flow.text, &flow.blocks, &flow.links, &headings);
    let main = main_letters(&lines);
    let title = flow.title.as_deref().map(folded);
    let headings: Vec<String> = headings
        .iter()
        .map(|heading| folded(&flow.text[heading.clone()]))
        .collect();
    let said = said::by(title.as_deref(), &headings, &lines, main < BARE);
    let shape = shape::of(tree, flow, main);
    let mut signals = shape.signs;
    signals.extend(status.and_then(of_status));
    let named = most_names(lists);
    let manner = (main <= notice::LONGEST)
        .then(|| notice::of(&lines))
        .flatten();
    let signals = weighed(signals, &said, flow.title.as_deref(), main, named);
    let mut signals = promised(signals, flow, named);
    let paywall = said.iter().find_map(|it| it.ends_at_paywall.as_ref());
    let mut firm = shape.firm;
    if let Some(manner) = &manner {
        signals.extend(manner.outweighed(&signals, main));
    }
    firm.extend(challenge_in(&flow.text, page, tree));
    if let Some(phrase) = paywall {
        firm.extend(signs::ENDS_AT_PAYWALL.saying(format!("its text ends with \"{phrase}\"")));
    }
    signals.extend(firm.iter().cloned());
    let unexplained = unexplained(&signals, (&firm, &said), main);
    let addressed = manner
        .as_ref()
        .and_then(|it| it.addressed(main, named, shape.asks));
    signals.extend(addressed.clone());
    let state = settle(&signals, &flow.text);
    let sure = manner.as_ref().filter(|_| !shape.asks);
    let least = least(flow.language.as_deref(), &flow.text, sure);
    let score = manner.filter(|_| !shape.asks).map(|it| it.score());
    let doubt = unexplained
        .or_else(|| addressed.map(|sign| doubt_of_manner(sign, score)))
        .or_else(|| (main < least).then(|| too_little(main, score)))
        .filter(|_| state == PageState::Content);
    Judged {
        state,
        signals,
        doubt,
    }
}

/// The first two of the largest headings.
fn first_headings(flow: &Flow) -> impl Iterator<Item = Range<usize>> {
    let large = flow.headings.iter().filter(|heading| heading.level <= 2);
    large.take(2).map(|heading| heading.range.clone())
}

/// The length of the longest list of names.
fn most_names(lists: &[EntityList]) -> usize {
    let named = lists.iter().filter(|list| list.kind == ListKind::Names);
    named.map(|list| list.items.len()).max().unwrap_or(0)
}

/// The sign of the status.
fn of_status(status: u16) -> Option<Signal> {
    let sign = match status {
        401 | 403 | 407 | 429 | 503 => &signs::STATUS_REFUSED,
        404 | 410 => &signs::STATUS_GONE,
        _ => return None,
    };
    sign.saying(format!("the status is {status}"))
}

/// The sign of a challenge in the markup.
fn challenge_in(text: &str, page: &str, tree: &Tree) -> Option<Signal> {
    let may_be = text.len() <= MOST_OF_A_CHALLENGE && page.len() <= LONGEST_CHALLENGE;
    if !may_be {
        return None;
    }
    let challenge = challenge::in_tree(page, tree)?;
    let what = format!(
        "it is a challenge of {}, by {}",
        challenge.vendor, challenge.sign
    );
    signs::CHALLENGE.saying(what)
}

/// Judges a text without markup.
pub(super) fn judge_plain(plain: &Plain) -> Judged {
    let lines = lines(&plain.text, &plain.blocks, &[], &[]);
    let main = main_letters(&lines);
    let title = plain.title.as_deref().map(folded);
    let said = said::by(title.as_deref(), &[], &lines, false);
    let signals = weighed(Vec::new(), &said, plain.title.as_deref(), main, 0);
    let state = settle(&signals, &plain.text);
    let least = least(None, &plain.text, None);
    let doubt = unexplained(&signals, (&[], &said), main)
        .or_else(|| (main < least).then(|| too_little(main, None)))
        .filter(|_| state == PageState::Content);
    Judged {
        state,
        signals,
        doubt,
    }
}

/// The sentences of a page, with the prose in each.
fn lines<'a>(
    text: &'a str,
    blocks: &[Block],
    links: &[Link],
    titles: &[Range<usize>],
) -> Vec<Line<'a>> {
    let mut links: Vec<(usize, usize)> = links
        .iter()
        .map(|link| (link.range.start, link.range.end))
        .collect();
    links.sort_unstable();
    let mut next = 0;
    let mut parts = Vec::with_capacity(blocks.len());
    for block in blocks {
        let searched = block.range.start <= said::SEARCHED;
        for range in sentences(text, block.range.clone(), searched) {
            let words = &text[range.clone()];
            while links.get(next).is_some_and(|link| link.1 <= range.start) {
                next += 1;
            }
            let mut prose = weight(words);
            for (start, end) in &links[next..] {
                if *start >= range.end {
                    break;
                }
                let linked = (*start).max(range.start)..(*end).min(range.end);
                prose = prose.saturating_sub(text.get(linked).map_or(0, weight));
            }
            parts.push(Line {
                text: words,
                at: range.start,
                is_title: titles
                    .iter()
                    .any(|title| title.start <= range.start && range.end <= title.end),
                is_main: block.region == Region::Main && !block.hidden && !block.alt,
                prose,
            });
        }
    }
    parts
}

/// The sentences of a block if wanted, otherwise all of it as one; an abbreviation can end one too early, which does no harm here.
fn sentences(
    text: &str,
    block: Range<usize>,
    wanted: bool,
) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = block.start;
    std::iter::from_fn(move || {
        let rest = text.get(start..block.end).filter(|text| !text.is_empty())?;
        let end = if wanted {
            first_sentence(rest)
        } else {
            rest.len()
        };
        let range = start..start + end;
        start = range.end;
        Some(range)
    })
}

/// The end of the first sentence of a text.
fn first_sentence(text: &str) -> usize {
    let ends = |at: &usize| {
        let wide = text[..*at].ends_with(['。', '！', '？', '।']);
        wide || text[*at..].starts_with(' ')
    };
    let end = if text.is_ascii() {
        memchr::memchr3_iter(b'.', b'!', b'?', text.as_bytes())
            .map(|at| at + 1)
            .find(ends)
    } else {
        text.match_indices(['.', '!', '?', '。', '！', '？', '।', '؟'])
            .map(|(at, found)| at + found.len())
            .find(ends)
    };
    end.unwrap_or(text.len())
}

/// How many letters and digits readers see in the main part of the page.
fn main_letters(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .filter(|line| line.is_main)
        .map(|line| weight(line.text))
        .sum()
}

/// A text in lower case, with straight apostrophes.
pub(super) fn folded(text: &str) -> String {
    let lower = names::lower_case(text);
    if lower.is_ascii() {
        lower
    } else {
        lower.replace(['’', 'ʼ'], "'")
    }
}

fn sign(signals: &mut Vec<Signal>, speaks_for: PageState, weight: f64, what: String) {
    signals.push(Signal {
        what,
        speaks_for,
        weight,
    });
}

/// The signs in the text of the page, and what contradicts each state: other text, and names.
fn weighed(
    mut signals: Vec<Signal>,
    said: &[Said],
    title: Option<&str>,
    main: usize,
    named: usize,
) -> Vec<Signal> {
    for it in said {
        for (weight, what) in &it.signs {
            sign(&mut signals, it.state, *weight, what.clone());
        }
    }
    let speaks =
        |signals: &[Signal], state| signals.iter().any(|signal| signal.speaks_for == state);
    // A page with other content can well announce something.
    let notes = said
        .iter()
        .find(|it| it.state == PageState::Placeholder && it.other_prose >= 150);
    if let Some(notes) = notes {
        let what = format!("the page has {} letters of other text", notes.other_prose);
        signals.extend(signs::OTHER_NOTES.saying(what));
    }
    // The title of a domain that is for sale is only its name.
    if speaks(&signals, PageState::Parked) && titles::is_domain(title.unwrap_or_default()) {
        signals.extend(signs::DOMAIN_TITLE.signal());
    }
    for state in STAND_INS {
        if !speaks(&signals, state) {
            continue;
        }
        let of_state = said.iter().find(|it| it.state == state);
        let other = of_state.map_or(main, |state| state.other_prose);
        let relief = of_state.map_or_else(
            || signs::relief(state, other),
            |said| signs::relief_of(said.only_in_titles, said.saying_prose, state, other),
        );
        if relief > 0.0 {
            let what = format!("the page has {other} letters of other text");
            sign(&mut signals, state, -relief, what);
        } else if other < 50 {
            sign(
                &mut signals,
                state,
                signs::NOTHING_ELSE_SAYS,
                NOTHING_ELSE.to_owned(),
            );
        }
    }
    if named >= 3 {
        // A page that names someone is content, whatever else it says.
        for signal in signals.iter_mut().filter(|signal| signal.weight > 0.0) {
            signal.weight *= signs::beside_names(signal.speaks_for);
        }
    }
    signals
}

/// The states of pages that replace others.
const STAND_INS: [PageState; 6] = [
    PageState::Blocked,
    PageState::Unavailable,
    PageState::LoginWall,
    PageState::ConsentWall,
    PageState::SoftNotFound,
    PageState::Parked,
];

/// The reason for a page without other text.
const NOTHING_ELSE: &str = "the page has next to no other text";

/// A heading that announces names without any below it.
fn promised(mut signals: Vec<Signal>, flow: &Flow, named: usize) -> Vec<Signal> {
    let promised = flow
        .title
        .as_deref()
        .is_some_and(names::tells_strong_relation)
        || flow
            .headings
            .iter()
            .take(3)
            .any(|heading| names::tells_strong_relation(&flow.text[heading.range.clone()]));
    if named == 0
        && promised
        && signals
            .iter()
            .any(|signal| signal.speaks_for == PageState::Placeholder)
    {
        signals.extend(signs::PROMISED.signal());
    }
    signals
}

/// The sum of the signs for a state.
fn sum(signals: &[Signal], state: PageState) -> f64 {
    signals
        .iter()
        .filter(|signal| signal.speaks_for == state)
        .map(|signal| signal.weight)
        .sum()
}

/// The state with the strongest signs, if they are strong enough.
fn settle(signals: &[Signal], text: &str) -> PageState {
    let states = [
        PageState::Blocked,
        PageState::LoginWall,
        PageState::ConsentWall,
        PageState::SoftNotFound,
        PageState::Unavailable,
        PageState::Parked,
        PageState::ScriptShell,
        PageState::Placeholder,
    ];
    let best = states
        .into_iter()
        .map(|state| (sum(signals, state), state))
        .reduce(|best, pair| if pair.0 > best.0 { pair } else { best });
    match best {
        Some((sum, state)) if sum >= signs::BELIEVED => state,
        Some((sum, PageState::ScriptShell)) if text.is_empty() && sum > 0.0 => {
            PageState::ScriptShell
        }
        _ if text.is_empty() => PageState::Empty,
        _ => PageState::Content,
    }
}

/// Why a page that may be the requested one proves nothing: a sign without an explanation.
fn unexplained(
    signals: &[Signal],
    (firm, said): (&[Signal], &[Said]),
    main: usize,
) -> Option<Doubt> {
    let possible = |state: PageState| {
        let other = said
            .iter()
            .find(|it| it.state == state)
            .map_or(main, |said| said.other_prose);
        // Other text settles the doubt that a script or an announcement leaves.
        let relief = match state {
            PageState::ScriptShell | PageState::Placeholder if other >= 200 => 1.0,
            _ => 0.0,
        };
        sum(signals, state) - relief >= signs::POSSIBLE
    };
    let mut of: Vec<&Signal> = firm.iter().collect();
    let states = STAND_INS
        .into_iter()
        .chain([PageState::ScriptShell, PageState::Placeholder]);
    let of_state = states
        .filter(|state| possible(*state))
        .max_by(|a, b| sum(signals, *a).total_cmp(&sum(signals, *b)));
    if of.is_empty()
        && let Some(state) = of_state
    {
        of = signals
            .iter()
            .filter(|signal| {
                signal.speaks_for == state && signal.weight > 0.0 && signal.what != NOTHING_ELSE
            })
            .collect();
        of.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    }
    of.first().map(|first| Doubt {
        speaks_for: Some(first.speaks_for),
        what: first.what.clone(),
        settled_by: None,
    })
}

/// The doubt that the manner of a text raises, with its score.
fn doubt_of_manner(sign: Signal, score: Option<f64>) -> Doubt {
    Doubt {
        speaks_for: Some(sign.speaks_for),
        what: sign.what,
        settled_by: Some(settled_by(score, signs::HARDLY_OF_A_SUBJECT)),
    }
}

/// The doubt that a page with so many letters raises, in whatever manner it speaks.
fn too_little(main: usize, score: Option<f64>) -> Doubt {
    let about = if main < BARE {
        f64::NEG_INFINITY
    } else {
        signs::HARDLY_OF_A_SUBJECT
    };
    Doubt {
        speaks_for: None,
        what: if main < ENOUGH {
            format!("the page has next to no text of its own: {main} letters")
        } else {
            format!(
                "the page has {main} letters of its own, in a language whose words for errors and walls are not known here"
            )
        },
        settled_by: Some(settled_by(score, about)),
    }
}

/// What settles a doubt: the title that the article cites only if the text speaks less to the visitor than so.
fn settled_by(score: Option<f64>, less_than: f64) -> Identity {
    if score.is_some_and(|score| score < less_than) {
        Identity::Titled
    } else {
        Identity::SameText
    }
}
