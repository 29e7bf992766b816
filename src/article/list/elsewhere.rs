//! Lists of names in sentences of other languages than English, by the words that introduce and join them there.

use std::ops::Range;

use super::Found;
use crate::{article::split, language::Language, profile::ListedName, text::one_line};

mod runs;
mod start;

use start::{Start, colons, is_sure, starts};

/// The most words of a name, or the most characters in scripts without spaces.
const LONGEST: usize = 9;

/// The lists of a sentence, in order.
pub(super) fn find(sentence: &str, language: &Language) -> Vec<Found> {
    let mut tries: Vec<Found> = introduced(sentence, language).into_iter().collect();
    if language.is_cased() {
        tries.extend(runs::find(sentence, language));
    }
    // The longer of two that overlap.
    tries.sort_by_key(|it| std::cmp::Reverse(it.names.len()));
    let mut found: Vec<Found> = Vec::new();
    for list in tries {
        let apart = |found: &Found| {
            found.range.end <= list.range.start || list.range.end <= found.range.start
        };
        if found.iter().all(apart) {
            found.push(list);
        }
    }
    found.sort_by_key(|it| it.range.start);
    found
}

/// The longest list after a phrase that introduces one.
fn introduced(sentence: &str, language: &Language) -> Option<Found> {
    let of = |phrases: &[String], start: Start| {
        let all = starts(sentence, phrases, language).into_iter();
        all.map(move |at| (at, start)).collect::<Vec<_>>()
    };
    let tries = of(&language.list.introducing, Start::Strong)
        .into_iter()
        .chain(colons(sentence))
        .chain(of(&language.list.joining, Start::Weak));
    let mut best: Option<Found> = None;
    for (at, start) in tries {
        let Some(found) = list_from(sentence, at, start, language) else {
            continue;
        };
        if best
            .as_ref()
            .is_none_or(|best| found.names.len() > best.names.len())
        {
            best = Some(found);
        }
    }
    best
}

/// Where a list that begins at `start` ends: before the words that close one.
fn list_end(sentence: &str, at: usize, start: Start, language: &Language) -> Option<usize> {
    let mut end = sentence
        .trim_end_matches(['.', '。', '!', '؟', ' ', '！', '।'])
        .len();
    let mut closed = false;
    for closing in &language.list.closing {
        let body = sentence.get(at..end)?;
        // "등" is a word of its own, or the first letter of a name.
        let word = language.code == "ko" && closing.chars().count() == 1;
        let found = body.rmatch_indices(closing.as_str()).map(|it| it.0);
        let whole = |at: &usize| {
            let behind = &body[at + closing.len()..];
            body[..*at].ends_with(' ') && (behind.is_empty() || behind.starts_with(' '))
        };
        let mut found = found.filter(|at| !word || whole(at));
        if let Some(closed_at) = found.next() {
            end = end.min(at + closed_at);
            closed = true;
        }
    }
    // In languages with the verb at the end, words without a verb are not a list.
    let open = !language.is_verb_last() || matches!(start, Start::Headed | Start::Colon);
    (closed || open).then_some(end)
}

fn list_from(sentence: &str, at: usize, start: Start, language: &Language) -> Option<Found> {
    let end = list_end(sentence, at, start, language)?;
    let body = sentence.get(at..end)?;
    let mut lead = body.len() - body.trim_start_matches([':', '：', ' ', '\u{a0}']).len();
    if language.code == "ar" {
        lead += subject(&body[lead..]);
    }
    let range = at + lead..end;
    let body = sentence.get(range.clone())?;
    let pieces = pieces(body, language);
    let clauses =
        language.code == "ja" && pieces.iter().any(|piece| is_clause(&body[piece.clone()]));
    let least = match start {
        Start::Strong | Start::Headed => 2,
        Start::Colon | Start::Weak => 3,
    };
    if clauses || pieces.len() < least {
        return None;
    }
    let mut names = Vec::new();
    let mut left_out = Vec::new();
    let mut closed_at = range.end;
    let count = pieces.len();
    for (at, piece) in pieces.into_iter().enumerate() {
        let text = body.get(piece.clone()).unwrap_or_default();
        if is_open(text, language) {
            continue;
        }
        match name_of(text, at + 1 == count, language) {
            Some((name, length)) => {
                if at + 1 == count {
                    closed_at = range.start + piece.start + length;
                }
                names.push(name);
            }
            None => left_out.push(one_line(text)),
        }
    }
    let enough = names.len() >= 2 && names.len() * 3 >= (names.len() + left_out.len()) * 2;
    if !(enough && is_sure(start, &names, &left_out, language)) {
        return None;
    }
    let range = range.start..closed_at;
    Some(Found {
        relation: relation(sentence, range.start, language),
        complete: Some(!says_open(sentence, language)),
        range,
        names: names.into_iter().map(ListedName::One).collect(),
        left_out,
    })
}

/// Whether a sentence says that its list is not complete.
fn says_open(sentence: &str, language: &Language) -> bool {
    let lower = sentence.to_lowercase();
    language
        .list
        .partial
        .iter()
        .any(|text| lower.contains(text.as_str()))
}

