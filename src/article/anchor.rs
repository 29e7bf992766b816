//! Finds the content of a profile in the article's file: sentences, names, quotations, figures, entries.
//!
//! The blocks that the reading gave have the file's words in the file's order, without its markup. So the two are laid
//! beside each other word by word; the place of a claim is then the place of its words.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

use super::{
    Block, Form, Kind,
    source::{SourceText, Word, words},
};
use crate::{
    language::sentences,
    profile::{Claim, ListedName, Profile, Span, Statement},
};

/// How far from the expected place of its words a name is searched for, in words.
const NEAR: usize = 40;

/// The blocks' text as one, beside the file.
struct Alignment<'a> {
    source: &'a SourceText<'a>,
    /// The file's words.
    theirs: Vec<Word>,
    /// All blocks, a line each.
    text: String,
    /// The blocks' words.
    ours: Vec<Word>,
    /// For each of the blocks' words the file's word.
    matched: Vec<Option<usize>>,
    /// Where each block begins in the text.
    starts: Vec<usize>,
}

/// Writes into a profile the places of its claims and entries in the file.
pub(super) fn place(
    profile: &mut Profile,
    blocks: &[Block],
    entries: &[(u32, String)],
    source: &SourceText<'_>,
) {
    let alignment = Alignment::of(blocks, source);
    for claim in &mut profile.claims {
        alignment.claim(claim, blocks);
    }
    let mut used = 0;
    for reference in &mut profile.references {
        let text = entries.iter().find(|entry| entry.0 == reference.number);
        let text = text.map_or("", |text| text.1.as_str());
        let address = || alignment.address(reference.url.as_deref()?);
        // In wikitext a note is written where it is cited, and its address distinguishes it from the text.
        let range = if source.form == Form::Wikitext {
            address().or_else(|| alignment.entry(text, &mut used))
        } else {
            alignment.entry(text, &mut used).or_else(address)
        };
        reference.bytes = range.and_then(|range| source.span(&range));
    }
}

impl<'a> Alignment<'a> {
    fn of(blocks: &[Block], source: &'a SourceText<'a>) -> Self {
        let mut text = String::new();
        let mut starts = Vec::new();
        for block in blocks {
            starts.push(text.len());
            text.push_str(&block.text);
            text.push('\n');
        }
        let theirs = source.words();
        let ours = words(&text, 0);
        let mut input: InternedInput<&str> = InternedInput::default();
        input.update_before(ours.iter().map(|our| our.key.as_str()));
        input.update_after(theirs.iter().map(|their| their.key.as_str()));
        let diff = Diff::compute(Algorithm::Myers, &input);
        let mut matched = vec![None; ours.len()];
        let (mut before, mut after) = (0_usize, 0_usize);
        let mut pair = |before: &mut usize, after: &mut usize, until: usize| {
            while *before < until {
                if let Some(it) = matched.get_mut(*before) {
                    *it = Some(*after);
                }
                *before += 1;
                *after += 1;
            }
        };
        for hunk in diff.hunks() {
            pair(&mut before, &mut after, hunk.before.start as usize);
            before = hunk.before.end as usize;
            after = hunk.after.end as usize;
        }
        let end = ours.len();
        pair(&mut before, &mut after, end);
        Self {
            source,
            theirs,
            text,
            ours,
            matched,
            starts,
        }
    }

    fn claim(&self, claim: &mut Claim, blocks: &[Block]) {
        let Some((at, number)) = claim
            .place
            .as_deref()
            .and_then(|place| place_of(place, blocks))
        else {
            return;
        };
        let (Some(block), Some(start)) = (blocks.get(at), self.starts.get(at)) else {
            return;
        };
        let sentences = sentences::sentences(&block.text);
        let sentence = match sentences.get(number.saturating_sub(1)) {
            Some(range) => start + range.start..start + range.end,
            None => *start..start + block.text.len(),
        };
        let items = block.kind == Kind::Item
            || blocks
                .get(at + 1)
                .is_some_and(|block| block.kind == Kind::Item);
        let follow = blocks
            .iter()
            .skip(at + 1)
            .take_while(|block| block.kind == Kind::Item);
        let until = sentence.end + follow.map(|follow| follow.text.len() + 1).sum::<usize>();
        let mut whole = sentence.clone();
        let spans = match &claim.statement {
            Statement::Listed { names, .. } => {
                let end = if items { until } else { sentence.end };
                let found = self.names(names, sentence.start..end);
                let ends = found.iter().flatten().map(|range| range.end);
                whole.end = ends.fold(whole.end, usize::max);
                found.into_iter().map(|found| self.spelt(found)).collect()
            }
            Statement::Quoted { exact } | Statement::Figure { exact } => {
                let found = self
                    .find(exact, sentence.clone())
                    .or_else(|| self.find(exact, *start..start + block.text.len()));
                vec![self.spelt(found)]
            }
            Statement::Relation { object, .. } => {
                vec![self.spelt(self.find(object, sentence.clone()))]
            }
            Statement::Stated { .. } => Vec::new(),
        };
        claim.sentence = self.text.get(whole.clone()).map(crate::text::one_line);
        claim.bytes = self.stretch(&whole);
        claim.spans = if spans.iter().all(|span| span.is_empty()) {
            Vec::new()
        } else {
            spans
        };
    }

