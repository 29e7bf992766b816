//! Whether quoted words are on a page: word for word, apart from punctuation, or changed, and how.

use crate::compare::grounds::words as grounds;
use std::ops::Range;

use super::letters;
use crate::{
    compare::{
        claim::{Place, Scope},
        names::likeness::{reason, round},
        page_text::PageText,
        state,
    },
    finding::{Reason, Verdict, Why},
    language::{
        tokens::{Word, words_of},
        turns::{Turn, Turns},
    },
    reading::Reading,
    text::{Folded, one_line},
};

/// What a page says about words: a quotation, or a number of things.
#[derive(Clone, Debug, PartialEq)]
pub struct WordsAnswer {
    /// The words as the claim has them.
    pub claimed: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The words as the page has them, or the most similar ones.
    pub found: Option<String>,
    /// How similar they are, from 0 to 1.
    pub score: f64,
    /// The reasons, strongest first.
    pub reasons: Vec<Reason>,
    /// Every place with the words; those in the scope come first.
    pub places: Vec<Place>,
    /// An additional note: `not in 1,972 characters of text`.
    pub note: Option<String>,
}

impl WordsAnswer {
    /// The answer if nothing was found.
    pub(in crate::compare) fn absent(claimed: &str) -> Self {
        Self {
            claimed: claimed.to_owned(),
            verdict: Verdict::Absent,
            found: None,
            score: 0.0,
            reasons: Vec::new(),
            places: Vec::new(),
            note: None,
        }
    }
}

/// Shorter quotations are not searched for similar words: short words are similar to too many others.
const SHORTEST_LIKENESS: usize = 12;
/// Looks for quoted words on a page.
#[must_use]
pub fn quotation(exact: &str, reading: &Reading, scope: Scope<'_>) -> WordsAnswer {
    in_page(exact, &PageText::of(reading), scope)
}

/// What a page says about quoted words.
pub(in crate::compare) fn in_page(
    exact: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) -> WordsAnswer {
    let mut answer = WordsAnswer::absent(exact);
    let untold = state::why(page.reading, scope.identity);
    let words = exact
        .trim()
        .trim_matches(|letter: char| letter.is_whitespace() || "\"'“”‘’.,;:".contains(letter));
    let word_for_word = page.find(words);
    let letters = if word_for_word.is_empty() {
        letters::find(words, page)
    } else {
        letters::Places::default()
    };
    let found = [word_for_word, letters.same].concat();
    if !found.is_empty() {
        present(&mut answer, &found, words, page, scope);
        return answer;
    }
    if let Some(range) = letters.parted.first() {
        let how = grounds::PARTED.why.to_owned();
        let verdict = |to: String| Verdict::Altered { to, how };
        let said = (verdict, grounds::PARTED.why, grounds::PARTED.score);
        instead(&mut answer, range.clone(), page, said);
        return answer;
    }
    if let Some(range) = with_gaps(words, page) {
        present(&mut answer, &[range], words, page, scope);
        answer.reasons = vec![grounds::PARTS_IN_ORDER.reason()];
        return answer;
    }
    let is_page = !state::is_opaque(page.reading.state);
    let near = if is_page && words.chars().count() >= SHORTEST_LIKENESS {
        nearest(words, page)
    } else {
        None
    };
    answer.note = Some(format!("not in {}", page.extent()));
    let few = words.split_whitespace().count() < 4;
    let least = [grounds::PERHAPS, grounds::ALTERED][usize::from(few)];
    if let Some((range, score)) = near.filter(|near| near.1 >= least) {
        changed(&mut answer, words, (range, score), page);
        return answer;
    }
    if let Some((why, detail)) = untold {
        answer.verdict = Verdict::CannotTell { why, detail };
    } else {
        answer.reasons = vec![grounds::NOT_IN_TEXT.reason()];
    }
    answer
}

/// Words like the quoted ones, as near as the score.
fn changed(
    answer: &mut WordsAnswer,
    words: &str,
    (range, score): (Range<usize>, f64),
    page: &PageText<'_>,
) {
    let there = one_line(page.reading.text.get(range.clone()).unwrap_or_default());
    let how = difference(words, &there);
    let verdict = |to: String| {
        if score >= grounds::ALTERED {
            let how = how.clone();
            return Verdict::Altered { to, how };
        }
        Verdict::CannotTell {
            why: Why::Perhaps,
            detail: format!("perhaps \"{to}\": {how}"),
        }
    };
    instead(answer, range, page, (verdict, how.as_str(), score));
}

