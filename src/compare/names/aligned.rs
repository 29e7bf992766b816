//! Two names word by word: which words correspond, by equal letters, by a slip of the pen, or written as one.

use super::{
    key::{Kind, NameKey, Token},
    person::{are_persons, is_short_form},
};
use crate::{compare::grounds::names as grounds, text::fold};

/// The corresponding words of two names, and those left over on either side.
pub(in crate::compare) struct Aligned<'a> {
    /// The weight of the words that both names have.
    pub(in crate::compare) matched: f64,
    /// Whether one of them is distinctive, not a word that many names have.
    pub(in crate::compare) own_word: bool,
    /// The words that are matched although they are spelt otherwise.
    pub(in crate::compare) slipped: Vec<(&'a Token, &'a Token)>,
    /// Whether the matched words are in the same order.
    pub(in crate::compare) in_order: bool,
    /// The words of the first name without a partner.
    pub(in crate::compare) left: Vec<&'a Token>,
    /// The words of the second name without a partner.
    pub(in crate::compare) right: Vec<&'a Token>,
}

/// Aligns the words of two names.
pub(in crate::compare) fn align<'a>(claimed: &'a NameKey, found: &'a NameKey) -> Aligned<'a> {
    let mut left: Vec<Option<&Token>> = claimed.tokens.iter().map(Some).collect();
    let mut right: Vec<Option<&Token>> = found.tokens.iter().map(Some).collect();
    let mut it = Aligned {
        matched: 0.0,
        own_word: false,
        slipped: vec![],
        in_order: true,
        left: vec![],
        right: vec![],
    };
    let mut last = None;
    for slot in &mut left {
        let Some(token) = *slot else { continue };
        let at = right
            .iter()
            .position(|it| it.is_some_and(|it| it.text == token.text));
        if let Some(at) = at {
            it.take(token.weight);
            it.in_order &= last.is_none_or(|last| at > last);
            last = Some(at);
            *slot = None;
            if let Some(other) = right.get_mut(at) {
                *other = None;
            }
        }
    }
    let roomy = claimed
        .compact
        .chars()
        .count()
        .min(found.compact.chars().count())
        >= 12;
    for slot in &mut left {
        let Some(token) = *slot else { continue };
        let is_short_form = |it: &Token| is_short_form(token, it) && are_persons(claimed, found);
        let at = right
            .iter()
            .position(|it| it.is_some_and(|it| is_slip(token, it, roomy) || is_short_form(it)));
        if let Some(at) = at {
            it.take(token.weight * grounds::SLIP);
            *slot = None;
            let other = right.get_mut(at).and_then(Option::take);
            it.slipped.extend(other.map(|other| (token, other)));
        }
    }
    join(&mut it, &mut left, &mut right);
    join(&mut it, &mut right, &mut left);
    it.left = left.into_iter().flatten().collect();
    it.right = right.into_iter().flatten().collect();
    it
}

impl Aligned<'_> {
    fn take(&mut self, weight: f64) {
        self.matched += weight;
        self.own_word |= weight >= grounds::DISTINCTIVE;
    }
}

/// Removes a word of `one` that consists of two or three neighbours of `many`.
fn join(aligned: &mut Aligned<'_>, one: &mut [Option<&Token>], many: &mut [Option<&Token>]) {
    for slot in one.iter_mut() {
        let Some(token) = *slot else { continue };
        for from in 0..many.len() {
            for count in 2..=3 {
                let Some(run) = many.get(from..from + count) else {
                    continue;
                };
                let length: usize = run
                    .iter()
                    .map(|run| run.map_or(0, |run| run.text.len()))
                    .sum();
                if length != token.text.len() {
                    continue;
                }
                let whole: Option<String> = run
                    .iter()
                    .map(|run| run.map(|run| run.text.as_str()))
                    .collect();
                if whole.as_deref() == Some(token.text.as_str()) {
                    aligned.take(token.weight);
                    *slot = None;
                    many.iter_mut()
                        .skip(from)
                        .take(count)
                        .for_each(|it| *it = None);
                    break;
                }
            }
            if slot.is_none() {
                break;
            }
        }
    }
}

/// Whether a name has only words of another one, and fewer.
pub(super) fn is_less_of(short: &NameKey, long: &NameKey) -> bool {
    let has = |text: &str| long.tokens.iter().any(|token| token.text == text);
    short.tokens.len() < long.tokens.len() && short.tokens.iter().all(|token| has(&token.text))
}

/// Whether a text has a word of a name, or one that begins alike, as misspelt ones do.
pub(super) fn has_a_word_of(text: &str, name: &NameKey) -> bool {
    let lead = |word: &str| word.chars().take(3).collect::<String>();
    let folded = fold(text);
    let words = || folded.split(|it: char| !it.is_alphanumeric());
    let leads = |word: &str| words().any(|other| lead(other) == lead(word));
    name.tokens.iter().any(|token| leads(&token.text))
}

/// Whether one word is the other with slips of the pen; the longer the word, the more slips. Short words allow none.
pub(in crate::compare) fn is_slip(a: &Token, b: &Token, roomy: bool) -> bool {
    if a.kind == Kind::Number || b.kind == Kind::Number {
        return false;
    }
    if a.known && b.known {
        return false;
    }
    let (a_long, b_long) = (a.outline.letters, b.outline.letters);
    if a_long.min(b_long) >= 5 && ends_alike(&a.text, &b.text) {
        return true;
    }
    let allowed = match a_long.max(b_long) {
        0..=4 if roomy && a_long.min(b_long) == 4 => 1,
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    // Two slips that include the first letter make another word: Northfield and Southfield.
    let allowed = if a.text.chars().next() == b.text.chars().next() {
        allowed
    } else {
        allowed.min(1)
    };
    allowed > 0
        && a.outline.within(&b.outline, allowed)
        && strsim::osa_distance(&a.text, &b.text) <= allowed
}

/// Whether two words differ only in how they spell one sound at their end: Jeremy, Jeremie.
fn ends_alike(one: &str, other: &str) -> bool {
    let stem = |word: &'_ str| -> Option<usize> {
        let ends = ["ie", "ij", "y", "i"].iter();
        let mut ends = ends.filter_map(|end| Some(word.strip_suffix(end)?.len()));
        ends.next()
    };
    stem(one)
        .zip(stem(other))
        .is_some_and(|(a, b)| one[..a] == other[..b])
}
