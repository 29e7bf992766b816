//! The forms in which an edit can be pasted, one file each.

mod html;
mod markdown;
mod text;
mod wikitext;

use imara_diff::{Algorithm, Diff, InternedInput};

use super::citation::{Citation, Dates};

pub(crate) use html::Html;
pub(crate) use markdown::Markdown;
pub(crate) use text::Text;
pub(crate) use wikitext::Wikitext;

/// A form for citations and changed sentences.
pub trait Form {
    /// Its name for `--format`.
    fn name(&self) -> &'static str;

    /// The finished citation. `dates` overrides the date style of the form; `today` is the date for a dead-link note.
    fn citation(
        &self,
        citation: &Citation,
        dates: Option<Dates>,
        today: chrono::NaiveDate,
    ) -> String;

    /// A sentence before and after the edit.
    fn sentence(&self, before: &str, after: &str) -> String;
}

/// All forms.
pub const FORMS: [&dyn Form; 4] = [&Text, &Markdown, &Html, &Wikitext];

/// A piece of a sentence that an edit changed or kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    Same(String),
    Deleted(String),
    Inserted(String),
}

/// The changes that an edit makes to a sentence, word by word, in reading order.
pub(super) fn stretches(before: &str, after: &str) -> Vec<Stretch> {
    let (old, new) = (words(before), words(after));
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let mut all = Vec::new();
    let mut push = |stretch: fn(String) -> Stretch, words: Option<&[&str]>| {
        let words = words.unwrap_or_default().concat();
        if !words.is_empty() {
            all.push(stretch(words));
        }
    };
    let mut at = 0;
    for hunk in diff.hunks() {
        let (gone, come) = (range(&hunk.before), range(&hunk.after));
        push(Stretch::Same, old.get(at..gone.start));
        at = gone.end;
        push(Stretch::Deleted, old.get(gone));
        push(Stretch::Inserted, new.get(come));
    }
    push(Stretch::Same, old.get(at..));
    all
}

fn range(of: &std::ops::Range<u32>) -> std::ops::Range<usize> {
    of.start as usize..of.end as usize
}

/// Splits a text into words, spaces and punctuation marks.
fn words(text: &str) -> Vec<&str> {
    use unicode_segmentation::UnicodeSegmentation as _;
    text.split_word_bounds().collect()
}

/// Puts `open` and `close` around the words, and leaves spaces at the ends outside.
pub(super) fn around(words: &str, open: &str, close: &str) -> String {
    let inner = words.trim();
    if inner.is_empty() {
        return words.to_owned();
    }
    let start = words.len() - words.trim_start().len();
    let (before, rest) = words.split_at(start);
    let after = rest.get(inner.len()..).unwrap_or_default();
    format!("{before}{open}{inner}{close}{after}")
}

/// A title or name with a full stop at its end.
fn stopped(words: &str) -> String {
    if words.ends_with(['.', '!', '?', '…']) {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}

/// The part before the address: author, title in quotation marks, site, date of publication.
pub(super) fn entry(citation: &Citation, dates: Dates, escape: impl Fn(&str) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(
        citation
            .author
            .as_deref()
            .map(|author| stopped(&escape(author))),
    );
    parts.extend(
        citation
            .title
            .as_deref()
            .map(|title| format!("“{}”", stopped(&escape(title)))),
    );
    parts.extend(
        citation
            .website
            .as_deref()
            .map(|website| stopped(&escape(website))),
    );
    parts.extend(
        citation
            .published
            .map(|published| stopped(&dates.of(published))),
    );
    parts.join(" ")
}

#[cfg(test)]
#[path = "forms_tests.rs"]
mod tests;