    /// The place of a name in the blocks' text.
    /// The places of the names, each after the one before if possible.
    fn names(&self, names: &[ListedName], within: Range<usize>) -> Vec<Option<Range<usize>>> {
        let mut from = within.start;
        let found = names.iter().map(|name| {
            let found = self
                .name(name, from..within.end)
                .or_else(|| self.name(name, within.clone()));
            from = found.as_ref().map_or(from, |found| found.end);
            found
        });
        found.collect()
    }

    /// The bytes of the file that a range of the text was made from.
    fn spelt(&self, found: Option<Range<usize>>) -> Span {
        found
            .and_then(|found| self.exact(&found))
            .unwrap_or_default()
    }

    fn name(&self, name: &ListedName, within: Range<usize>) -> Option<Range<usize>> {
        match name {
            ListedName::One(name) => self.find(name, within),
            ListedName::Ambiguous(parts) => {
                let first = self.find(parts.first()?, within.clone())?;
                let last = self.find(parts.last()?, first.end..within.end)?;
                Some(first.start..last.end)
            }
        }
    }

    fn find(&self, words: &str, within: Range<usize>) -> Option<Range<usize>> {
        let text = self.text.get(within.clone())?;
        let at = text.match_indices(words).find_map(|(at, _)| {
            let before = text[..at].ends_with(char::is_alphanumeric)
                && words.starts_with(char::is_alphanumeric);
            let after = text[at + words.len()..].starts_with(char::is_alphanumeric)
                && words.ends_with(|letter: char| letter.is_alphanumeric() && letter < '\u{2e80}');
            let spaced = words.starts_with(|character: char| character > '\u{2e7f}');
            ((!before || spaced) && !after).then_some(at)
        })?;
        Some(within.start + at..within.start + at + words.len())
    }

    /// Our words of a range.
    fn words_in(&self, range: &Range<usize>) -> Range<usize> {
        let start = self
            .ours
            .partition_point(|our| our.range.end <= range.start);
        let end = self.ours.partition_point(|our| our.range.start < range.end);
        start..end.max(start)
    }

    /// The file's bytes of exactly those words.
    fn exact(&self, range: &Range<usize>) -> Option<Span> {
        let words = self.words_in(range);
        let ours = self.ours.get(words.clone()).filter(|our| !our.is_empty())?;
        let guess = words
            .clone()
            .find_map(|word| Some((*self.matched.get(word)?)?.saturating_sub(word - words.start)))
            .or_else(|| self.near(words.start))?;
        let same = |at: usize| {
            let theirs = self.theirs.get(at..at + ours.len());
            theirs.is_some_and(|theirs| theirs.iter().zip(ours).all(|(a, b)| a.key == b.key))
        };
        let at = (0..NEAR).find_map(|off| {
            let later = guess + off;
            let earlier = guess.checked_sub(off);
            if same(later) {
                Some(later)
            } else {
                earlier.filter(|earlier| same(*earlier))
            }
        })?;
        let first = self.theirs.get(at)?.range.start;
        let last = self.theirs.get(at + ours.len() - 1)?.range.end;
        let found = self.with_marks(range, ours, first..last);
        self.source.span(&found)
    }

    /// A stretch of the file, with those marks at its ends that ours has as well: `$2.5`, `Inc.`.
    fn with_marks(&self, range: &Range<usize>, ours: &[Word], found: Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (ours.first(), ours.last()) else {
            return found;
        };
        let (mut start, mut end) = (found.start, found.end);
        for mark in self
            .text
            .get(range.start..first.range.start)
            .unwrap_or_default()
            .chars()
            .rev()
        {
            match self
                .source
                .text
                .get(..start)
                .filter(|text| text.ends_with(mark))
            {
                Some(_) => start -= mark.len_utf8(),
                None => break,
            }
        }
        for mark in self
            .text
            .get(last.range.end..range.end)
            .unwrap_or_default()
            .chars()
        {
            match self
                .source
                .text
                .get(end..)
                .filter(|text| text.starts_with(mark))
            {
                Some(_) => end += mark.len_utf8(),
                None => break,
            }
        }
        start..end
    }

