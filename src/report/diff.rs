//! The difference between the texts of two captures of a page: the changed hunks, with the changed words marked.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    ops::Range,
};

use imara_diff::{Algorithm, Diff, InternedInput};
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    html::escape,
    terminal::{Ink, Sheet, Style},
    words,
};
use crate::{
    clock::Instant,
    digest::PayloadDigest,
    text::{counted, fold},
};

/// The text of one capture.
#[derive(Clone, Copy, Debug)]
pub struct DatedText<'a> {
    /// When the capture was made.
    pub date: Instant,
    /// The digest of its payload, if known.
    pub payload_digest: Option<PayloadDigest>,
    /// The text; blocks are separated by line breaks.
    pub text: &'a str,
}

/// What changed between two texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageDiff {
    /// The older capture.
    pub old: Side,
    /// The newer one.
    pub new: Side,
    /// How many lines were removed.
    pub removed: usize,
    /// How many lines were added.
    pub added: usize,
    /// The changed stretches, with lines of context.
    pub hunks: Vec<Hunk>,
}

/// A capture, without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// When it was made.
    pub date: Instant,
    /// The digest of its payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_digest: Option<PayloadDigest>,
}

/// A changed stretch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hunk {
    /// The first line in the old text, counted from 1.
    pub old_line: usize,
    /// The first line in the new text, counted from 1.
    pub new_line: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which of the texts contains it.
    pub change: Change,
    /// Whether the other text has the same line elsewhere.
    #[serde(skip_serializing_if = "is_false")]
    pub moved: bool,
    /// The line, in changed and unchanged stretches.
    pub parts: Vec<Part>,
}

/// Which of the texts contains a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Both.
    Context,
    /// The old one.
    Removed,
    /// The new one.
    Added,
}

/// A stretch of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The words.
    pub text: String,
    /// Whether these words changed while others in the line did not.
    pub changed: bool,
}

/// The changed hunks of the texts of two captures, with `context` lines around each.
#[must_use]
pub fn diff(old: &DatedText, new: &DatedText, context: usize, style: &Style) -> String {
    PageDiff::of(old, new, context).to_text(style)
}

impl PageDiff {
    /// What changed from `old` to `new`, with `context` lines around each hunk.
    #[must_use]
    pub fn of(old: &DatedText, new: &DatedText, context: usize) -> Self {
        let before: Vec<&str> = old.text.lines().collect();
        let after: Vec<&str> = new.text.lines().collect();
        let changes = changes(&before, &after);
        let sum = |of: fn(&(Range<usize>, Range<usize>)) -> usize| changes.iter().map(of).sum();
        let mut hunks = hunks(&before, &after, &changes, context);
        mark_moved(&mut hunks);
        Self {
            old: Side::of(old),
            new: Side::of(new),
            removed: sum(|it| it.0.len()),
            added: sum(|it| it.1.len()),
            hunks,
        }
    }

    /// The difference as text for a terminal. Without colour, changed words inside a line are marked with `[-…-]` and `{+…+}`.
    #[must_use]
    pub fn to_text(&self, style: &Style) -> String {
        let mut sheet = Sheet::new(style);
        for (sign, side) in [("- ", &self.old), ("+ ", &self.new)] {
            sheet.paragraph(sign, 2, &[(&side.name(), Ink::Strong)]);
        }
        if self.hunks.is_empty() {
            sheet.paragraph("", 0, &[("The texts are the same.", Ink::Plain)]);
        }
        for hunk in &self.hunks {
            sheet.blank();
            let place = format!("line {} → line {}", hunk.old_line, hunk.new_line);
            sheet.paragraph("", 0, &[(&place, Ink::Faint)]);
            for line in &hunk.lines {
                line.write(&mut sheet);
            }
        }
        sheet.finish()
    }