fn is_open(piece: &str, language: &Language) -> bool {
    let piece = piece.trim().trim_end_matches('.').to_lowercase();
    language.list.partial.contains(&piece)
}

/// How many bytes of an Arabic stretch are the verb's subject, which comes before the list: `تضم الرابطة دار القلم`.
/// It has the article, or is a noun that belongs to one that was named: `شركائها`.
fn subject(body: &str) -> usize {
    let belongs = |text: &str| text.ends_with("ها") || text.ends_with("هم");
    let mut skipped = 0;
    for word in body.split(' ') {
        if !(word.starts_with("ال") || (belongs(word) && word.chars().count() > 3)) {
            break;
        }
        skipped += word.len() + 1;
    }
    let rest = body.get(skipped..).unwrap_or_default();
    let left = rest.split(" و").next().unwrap_or_default();
    if left.trim().is_empty() { 0 } else { skipped }
}

/// Whether a Japanese stretch is a clause rather than a name: it has an object, or ends with an inflected verb.
fn is_clause(piece: &str) -> bool {
    piece.contains('を') || piece.ends_with(['し', 'て', 'は', 'が'])
}

/// The stretches between commas and semicolons of any script; brackets and quotations are not divided.
pub(super) fn commas(body: &str) -> Vec<Range<usize>> {
    cut(body, &[',', '、', '，', '،', ';', '；', '؛'])
}

fn cut(body: &str, marks: &[char]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, character) in body.char_indices() {
        match character {
            '(' | '（' | '«' | '„' | '“' | '「' | '『' | '《' => depth += 1,
            ')' | '）' | '»' | '”' | '」' | '』' | '》' => depth = (depth - 1).max(0),
            _ => {}
        }
        if depth == 0 && marks.contains(&character) {
            found.push(start..at);
            start = at + character.len_utf8();
        }
    }
    found.push(start..body.len());
    found
}

/// The members' bytes: separated by commas of any script, the last one by a conjunction.
fn pieces(body: &str, language: &Language) -> Vec<Range<usize>> {
    // Chinese has a comma of its own for lists; the other one separates clauses.
    let (mut found, clause) = if language.code == "zh" {
        let clause = cut(body, &['，', '；', '。']).swap_remove(0);
        (cut(&body[clause.clone()], &['、']), clause)
    } else {
        (commas(body), 0..body.len())
    };
    let body = &body[clause];
    if let Some(last) = found.pop() {
        found.extend(joined(body, last, found.is_empty(), language));
    }
    if let Some(and) = glued_and(language) {
        for piece in &mut found {
            let text = body.get(piece.clone()).unwrap_or_default();
            let lead = text.len() - text.trim_start().len();
            let rest = &text[lead..];
            if let Some(bare) = rest.strip_prefix(and)
                && bare.chars().count() > 3
                && piece.start > 0
            {
                piece.start += lead + and.len();
            }
        }
    }
    found
}

/// The conjunction of a language that writes it together with the next word: Arabic, Hebrew.
fn glued_and(language: &Language) -> Option<&str> {
    match language.grammar.and.as_slice() {
        [and] if !language.is_cased() && and.chars().count() == 1 => Some(and),
        _ => None,
    }
}

/// The last stretch, cut at its conjunction.
fn joined(body: &str, last: Range<usize>, only: bool, language: &Language) -> Vec<Range<usize>> {
    let text = body.get(last.clone()).unwrap_or_default();
    let spaced = !matches!(language.code, "zh" | "ja");
    if let Some(and) = glued_and(language) {
        let joint = format!(" {and}");
        let mut cuts = vec![last.start];
        cuts.extend(
            text.match_indices(joint.as_str())
                .map(|index| last.start + index.0 + 1),
        );
        cuts.push(last.end);
        return cuts.windows(2).map(|window| window[0]..window[1]).collect();
    }
    for and in &language.grammar.and {
        let joint = match (spaced, language.code) {
            (false, _) => and.clone(),
            // "다리협회와 물결극단"
            (true, "ko") if and.chars().count() == 1 => format!("{and} "),
            _ => format!(" {and} "),
        };
        // After a comma the conjunction comes first: "A, B, und C".
        if !only && spaced && text.trim_start().starts_with(&format!("{and} ")) {
            let lead = text.len() - text.trim_start().len() + and.len() + 1;
            return std::iter::once(last.start + lead..last.end).collect();
        }
        if let Some(at) = text.rfind(joint.as_str()) {
            return vec![
                last.start..last.start + at,
                last.start + at + joint.len()..last.end,
            ];
        }
    }
    vec![last]
}