    /// The file's word by the nearest of ours that has one.
    fn near(&self, at: usize) -> Option<usize> {
        (1..NEAR).find_map(|off| {
            let before = at.checked_sub(off).and_then(|at| *self.matched.get(at)?);
            before.or_else(|| *self.matched.get(at + off)?)
        })
    }

    /// The file's bytes from the first to the last word of a range, with any markup between them.
    fn stretch(&self, range: &Range<usize>) -> Option<Span> {
        let words = self.words_in(range);
        let matched: Vec<(usize, usize)> = words
            .clone()
            .filter_map(|word| Some((word, (*self.matched.get(word)?)?)))
            .collect();
        if matched.len() * 5 < words.len() * 3 {
            return None;
        }
        let first = self.slid(&matched, true)?;
        let last = self.slid(&matched, false)?;
        let ours = self.ours.get(words)?;
        let found = self.theirs.get(first)?.range.start..self.theirs.get(last)?.range.end;
        self.source.span(&self.with_marks(range, ours, found))
    }

    /// The file's word for the first (or last) of matched words. Where the words at an end were matched apart from the rest,
    /// but the same words are directly beside the rest as well, they are those.
    fn slid(&self, matched: &[(usize, usize)], first: bool) -> Option<usize> {
        const MOST: usize = 8;
        let end = if first {
            matched.first()?
        } else {
            matched.last()?
        };
        for count in 1..=MOST.min(matched.len().saturating_sub(1)) {
            let at = if first {
                count
            } else {
                matched.len() - 1 - count
            };
            let (ours, theirs) = *matched.get(at)?;
            let beside = if first {
                (ours.checked_sub(count)?..ours, theirs.checked_sub(count))
            } else {
                (ours + 1..ours + 1 + count, Some(theirs + 1))
            };
            let own = self.ours.get(beside.0)?;
            let Some(start) = beside.1 else { continue };
            let other = self.theirs.get(start..start + count);
            let same =
                other.is_some_and(|other| other.iter().zip(own).all(|(a, b)| a.key == b.key));
            if same {
                let found = if first { start } else { start + count - 1 };
                if found != end.1 {
                    return Some(found);
                }
            }
        }
        Some(end.1)
    }

    /// The file's bytes of an entry, by its words in a row.
    fn entry(&self, text: &str, used: &mut usize) -> Option<Range<usize>> {
        const OPENING: usize = 3;
        const GAP: usize = 12;
        let entry = words(text, 0);
        let opening = entry.get(..OPENING.min(entry.len()))?;
        if opening.is_empty() {
            return None;
        }
        let begins = |at: &usize| {
            let theirs = self.theirs.get(*at..*at + opening.len());
            theirs.is_some_and(|their| their.iter().zip(opening).all(|(a, b)| a.key == b.key))
        };
        let all = 0..self.theirs.len();
        let mut best: Option<(usize, usize, usize)> = None;
        let later = all.clone().skip(*used);
        let candidates: Vec<usize> = later
            .chain(0..(*used).min(all.end))
            .filter(begins)
            .take(24)
            .collect();
        for start in candidates {
            let (mut at, mut matched) = (start, 0);
            for word in &entry {
                let next = (at..(at + GAP).min(self.theirs.len()))
                    .find(|at| self.theirs[*at].key == word.key);
                if let Some(next) = next {
                    matched += 1;
                    at = next + 1;
                }
            }
            if best.is_none_or(|best| matched > best.2) {
                best = Some((start, at, matched));
            }
        }
        let (start, end, matched) = best?;
        if matched * 3 < entry.len() * 2 {
            return None;
        }
        *used = end;
        let first = self.theirs.get(start)?.range.start;
        Some(first..self.theirs.get(end.checked_sub(1)?)?.range.end)
    }

    /// The file's bytes of an address, with the note around it in wikitext.
    fn address(&self, url: &str) -> Option<Range<usize>> {
        let text = &self.source.text;
        let at = text
            .find(url)
            .or_else(|| text.find(&url.replace('&', "&amp;")))?;
        if self.source.form == Form::Wikitext {
            let open = text[..at].rfind("<ref");
            let close = text[at..].find("</ref>").map(|it| at + it + "</ref>".len());
            if let (Some(open), Some(close)) = (open, close)
                && !text[open..at].contains("</ref>")
            {
                return Some(open..close);
            }
        }
        Some(at..at + url.len())
    }
}

/// The block and the sentence of `paragraph 4, sentence 2`.
fn place_of(place: &str, blocks: &[Block]) -> Option<(usize, usize)> {
    let (paragraph, sentence) = place
        .strip_prefix("paragraph ")?
        .split_once(", sentence ")?;
    let paragraph: u32 = paragraph.parse().ok()?;
    let at = blocks
        .iter()
        .position(|block| block.paragraph == paragraph && block.kind != Kind::Label)?;
    Some((at, sentence.parse().ok()?))
}