    /// The difference as an HTML fragment: a `section` with `del` and `ins`, everything from the page escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut out = String::from("<section class=\"diff\">\n");
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "<p>From the {} to the {}: {} removed, {} added.</p>",
            escape(&self.old.name()),
            escape(&self.new.name()),
            counted(self.removed, "line", "lines"),
            counted(self.added, "line", "lines"),
        );
        for hunk in &self.hunks {
            out.push_str("<div class=\"hunk\">\n");
            for line in &hunk.lines {
                out.push_str(&line.to_html());
            }
            out.push_str("</div>\n");
        }
        out.push_str("</section>\n");
        out
    }
}

impl Side {
    fn of(text: &DatedText) -> Self {
        Self {
            date: text.date,
            payload_digest: text.payload_digest,
        }
    }

    fn name(&self) -> String {
        let payload = self
            .payload_digest
            .map(|payload_digest| format!(", payload {}", payload_digest.short()));
        format!(
            "copy of {}{}",
            words::minute(self.date),
            payload.unwrap_or_default()
        )
    }
}

impl Line {
    fn whole(change: Change, text: &str) -> Self {
        Self {
            change,
            moved: false,
            parts: vec![Part {
                text: text.to_owned(),
                changed: false,
            }],
        }
    }

    /// What is said before a line that moved.
    fn note(&self) -> &'static str {
        match (self.moved, self.change) {
            (false, _) | (true, Change::Context) => "",
            (true, Change::Removed) => "(moved away) ",
            (true, Change::Added) => "(moved here) ",
        }
    }

    fn write(&self, sheet: &mut Sheet) {
        let (sign, ink, open, close) = match self.change {
            Change::Context => ("  ", Ink::Faint, "", ""),
            Change::Removed => ("- ", Ink::Removed, "[-", "-]"),
            Change::Added => ("+ ", Ink::Added, "{+", "+}"),
        };
        let first = sheet.label(sign, ink.line(), 2);
        let color = sheet.style.color;
        let marked: Vec<(String, Ink)> = self
            .parts
            .iter()
            .map(|part| match (part.changed, color) {
                (true, false) => (format!("{open}{}{close}", part.text), ink),
                (true, true) => (part.text.clone(), ink),
                (false, _) => (part.text.clone(), ink.line()),
            })
            .collect();
        let note = self.note();
        let parts: Vec<(&str, Ink)> = std::iter::once((note, Ink::Faint))
            .filter(|note| !note.0.is_empty())
            .chain(marked.iter().map(|word| (word.0.as_str(), word.1)))
            .collect();
        sheet.paragraph(&first, 2, &parts);
    }

    fn to_html(&self) -> String {
        let (class, tag) = match self.change {
            Change::Context => ("context", "span"),
            Change::Removed => ("removed", "del"),
            Change::Added => ("added", "ins"),
        };
        let parts = self.parts.iter().map(|part| {
            let text = escape(&part.text);
            if part.changed {
                format!("<mark>{text}</mark>")
            } else {
                text
            }
        });
        let parts: String = parts.collect();
        let note = self.note();
        if self.moved {
            return format!(
                "<p class=\"{class} moved\"><span class=\"sub\">{note}</span><span dir=\"auto\">{parts}</span></p>\n"
            );
        }
        format!("<p class=\"{class}\"><{tag} dir=\"auto\">{parts}</{tag}></p>\n")
    }
}

/// The ranges of lines that differ, old and new, in order.
fn changes(before: &[&str], after: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    // The histogram algorithm finds the structure of a rewritten page, and falls back if it would take long.
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let wide = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks()
        .map(|hunk| (wide(hunk.before), wide(hunk.after)))
        .collect()
}

