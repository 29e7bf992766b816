//! Lists of names within a sentence: where one begins and ends, and what its names are to the article's subject.

use std::ops::Range;

use super::{
    name, role, split,
    words::{self, holds},
};
use crate::{
    language::{Language, legal_forms},
    profile::ListedName,
};

mod between;
mod elsewhere;
mod marks;
mod open;
mod semicolons;
mod sums;
mod unread;

pub(super) use open::opens;
pub(super) use unread::unread;

use between::{is_aside, is_dated, is_led_office, is_modifier, is_office, left_out, stays_open};
use open::says_open;

/// A list within a sentence.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its bytes in the sentence.
    pub(super) range: Range<usize>,
    /// What the names are: `convening centers`, `supported by`.
    pub(super) relation: Option<String>,
    /// The names.
    pub(super) names: Vec<ListedName>,
    /// Stretches among them that are not names: `several churches`.
    pub(super) left_out: Vec<String>,
    /// Whether the sentence says that these are all, or that there are more; `None`: neither.
    pub(super) complete: Option<bool>,
}

/// Words that introduce members of what comes before them.
const STRONG: &str = "\
    include|includes|included|including|such as|namely|comprise|comprises|comprising|consist of|\
    consists of|composed of|as follows|like|lists|listed|named|names|featuring";

/// Words that names may follow, but other things as well.
const WEAK: &str = "\
    are|were|by|with|from|alongside|joined|between|among|to|of|for|against|at|and|both|is";

/// Frequent members of lists of capitalized words that are not organizations.
const OTHER_THINGS: &str = "\
    areas articles bills books candidates cities continents counties countries days democrats elections \
    ethnicities events films governors holidays islands issues languages laws legislation locations \
    months movies nations places politicians presidents protests races regions religions republicans \
    senators songs states subjects territories topics towns wars";

/// The lists in a sentence, in order.
pub(super) fn find(sentence: &str, language: Option<&Language>) -> Vec<Found> {
    let plain = marks::plain(sentence, language);
    let sentence = plain.as_str();
    let mut found = match language.filter(|language| language.code != "en") {
        Some(language) => elsewhere::find(sentence, language),
        None => in_english(sentence),
    };
    for list in &mut found {
        // "and Cedar Bank .": a marker was before the full stop.
        let own = &sentence[list.range.clone()];
        list.range.end = list.range.start + own.trim_end_matches([' ', '.']).len();
        if list.complete.is_none() {
            list.complete = says_open(sentence, &list.range).then_some(false);
        }
    }
    found
}

fn in_english(sentence: &str) -> Vec<Found> {
    if let Some(list) = semicolons::find(sentence) {
        return vec![list];
    }
    let mut found = sums::find(sentence);
    for list in runs(sentence) {
        let apart = found
            .iter()
            .all(|it| it.range.end <= list.range.start || list.range.end <= it.range.start);
        if apart {
            found.push(list);
        }
    }
    found.sort_by_key(|it| it.range.start);
    found
}

