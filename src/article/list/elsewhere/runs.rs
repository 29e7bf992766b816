//! Lists by their shape alone: names with commas between them, the last one after a conjunction, with any verb.

use std::ops::Range;

use super::{Found, commas, name_of, says_open};
use crate::{article::split, language::Language, profile::ListedName};

/// The fewest names that are a list without an introducing word.
const ENOUGH: usize = 3;

/// The lists of a sentence, in order.
pub(super) fn find(sentence: &str, language: &Language) -> Vec<Found> {
    let pieces = commas(sentence);
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        match starting_at(sentence, &pieces, at, language) {
            Some((list, next)) => {
                found.push(list);
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

/// The list whose first name ends the piece at `at`, and the piece after it.
fn starting_at(
    sentence: &str,
    pieces: &[Range<usize>],
    at: usize,
    language: &Language,
) -> Option<(Found, usize)> {
    let first = pieces.get(at)?;
    let mut start = first.start + ending(&sentence[first.clone()], language)?;
    if at == 0 && start == first.start {
        start += opening(&sentence[first.clone()], language)?;
    }
    if at == 0 && is_adverbial(&sentence[first.start..start]) {
        return None;
    }
    let mut members: Vec<Range<usize>> = Vec::new();
    members.push(start..first.end);
    for (index, piece) in pieces.iter().enumerate().skip(at + 1) {
        let text = &sentence[piece.clone()];
        if let Some((left, right)) = conjoined(text, language) {
            let shifted = |range: Range<usize>| piece.start + range.start..piece.start + range.end;
            members.extend(left.map(shifted));
            members.push(shifted(right));
            return Some((accept(sentence, &members, language)?, index + 1));
        }
        name_of(text, false, language).filter(|_| is_whole(text, language))?;
        members.push(piece.clone());
    }
    // Semicolons need no conjunction.
    let between = members
        .windows(2)
        .filter_map(|pair| sentence.get(pair[0].end..pair[1].start));
    let parted = between.clone().count() >= 1 && between.into_iter().all(|it| it == ";");
    let found = parted
        .then(|| accept(sentence, &members, language))
        .flatten()?;
    Some((found, pieces.len()))
}

/// How many bytes of a sentence's beginning are an article, which is not the first name's; `None` where another small word
/// with the sentence's capital means that no name begins there: `Im Mai`.
fn opening(piece: &str, language: &Language) -> Option<usize> {
    let Some((word, rest)) = piece.split_once(' ') else {
        return Some(0);
    };
    let lower = word.to_lowercase();
    if language.grammar.articles.contains(&lower) {
        return rest
            .starts_with(char::is_uppercase)
            .then_some(word.len() + 1);
    }
    let small = [
        &language.list.stops,
        &language.grammar.common,
        &language.list.joining,
    ];
    (!small.iter().any(|it| it.contains(&lower))).then_some(0)
}

/// `Dans le Nord`: one or two short words before a sentence's first capital say when or where.
fn is_adverbial(lead: &str) -> bool {
    const LONGEST: usize = 5;
    let mut words = lead.split_whitespace().peekable();
    words.peek().is_some()
        && lead.ends_with(' ')
        && words.clone().count() <= 2
        && words.all(|word| word.chars().count() <= LONGEST)
}

/// The bytes of a piece's last two names, or its last one, around the conjunction that closes a list.
fn conjoined(piece: &str, language: &Language) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let lead = piece.len() - piece.trim_start().len();
    for and in &language.grammar.and {
        if let Some(rest) = piece[lead..].strip_prefix(and.as_str())
            && rest.starts_with(' ')
            && name_of(rest, true, language).is_some()
        {
            return Some((None, lead + and.len()..piece.len()));
        }
        let joint = format!(" {and} ");
        let cut = piece
            .rmatch_indices(joint.as_str())
            .map(|index| index.0)
            .find(|at| {
                let (left, right) = (&piece[..*at], &piece[*at + joint.len()..]);
                name_of(left, false, language).is_some()
                    && is_whole(left, language)
                    && name_of(right, true, language).is_some()
            });
        if let Some(cut) = cut {
            return Some((Some(0..cut), cut + joint.len()..piece.len()));
        }
    }
    None
}

/// Whether a piece is a name to its end: few words in small letters follow its last capital.
fn is_whole(piece: &str, language: &Language) -> bool {
    let most = if language.code == "de" { 1 } else { 3 };
    let tail = piece.trim().rsplit(' ').take_while(|word| !carries(word));
    tail.count() <= most
}

/// Where the name begins that a piece ends with: back over capitals and the small words between them.
fn ending(piece: &str, language: &Language) -> Option<usize> {
    const LONGEST_TAIL: usize = 2;
    let trimmed = piece.trim_end();
    if let Some(open) = trimmed.ends_with('»').then(|| trimmed.rfind('«')).flatten() {
        return Some(open);
    }
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for word in trimmed.split(' ') {
        words.push((at, word));
        at += word.len() + 1;
    }
    let last = words.iter().rposition(|word| carries(word.1))?;
    if words.get(last)?.1.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if words.len() - 1 - last > LONGEST_TAIL {
        return None;
    }
    let mut start = last;
    for index in (0..last).rev() {
        let (_, word) = *words.get(index)?;
        if word.ends_with([',', ':', ';', '.']) && !is_abbreviation(word) {
            break;
        }
        let before = |back: usize| index.checked_sub(back).and_then(|at| words.get(at));
        // "da Horta Comum a Junta": an article begins a name, unless the language makes its genitive of articles.
        let article = language.code != "de"
            && language
                .grammar
                .articles
                .iter()
                .any(|article| article == word);
        let bound = before(1).is_some_and(|before| carries(before.1) && !article)
            || (is_small(word)
                && before(1).is_some_and(|before| is_small(before.1))
                && before(2).is_some_and(|before| carries(before.1)));
        if carries(word) {
            start = index;
        } else if !(is_small(word) && bound) {
            break;
        }
    }
    if start == 0 && last + 1 < words.len() {
        // "Mozilla plant, …": what follows a sentence's first name in small letters is its verb.
        return None;
    }
    let (start, word) = *words.get(start)?;
    // "l’Union", "dell’Eremo": the article is the sentence's.
    let glued = super::glued_article(word);
    Some(start + glued)
}

/// A word that begins with a capital or a number, with any marks or joined article before it.
fn carries(word: &str) -> bool {
    let word = &word[super::glued_article(word)..];
    word.trim_start_matches(['«', '„', '“', '”', '"', '‘', '('])
        .starts_with(|character: char| character.is_uppercase() || character.is_ascii_digit())
}

/// A word so short that it can bind a name: `de`, `für`, `della`.
fn is_small(word: &str) -> bool {
    word.chars().count() <= 5 && word.chars().all(char::is_lowercase)
}

fn is_abbreviation(word: &str) -> bool {
    word.ends_with('.') && word.chars().count() <= 3
}

fn accept(sentence: &str, members: &[Range<usize>], language: &Language) -> Option<Found> {
    let last = members.len() - 1;
    let mut names = Vec::new();
    let mut end = members.last()?.end;
    for (at, member) in members.iter().enumerate() {
        let (name, length) = name_of(&sentence[member.clone()], at == last, language)?;
        if at == last {
            end = member.start + length;
        }
        names.push(name);
    }
    let telling = names
        .iter()
        .filter(|name| is_telling(name, language))
        .count();
    if names.len() < ENOUGH || telling * 2 < names.len() {
        return None;
    }
    let range = members.first()?.start..end;
    Some(Found {
        relation: super::relation(sentence, range.start, language),
        complete: Some(!says_open(sentence, language)),
        names: names.into_iter().map(ListedName::One).collect(),
        left_out: Vec::new(),
        range,
    })
}

/// Whether a name shows by its shape that it is one. A country or a noun of German is one word with a capital, too.
pub(super) fn is_telling(name: &str, language: &Language) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    if language.code != "de" {
        return words.len() >= 2 || split::unquoted(name) != name;
    }
    words
        .windows(2)
        .any(|window| window.iter().all(|it| carries(it)))
}