/// The changes with their context; changes whose contexts touch become one hunk.
fn hunks(
    before: &[&str],
    after: &[&str],
    changes: &[(Range<usize>, Range<usize>)],
    context: usize,
) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    // How far the old text has been written.
    let mut written = 0;
    for (at, (old, new)) in changes.iter().enumerate() {
        let start = old.start.saturating_sub(context).max(written);
        if start > written || hunks.is_empty() {
            hunks.push(Hunk {
                old_line: start + 1,
                new_line: new.start.saturating_sub(old.start - start) + 1,
                lines: Vec::new(),
            });
        }
        let next = changes
            .get(at + 1)
            .map_or(before.len(), |change| change.0.start);
        let end = old.end.saturating_add(context).min(next);
        if let Some(hunk) = hunks.last_mut() {
            let whole = |it: &[&str]| -> Vec<Line> {
                it.iter()
                    .map(|it| Line::whole(Change::Context, it))
                    .collect()
            };
            hunk.lines.extend(whole(lines(before, start..old.start)));
            let (old_lines, new_lines) = (lines(before, old.clone()), lines(after, new.clone()));
            hunk.lines.extend(replaced(old_lines, new_lines));
            hunk.lines.extend(whole(lines(before, old.end..end)));
        }
        written = end;
    }
    hunks
}

fn lines<'a, 'b>(lines: &'b [&'a str], range: Range<usize>) -> &'b [&'a str] {
    lines.get(range).unwrap_or_default()
}

/// The lines of one change: each old line comes before its successor, with the different words marked in both.
fn replaced(old: &[&str], new: &[&str]) -> Vec<Line> {
    let mut replaced = Vec::new();
    let (mut from, mut to) = (0, 0);
    let whole = |change, it: &[&str]| -> Vec<Line> {
        it.iter().map(|it| Line::whole(change, it)).collect()
    };
    for (at, successor) in successors(old, new) {
        replaced.extend(whole(Change::Removed, lines(old, from..at)));
        replaced.extend(whole(Change::Added, lines(new, to..successor)));
        replaced.extend(within(old[at], new[successor]));
        (from, to) = (at + 1, successor + 1);
    }
    replaced.extend(whole(Change::Removed, lines(old, from..old.len())));
    replaced.extend(whole(Change::Added, lines(new, to..new.len())));
    replaced
}

/// Which new line replaced which old one, in order: the pairs with the most words in common.
fn successors(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    // A change this large is a new page, and the table below would take long.
    const PAIRS: usize = 40_000;
    if old.len() * new.len() > PAIRS {
        return Vec::new();
    }
    let alike: Vec<Vec<usize>> = old
        .iter()
        .map(|old| new.iter().map(|new| likeness(old, new)).collect())
        .collect();
    // The best sum of likenesses from each pair to the end.
    let mut best = vec![vec![0; new.len() + 1]; old.len() + 1];
    for at in (0..old.len()).rev() {
        for to in (0..new.len()).rev() {
            let paired = alike[at][to] + best[at + 1][to + 1];
            best[at][to] = paired.max(best[at + 1][to]).max(best[at][to + 1]);
        }
    }
    let mut pairs = Vec::new();
    let (mut at, mut to) = (0, 0);
    while at < old.len() && to < new.len() {
        if alike[at][to] > 0 && best[at][to] == alike[at][to] + best[at + 1][to + 1] {
            pairs.push((at, to));
            (at, to) = (at + 1, to + 1);
        } else if best[at][to] == best[at + 1][to] {
            at += 1;
        } else {
            to += 1;
        }
    }
    pairs
}

/// The share of words that two lines have in common, in hundredths; 0 if it is under half.
fn likeness(old: &str, new: &str) -> usize {
    let words = |line| -> HashSet<&str> { str::unicode_words(line).collect() };
    let (old, new) = (words(old), words(new));
    let common = old.intersection(&new).count();
    let share = (200 * common).checked_div(old.len() + new.len());
    share.filter(|share| *share >= 50).unwrap_or_default()
}

/// An old line and its successor with the words marked that differ.
fn within(old: &str, new: &str) -> [Line; 2] {
    let before: Vec<&str> = old.split_word_bounds().collect();
    let after: Vec<&str> = new.split_word_bounds().collect();
    let changes = changes(&before, &after);
    let removed = parts(&before, changes.iter().map(|change| change.0.clone()));
    let added = parts(&after, changes.iter().map(|change| change.1.clone()));
    [(Change::Removed, removed), (Change::Added, added)].map(|(change, parts)| Line {
        change,
        moved: false,
        parts,
    })
}