/// The lists with commas, and pairs.
fn runs(sentence: &str) -> Vec<Found> {
    let pieces = split::pieces(sentence);
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        match starting_at(sentence, &pieces, at) {
            Some((list, next)) => {
                found.push(list);
                at = next.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// Where a list begins in a piece that ends at `end`, by a word that introduces one.
fn introduced(text: &str, end: usize) -> Option<Start> {
    // The last introducing word whose rest is a name, so that "of centers including A" begins at A.
    for (list, strong) in [(STRONG, true), (WEAK, false)] {
        let behind = list
            .split('|')
            .flat_map(|word| {
                text.match_indices(word)
                    .map(move |index| (index.0, index.0 + word.len()))
            })
            .filter(|(from, to)| {
                let before = text[..*from].chars().next_back();
                let after = text[*to..].chars().next();
                before.is_none_or(char::is_whitespace)
                    && matches!(after, Some(' ' | ':' | '\u{a0}'))
            })
            .map(|(_, to)| to)
            .filter(|to| name::is_name(text[*to..].trim_start_matches([':', ' '])))
            .min();
        if let Some(to) = behind
            && (strong || !inside_name(text, to))
        {
            let rest = text[to..].trim_start_matches([':', ' ', '\u{a0}']);
            return Some(Start {
                byte: end - rest.len(),
                // "are: Alder House, …": a colon only introduces.
                strong: strong || text[to..].trim_start().starts_with(':'),
                introduced: true,
                several: false,
            });
        }
    }
    None
}

/// Words before a name that open a sentence rather than a list.
const ADVERBIAL: &str = "In At On During Since From Under After Before By For Throughout As";

/// How a list begins within a piece.
struct Start {
    byte: usize,
    strong: bool,
    introduced: bool,
    /// Whether two names with a conjunction between them are two.
    several: bool,
}

fn start_of(sentence: &str, piece: &Range<usize>, first: bool) -> Option<Start> {
    let text = &sentence[piece.clone()];
    if let Some(start) = introduced(text, piece.end) {
        return Some(start);
    }
    if let Some(colon) = text.rfind(": ")
        && name::is_name(&text[colon + 2..])
    {
        let rest = text[colon + 2..].trim_start();
        return Some(Start {
            byte: piece.end - rest.len(),
            strong: true,
            introduced: true,
            several: false,
        });
    }
    let byte = piece.start + name::ending(text)?;
    if has_introduced(&sentence[piece.start..byte]) {
        return Some(Start {
            byte,
            strong: true,
            introduced: true,
            several: false,
        });
    }
    let lead = sentence[piece.start..byte].trim();
    let adverbial = first && holds(ADVERBIAL, lead);
    let month = !name::is_name(&sentence[byte..piece.end]);
    (!adverbial && !month).then_some(Start {
        byte,
        strong: false,
        introduced: false,
        several: false,
    })
}

/// `include libraries in`: a word that only a list follows, and a few that describe its members.
fn has_introduced(lead: &str) -> bool {
    const MOST: usize = 4;
    let words: Vec<&str> = lead.split_whitespace().collect();
    let small = words
        .iter()
        .rev()
        .take_while(|word| word.chars().all(char::is_lowercase));
    let small = small.count().min(MOST + 1);
    let tail = &words[words.len() - small..];
    tail.iter()
        .any(|it| STRONG.split('|').any(|word| word == *it))
}

/// Whether a weak word at `to` is between capitals that bind: `Bank of America`.
fn inside_name(text: &str, to: usize) -> bool {
    let before = text[..to].trim_end();
    let mut words = before.rsplit(' ');
    let word = words.next().unwrap_or_default();
    let previous = words.next().unwrap_or_default();
    matches!(
        word,
        "of" | "for" | "and" | "against" | "to" | "at" | "from" | "with"
    ) && previous.starts_with(char::is_uppercase)
}

fn starting_at(sentence: &str, pieces: &[Range<usize>], at: usize) -> Option<(Found, usize)> {
    let piece = pieces.get(at)?;
    let start = start_of(sentence, piece, at == 0);
    let run = start
        .as_ref()
        .and_then(|start| run(sentence, pieces, at, start));
    if let (Some(start), Some((end, next))) = (&start, run)
        && let Some(found) = accept(sentence, start, end, 3)
    {
        return Some((found, next));
    }
    pair(sentence, piece).map(|pair| (pair, at + 1))
}

/// `including A and the B`: two names without a comma.
fn pair(sentence: &str, piece: &Range<usize>) -> Option<Found> {
    let text = &sentence[piece.clone()];
    let to = STRONG
        .split('|')
        .chain(["with", "from", "by", "are", "were", "been", ":"])
        .flat_map(|word| {
            text.match_indices(word)
                .map(move |index| (index.0, index.0 + word.len()))
        })
        .filter(|(from, to)| {
            let apart =
                *from == 0 || text[..*from].ends_with(' ') || text[*from..].starts_with(':');
            apart && text[*to..].starts_with(' ')
        })
        .map(|pair| pair.1 + 1)
        .filter_map(|from| {
            // After the first name's acronym in brackets more may follow: "A (AA) and B".
            let end = name::beginning(&text[from..])?;
            let mut end = from + end;
            let rest = &text[end..];
            if let Some(after) = rest
                .strip_prefix(" (")
                .and_then(|rest| rest.split_once(')'))
                .map(|pair| pair.1)
                && let Some(second) = after.strip_prefix(" and ")
                && let Some(length) = name::beginning(second)
            {
                end = text.len() - second.len() + length;
            }
            Some((from, end))
        })
        .filter(|(from, end)| {
            split::part_at_and(&text[*from..*end], says_several(&text[..*from])).len() == 2
        })
        .max_by_key(|at| at.1 - at.0)?;
    let start = Start {
        byte: piece.start + to.0,
        strong: true,
        introduced: true,
        several: says_several(&text[..to.0]),
    };
    accept(sentence, &start, piece.start + to.1, 2)
}

/// `Donors: `: a colon behind a plural, or one that stands for "both" or a number, so that more than one name follows.
fn says_several(before: &str) -> bool {
    let head = before.trim_end().strip_suffix(':');
    head.is_some_and(|head| head.ends_with([' ', 's']))
}

/// Where a list ends at a piece that is not a name, if the piece decides it: `is_list` if it is a list without the piece.
fn stopped(
    sentence: &str,
    pieces: &[Range<usize>],
    index: usize,
    is_list: bool,
) -> Option<(usize, usize)> {
    let piece = pieces.get(index)?;
    let text = &sentence[piece.clone()];
    let lead = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let is_led = split::is_led(trimmed);
    if is_list && is_led && led_beginning(trimmed).is_none() {
        // "Alder House, Birch Fund, and several churches": the names end before it.
        return Some((pieces.get(index - 1)?.end, index + 1));
    }
    let length = led_beginning(&text[lead..])?;
    let begins = is_led || trimmed.contains(" and ") && text[lead..lead + length].contains(" and ");
    let stop = begun_end(sentence, piece, (piece.start + lead, length)).filter(|_| begins)?;
    Some((stop, index + 1))
}

/// Where the list ends in a piece that begins with a name (its place and length) and continues otherwise; `None`: not here.
fn begun_end(
    sentence: &str,
    piece: &Range<usize>,
    (from, length): (usize, usize),
) -> Option<usize> {
    let stop = from + length;
    let tail = sentence[stop..piece.end].trim();
    if let Some(head) = split::shared_head(tail) {
        return Some(stop + sentence[stop..piece.end].find(head)? + head.len());
    }
    (!is_modifier(&sentence[from..stop], tail)).then_some(stop)
}

/// From the piece at `at` on: the byte where the list ends, and the piece after it.
fn run(
    sentence: &str,
    pieces: &[Range<usize>],
    at: usize,
    start: &Start,
) -> Option<(usize, usize)> {
    let first = &sentence[start.byte..pieces.get(at)?.end];
    let mut end = None;
    if first.contains(" and ") && pieces.len() == at + 1 {
        return None;
    }
    let mut members = 1;
    let mut parted = false;
    let mut index = at + 1;
    while let Some(piece) = pieces.get(index) {
        let text = &sentence[piece.clone()];
        let trimmed = text.trim();
        let lead = text.len() - text.trim_start().len();
        let sentence_ends = index + 1 == pieces.len();
        if split::is_rest(trimmed) {
            return Some((pieces.get(index - 1)?.end, index + 1)).filter(|_| members >= 2);
        }
        if let Some(named) = split::before_rest(trimmed)
            && name::is_name(named)
        {
            return Some((piece.start + lead + named.len(), index + 1));
        }
        if trimmed == "and" {
            // "Alder House, Birch Fund, and, since 2020, Cedar Bank".
            parted = true;
        } else if parted && is_dated(trimmed) {
            // The name continues.
        } else if name::is_name(trimmed) || legal_forms::is_appended(trimmed) {
            members += 1;
            if split::is_led(trimmed) || parted {
                end = Some((piece.end, index + 1));
                if !goes_on(sentence, pieces, index) {
                    return end;
                }
            } else if sentence_ends {
                let anded = trimmed.contains(" and ");
                // "Members: A, B, C", "A, B, C, D": no conjunction is needed.
                let most = if start.strong { 3 } else { 4 };
                return (anded || members >= most)
                    .then_some((piece.end, index + 1))
                    .or(end);
            }
        } else if (is_aside(trimmed) || is_office(trimmed)) && !split::is_led(trimmed) {
            // An appositive: more names must follow, or the list ended before it.
        } else if is_led_office(trimmed) && members >= 2 {
            return Some((pieces.get(index - 1)?.end, index + 1));
        } else if start.strong && stays_open(sentence, pieces, index) {
            // "local churches" among names: no name, and no end either.
        } else {
            let is_list = start.strong && members >= 2;
            return stopped(sentence, pieces, index, is_list).or(end);
        }
        index += 1;
    }
    end
}

/// The end of the name that begins a piece, after its conjunction.
fn led_beginning(piece: &str) -> Option<usize> {
    let lead = words::LEADS
        .iter()
        .find(|lead| piece.starts_with(**lead))
        .map_or(0, |lead| lead.len());
    name::beginning(&piece[lead..]).map(|beginning| lead + beginning)
}

/// After a closing "and": whether the list continues because the "and" belongs to a name.
fn goes_on(sentence: &str, pieces: &[Range<usize>], index: usize) -> bool {
    for (members, piece) in pieces.iter().skip(index + 1).enumerate() {
        let text = sentence[piece.clone()].trim();
        let whole = name::is_name(text) || legal_forms::is_appended(text);
        if split::is_led(text) {
            return (whole || led_beginning(text).is_some()) && members > 0;
        }
        if legal_forms::is_appended(text) && members == 0 {
            return true;
        }
        if !whole {
            return false;
        }
    }
    false
}

fn accept(sentence: &str, start: &Start, end: usize, least: usize) -> Option<Found> {
    let stretch = sentence.get(start.byte..end)?;
    let mut names = if start.several {
        split::part_at_and(stretch, true)
    } else {
        split::names(stretch)
    };
    if start.byte == 0 {
        sentence_initial(sentence, end, &mut names);
    }
    let flat: Vec<&str> = names
        .iter()
        .flat_map(|it| match it {
            ListedName::One(name) => std::slice::from_ref(name),
            ListedName::Ambiguous(parts) => parts.as_slice(),
        })
        .map(String::as_str)
        .collect();
    // "grants to the Bell House ($50,000), Rest Direct ($5,000)": each with its sum.
    let sums = sentence[start.byte..end].matches(['$', '€', '£']).count();
    let strong = start.strong || (sums >= 2 && sums * 2 >= flat.len());
    let least = if strong { least.min(2) } else { least };
    let organizations = flat.iter().filter(|it| name::is_organization(it)).count();
    let places = flat.iter().filter(|it| words::is_place(it)).count();
    let before = sentence[..start.byte].to_lowercase();
    let intro = before.rsplit([',', ';']).next().unwrap_or_default();
    // "books are given by A, B, and C": the giver is not one of them.
    let agents = [" by", " with", " from"]
        .iter()
        .any(|suffix| before.trim_end().ends_with(suffix));
    let other = !agents
        && intro
            .split(|letter: char| !letter.is_alphabetic())
            .rev()
            .take(6)
            .any(|word| holds(OTHER_THINGS, word));
    let telling = flat.iter().filter(|text| text.contains(' ')).count();
    let enough = if strong {
        !other || organizations * 2 > flat.len()
    } else {
        // "buys from Gull Farm, Kelp Works, and Barley & Daughters": names of one word could be anything.
        !other && (organizations * 2 >= flat.len() || telling * 3 >= flat.len() * 2)
    };
    let mut left_out = left_out(stretch);
    let members = split::parted_by(stretch, ';');
    if members.len() > 2 {
        left_out.extend(
            members
                .into_iter()
                .flat_map(|it| semicolons::beside(&stretch[it])),
        );
    }
    (flat.len() >= least && places * 2 < flat.len() && enough).then(|| Found {
        range: start.byte..end,
        relation: role::relation(sentence, &(start.byte..end), start.introduced),
        left_out,
        complete: None,
        names,
    })
}

/// A sentence's first "The" is the sentence's, unless no other name of the list needs an article.
fn sentence_initial(sentence: &str, end: usize, names: &mut [ListedName]) {
    let articled = sentence[..end].contains(", the ") || sentence[..end].contains("and the ");
    if articled
        && let Some(ListedName::One(first)) = names.first_mut()
        && let Some(rest) = first.strip_prefix("The ")
    {
        *first = rest.to_owned();
    }
}