/// What the page has in place of the words: the verdict from how it is spelt there, in what it differs, and how sure that is.
fn instead(
    answer: &mut WordsAnswer,
    range: Range<usize>,
    page: &PageText<'_>,
    (verdict, how, score): (impl FnOnce(String) -> Verdict, &str, f64),
) {
    let there = one_line(page.reading.text.get(range.clone()).unwrap_or_default());
    answer.verdict = verdict(there.clone());
    answer.reasons = vec![reason(how, score)];
    answer.places = vec![place(range, page)];
    answer.found = Some(there);
    answer.score = round(score);
}

fn place(range: Range<usize>, page: &PageText<'_>) -> Place {
    let note = Some(page.place(&range));
    Place {
        range: Some(range),
        css: None,
        note,
    }
}

fn present(
    answer: &mut WordsAnswer,
    found: &[Range<usize>],
    words: &str,
    page: &PageText<'_>,
    scope: Scope<'_>,
) {
    let within = page.scope(scope);
    let mut found = found.to_vec();
    found.sort_by_key(|it| {
        let inside = within
            .as_ref()
            .is_some_and(|within| within.start <= it.start && it.end <= within.end);
        (!inside, it.start)
    });
    let there = found
        .first()
        .and_then(|found| page.reading.text.get(found.clone()))
        .unwrap_or_default();
    answer.found = Some(one_line(there));
    answer.verdict = Verdict::Present;
    let same = page
        .folded
        .as_str()
        .contains(crate::text::fold(words).trim());
    answer.score = if same { 1.0 } else { grounds::BUT_PUNCTUATION };
    let what = if same {
        "word for word"
    } else {
        "the same words, apart from punctuation, accents and spaces"
    };
    answer.reasons = vec![reason(what, answer.score)];
    if found.len() > 1 {
        answer.note = Some(format!("in {} places", found.len()));
    }
    answer.places = found.into_iter().map(|found| place(found, page)).collect();
}

/// Finds a quotation with omissions (`…`, `[…]`, `...`) or insertions in brackets: its parts in order, not far apart.
fn with_gaps(words: &str, page: &PageText<'_>) -> Option<Range<usize>> {
    const FARTHEST: usize = 600;
    let mut plain = without_ellipses(words);
    while let (Some(open), Some(close)) = (plain.find('['), plain.find(']')) {
        if open > close {
            break;
        }
        plain.replace_range(open..=close, "\u{1}");
    }
    let parts: Vec<&str> = plain
        .split('\u{1}')
        .map(str::trim)
        .filter(|text| text.chars().count() >= 3)
        .collect();
    if parts.len() < 2 && !plain.contains('\u{1}') {
        return None;
    }
    let find = |part: &str| match page.find(part) {
        found if found.is_empty() => letters::find(part, page).same,
        found => found,
    };
    let firsts = find(parts.first()?);
    firsts.into_iter().find_map(|first| {
        let mut end = first.end;
        for part in parts.iter().skip(1) {
            let next = find(part)
                .into_iter()
                .find(|it| it.start >= end && it.start < end + FARTHEST)?;
            end = next.end;
        }
        Some(first.start..end)
    })
}