/// Two wordings as one: words of both, words of the old one only, words of the new one only, in reading order.
pub(super) fn merged(old: &str, new: &str) -> Vec<(Change, String)> {
    let before: Vec<&str> = old.split_word_bounds().collect();
    let after: Vec<&str> = new.split_word_bounds().collect();
    let mut merged = Vec::new();
    let mut push = |change, words: &[&str], range: Range<usize>| {
        let text = lines(words, range).concat();
        if !text.is_empty() {
            merged.push((change, text));
        }
    };
    let mut at = 0;
    for (removed, added) in changes(&before, &after) {
        push(Change::Context, &before, at..removed.start);
        at = removed.end;
        push(Change::Removed, &before, removed);
        push(Change::Added, &after, added);
    }
    push(Change::Context, &before, at..before.len());
    merged
}

fn parts(words: &[&str], changed: impl Iterator<Item = Range<usize>>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut push = |range: Range<usize>, changed| {
        let text = lines(words, range).concat();
        if !text.is_empty() {
            parts.push(Part { text, changed });
        }
    };
    for range in changed {
        push(at..range.start, false);
        at = range.end;
        push(range, true);
    }
    push(at..words.len(), false);
    parts
}

/// Marks the lines that one place of the text lost and another one got: as many as both have, the first ones of each.
fn mark_moved(hunks: &mut [Hunk]) {
    let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
    let mut counts: HashMap<String, [usize; 2]> = HashMap::new();
    for (side, text) in lines.filter_map(alone) {
        if let Some(count) = counts.entry(text).or_default().get_mut(side) {
            *count += 1;
        }
    }
    for [removed, added] in counts.values_mut() {
        let both = (*removed).min(*added);
        (*removed, *added) = (both, both);
    }
    for line in hunks.iter_mut().flat_map(|hunk| &mut hunk.lines) {
        let Some((side, text)) = alone(line) else {
            continue;
        };
        let left = counts.get_mut(&text).and_then(|left| left.get_mut(side));
        if let Some(left) = left.filter(|left| **left > 0) {
            *left -= 1;
            line.moved = true;
        }
    }
}