/// The name of a piece, and its length in the piece; after the last one, words may follow that do not belong to the name.
fn name_of(piece: &str, last: bool, language: &Language) -> Option<(String, usize)> {
    let lead = piece.len() - piece.trim_start().len();
    let mut text = piece.trim();
    let mut skipped = lead;
    let before = text.len();
    let spaced = !matches!(language.code, "zh" | "ja");
    for phrase in &language.list.partial {
        if let Some(rest) = text.strip_prefix(phrase.as_str())
            && (rest.starts_with(' ') || !spaced)
        {
            text = rest.trim_start();
        }
    }
    text = &text[lead_of(text, language)..];
    skipped += before - text.len();
    let end = if last && spaced {
        end_of(text, language)
    } else {
        text.len()
    };
    let text = text.get(..end.min(text.len()))?.trim_end();
    let opening = ['«', '„', '“', '「', '《', '"'];
    // "издательство «Волна»": the noun before the marks is part of the name.
    let quoted = text.starts_with(opening)
        || text
            .split(' ')
            .nth(1)
            .is_some_and(|word| word.starts_with(opening));
    let name = super::name::bare(&split::unquoted(text));
    let first = name.chars().next()?;
    let words = if spaced {
        name.split(' ').count()
    } else {
        name.chars().count() / 4
    };
    let named = quoted
        || first.is_uppercase()
        || (first.is_ascii_digit() && spaced && is_lettered(&name))
        || (first.is_alphabetic() && !first.is_lowercase());
    (named && words <= LONGEST && name.chars().count() >= 2)
        .then(|| (one_line(&name), skipped + text.len()))
}

/// How many bytes of a member are the sentence's words before the name: `la Fundación`, `pelo Fundo`, `par l’Union`. They are
/// short, at most two, and a capital follows. The noun before a name in quotation marks is its own: `фонд «Маяк»`.
fn lead_of(text: &str, language: &Language) -> usize {
    const MOST: usize = 2;
    const LONGEST: usize = 5;
    let mut skipped = 0;
    for word in text.split(' ').take(MOST + 1) {
        let glued = glued_article(word);
        let rest = &word[glued..];
        let opening = rest.starts_with(|character: char| {
            character.is_uppercase()
                || character.is_ascii_digit()
                || matches!(character, '«' | '„' | '“')
        });
        if opening {
            return skipped + glued;
        }
        let lower = word.to_lowercase();
        let grammar = [
            &language.grammar.articles,
            &language.grammar.common,
            &language.list.joining,
        ];
        let noun = !grammar.iter().any(|it| it.contains(&lower));
        if noun
            && text[skipped + word.len()..]
                .trim_start()
                .starts_with(['«', '„', '“'])
        {
            return skipped;
        }
        let small = word
            .chars()
            .all(|letter| letter.is_lowercase() || matches!(letter, '’' | '\''));
        if !small || word.chars().count() > LONGEST {
            return 0;
        }
        skipped += word.len() + 1;
    }
    0
}

/// Whether a name's first word is more than a number: `350.org`, `4Kids`.
fn is_lettered(name: &str) -> bool {
    name.split(' ')
        .next()
        .is_some_and(|word| word.contains(char::is_alphabetic))
}

/// How many bytes of a word are an article that an apostrophe joins to it: `l’Union`, `dell’Eremo`.
fn glued_article(word: &str) -> usize {
    const LONGEST: usize = 5;
    let Some(at) = word.find(['’', '\'']) else {
        return 0;
    };
    let (article, rest) = word.split_at(at);
    let length = rest.chars().next().map_or(0, char::len_utf8);
    let joined = article.chars().count() <= LONGEST
        && article.chars().all(char::is_lowercase)
        && rest[length..].starts_with(char::is_uppercase);
    if joined { at + length } else { 0 }
}

/// Where a list's last name ends: at a word that only continues a sentence, or where more words in small letters follow
/// than names have.
fn end_of(text: &str, language: &Language) -> usize {
    const LONGEST_TAIL: usize = 2;
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for word in text.split(' ') {
        let plain = word
            .trim_matches(|letter: char| !letter.is_alphanumeric())
            .to_lowercase();
        // "Ung i Dalen": one word before it is not a complete name.
        let whole = match words.as_slice() {
            [] => false,
            [_] => text[at..].trim_end().split(' ').count() > 2,
            _ => true,
        };
        let stops =
            whole && word.starts_with(char::is_lowercase) && language.list.stops.contains(&plain);
        if stops {
            break;
        }
        words.push((at, word));
        at += word.len() + 1;
    }
    let small = |pair: &&(usize, &str)| pair.1.starts_with(char::is_lowercase);
    let tail = words.iter().rev().take_while(small).count();
    let keep = if language.is_cased() && tail > LONGEST_TAIL && tail < words.len() {
        words.len() - tail
    } else {
        words.len()
    };
    words
        .get(..keep)
        .and_then(<[_]>::last)
        .map_or(0, |at| at.0 + at.1.len())
}

/// The words before the list, as far as they describe its members.
fn relation(sentence: &str, start: usize, language: &Language) -> Option<String> {
    let before = sentence.get(..start)?.trim();
    let plain = one_line(before.trim_end_matches([':', '：']));
    let spaced = !matches!(language.code, "zh" | "ja");
    let words: Vec<&str> = if spaced {
        plain.split(' ').collect()
    } else {
        return (plain.chars().count() <= 24 && !plain.is_empty()).then_some(plain);
    };
    (!plain.is_empty() && words.len() <= 8).then(|| plain.to_lowercase())
}