/// A text with the same mark for every ellipsis: `…`, `...`, `. . .`, `. . . .`, with brackets or without.
fn without_ellipses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let dots = rest
            .char_indices()
            .take_while(|entry| matches!(entry.1, '.' | '…' | ' ' | '\u{a0}' | '\u{202f}'))
            .filter(|entry| entry.1 != ' ' && entry.1 != '\u{a0}' && entry.1 != '\u{202f}');
        let (mut count, mut end) = (0, 0);
        for (at, dot) in dots {
            count += if dot == '…' { 3 } else { 1 };
            end = at + dot.len_utf8();
        }
        if count >= 3 && matches!(first, '.' | '…') {
            let bracketed = out.ends_with('[') || out.ends_with('(');
            rest = rest.get(end..).unwrap_or_default();
            if bracketed && rest.starts_with([']', ')']) {
                out.pop();
                rest = rest.get(1..).unwrap_or_default();
            }
            out.push('\u{1}');
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// What it costs that one word stands for another, in letters.
fn cost(one: &str, other: &str) -> f64 {
    if one == other {
        return 0.0;
    }
    let length = one.chars().count().max(other.chars().count());
    let distance = strsim::levenshtein(one, other);
    if length >= 5 && distance * 4 <= length {
        distance as f64
    } else {
        length as f64
    }
}

/// The passage that is most similar to the quotation, by whole words, and its similarity from 0 to 1 (Sellers' alignment over words).
fn nearest(quoted: &str, page: &PageText<'_>) -> Option<(Range<usize>, f64)> {
    let folded = Folded::of(quoted);
    let quote = words_of(folded.as_str());
    let text = words_of(page.folded.as_str());
    let total: f64 = quote
        .iter()
        .map(|quote| quote.text.chars().count() as f64)
        .sum();
    if quote.len() < 2 || total <= 0.0 {
        return None;
    }
    let lengths: Vec<f64> = quote
        .iter()
        .map(|quote| quote.text.chars().count() as f64)
        .collect();
    // A column for each word of the page: for each prefix of the quotation, the least cost of an alignment that ends here,
    // and the word at which it begins.
    let mut column: Vec<(f64, usize)> = Vec::with_capacity(quote.len() + 1);
    let mut sum = 0.0;
    column.push((0.0, 0));
    for length in &lengths {
        sum += length;
        column.push((sum, 0));
    }
    let mut best: Option<(f64, usize, usize)> = None;
    for (at, word) in text.iter().enumerate() {
        let length = word.text.chars().count() as f64;
        let mut next = Vec::with_capacity(column.len());
        next.push((0.0, at + 1));
        for (row, quoted) in quote.iter().enumerate() {
            let (diagonal, above) = (column.get(row).copied()?, next.get(row).copied()?);
            let before = column.get(row + 1).copied()?;
            let start = if row == 0 { at } else { diagonal.1 };
            let options = [
                (diagonal.0 + cost(quoted.text, word.text), start),
                (above.0 + lengths.get(row)?, above.1),
                (before.0 + length * grounds::INSERTED, before.1),
            ];
            let least = options.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
            next.push(least);
        }
        let end = next.last().copied()?;
        if best.is_none_or(|best| end.0 < best.0 - 1e-9) {
            best = Some((end.0, end.1, at));
        }
        column = next;
    }
    let (cost, first, last) = best?;
    let (from, to) = (text.get(first)?.range.start, text.get(last)?.range.end);
    (from < to).then(|| {
        (
            page.folded.original(from..to),
            (1.0 - cost / total).max(0.0),
        )
    })
}

/// The words of `one` that are nowhere in `other`.
pub(in crate::compare) fn only_in<'a>(one: &[Word<'a>], other: &[Word<'_>]) -> Vec<&'a str> {
    one.iter()
        .map(|one| one.text)
        .filter(|text| !other.iter().any(|word| word.text == *text))
        .collect()
}

/// The difference between quoted words and those on the page, in words; negations, hedges and numbers come first.
pub(in crate::compare) fn difference(quoted: &str, there: &str) -> String {
    let (a, b) = (Folded::of(quoted), Folded::of(there));
    let (a, b) = (words_of(a.as_str()), words_of(b.as_str()));
    let (gone, come) = (only_in(&a, &b), only_in(&b, &a));
    if let Some(turn) = turn(Turns::of(quoted), &gone, &come) {
        return turn;
    }
    let list = |words: &[&str]| words.iter().take(6).copied().collect::<Vec<_>>().join(" ");
    match (gone.is_empty(), come.is_empty()) {
        (true, true) => "the same words in another order or number".to_owned(),
        (false, true) => format!("without \"{}\"", list(&gone)),
        (true, false) => format!("with \"{}\" added", list(&come)),
        (false, false) => format!("\"{}\" in place of \"{}\"", list(&come), list(&gone)),
    }
}

/// A change of words that affects the meaning: a negation, a hedge, a number.
pub(in crate::compare) fn turn(turns: Turns, gone: &[&str], come: &[&str]) -> Option<String> {
    let first = |words: &[&str], wanted: Turn| {
        let word = words.iter().find(|word| turns.turn(word) == Some(wanted));
        word.map(|word| (*word).to_owned())
    };
    if let Some(word) = first(come, Turn::Reversal) {
        return Some(format!("a negation was added: \"{word}\""));
    }
    if let Some(word) = first(gone, Turn::Reversal) {
        return Some(format!("a negation was taken out: \"{word}\""));
    }
    if let Some(word) = first(come, Turn::Hedge) {
        return Some(format!("a hedge was added: \"{word}\""));
    }
    let number = |words: &[&str]| {
        words
            .iter()
            .find(|word| word.chars().any(|letter| letter.is_ascii_digit()))
            .map(|word| (*word).to_owned())
    };
    match (number(gone), number(come)) {
        (Some(was), Some(is)) => Some(format!("a number changed: {is} in place of {was}")),
        _ => None,
    }
}