/// The side (0 for removed, 1 for added) and the folded words of a line that only one text has at this place; `None` for a line
/// without a word.
fn alone(line: &Line) -> Option<(usize, String)> {
    let side = match line.change {
        Change::Context => return None,
        Change::Removed => 0,
        Change::Added => 1,
    };
    if line.parts.iter().any(|part| part.changed) {
        return None;
    }
    let text: String = line.parts.iter().map(|part| part.text.as_str()).collect();
    let text = fold(&text);
    text.contains(char::is_alphanumeric).then_some((side, text))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::parse_digits14;

    fn dated<'a>(date: &str, text: &'a str) -> DatedText<'a> {
        DatedText {
            date: parse_digits14(date).unwrap(),
            payload_digest: Some(PayloadDigest::of(text.as_bytes())),
            text,
        }
    }

    fn between(old: &str, new: &str, context: usize) -> String {
        let style = Style {
            color: false,
            width: 72,
        };
        diff(
            &dated("20240301", old),
            &dated("20260402", new),
            context,
            &style,
        )
    }

    #[test]
    fn changed_words_are_marked_inside_their_line() {
        let old = "Partners\nWe work with 134 partners in 12 countries.\nHarbour Mediation\nEnd";
        let new = "Partners\nWe work with 129 partners in 12 countries.\nHarbour Mediation\nEnd";
        insta::assert_snapshot!(between(old, new, 1), @r"
        - copy of 2024-03-01 00:00 UTC, payload d7d2dd84a89d
        + copy of 2026-04-02 00:00 UTC, payload e4eb1289e4fa

        line 1 → line 1
          Partners
        - We work with [-134-] partners in 12 countries.
        + We work with {+129+} partners in 12 countries.
          Harbour Mediation
        ");
    }

    #[test]
    fn hunks_far_apart_are_parted_and_near_ones_joined() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh";
        let new = "A\nb\nC\nd\ne\nf\ng\nH\nI";
        let diff = PageDiff::of(&dated("2024", old), &dated("2025", new), 1);
        let places: Vec<_> = diff
            .hunks
            .iter()
            .map(|hunk| (hunk.old_line, hunk.new_line))
            .collect();
        assert_eq!(places, [(1, 1), (7, 7)]);
        assert_eq!((diff.removed, diff.added), (3, 4));
    }

    #[test]
    fn a_text_does_not_differ_from_itself() {
        let diff = PageDiff::of(&dated("2024", "a\nb"), &dated("2025", "a\nb"), 3);
        assert!(diff.hunks.is_empty());
        assert!(
            diff.to_text(&Style::default())
                .contains("The texts are the same.")
        );
    }

    #[test]
    fn a_page_is_escaped_in_html_and_harmless_in_a_terminal() {
        let new = "<script>alert(1)</script>\u{1b}[2J";
        let diff = PageDiff::of(&dated("2024", "x"), &dated("2025", new), 3);
        assert!(!diff.to_html().contains("<script"));
        assert!(!diff.to_text(&Style::default()).contains('\u{1b}'));
    }

    #[test]
    fn two_wordings_are_merged_in_reading_order() {
        let merged = merged("in 134 countries", "in 129 countries now");
        let text: Vec<_> = merged
            .iter()
            .map(|merged| (merged.0, merged.1.as_str()))
            .collect();
        assert_eq!(
            text,
            [
                (Change::Context, "in "),
                (Change::Removed, "134"),
                (Change::Added, "129"),
                (Change::Context, " countries"),
                (Change::Added, " now"),
            ]
        );
    }

    #[test]
    fn a_line_is_compared_with_its_successor_among_others() {
        let old = "Home\nAbout us\nPartners have worked in 140 countries.\nThe end";
        let new =
            "Home and purpose, at length and in detail\nPartners have worked in 151 countries.";
        insta::assert_snapshot!(between(old, new, 0), @"
        - copy of 2024-03-01 00:00 UTC, payload 9322ff491b90
        + copy of 2026-04-02 00:00 UTC, payload 77d0dafa8a16

        line 1 → line 1
        - Home
        - About us
        + Home and purpose, at length and in detail
        - Partners have worked in [-140-] countries.
        + Partners have worked in {+151+} countries.
        - The end
        ");
    }

    #[test]
    fn a_rewritten_line_is_not_marked_word_by_word() {
        let lines = replaced(&["one two three four"], &["five six seven eight"]);
        let parts: Vec<_> = lines.iter().flat_map(|line| &line.parts).collect();
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| !part.changed));
    }

    #[test]
    fn a_block_that_moved_is_marked_at_both_places() {
        let old = dated(
            "20240301060000",
            "Ash Street\nBirch\none\ntwo\nthree\nfour\nfive",
        );
        let new = dated(
            "20240401060000",
            "Birch\none\ntwo\nthree\nfour\nfive\nAsh Street\nElm",
        );
        let diff = PageDiff::of(&old, &new, 1);
        let all: Vec<&Line> = diff.hunks.iter().flat_map(|it| &it.lines).collect();
        let moved: Vec<(Change, &str)> = all
            .iter()
            .filter(|line| line.moved)
            .map(|line| (line.change, line.parts[0].text.as_str()))
            .collect();
        assert_eq!(
            moved,
            [
                (Change::Removed, "Ash Street"),
                (Change::Added, "Ash Street")
            ]
        );
        assert!(diff.to_html().contains("(moved here) </span>"));
    }
}
