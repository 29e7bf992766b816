//! The forms in which an edit can be pasted: one file for each.

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

/// A form in which citations and changed sentences are written.
pub trait Form {
    /// Its name, as `--format` takes it.
    fn name(&self) -> &'static str;

    /// The finished citation. `dates` overrules how the form writes dates; `today` dates a note that the link is dead.
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

/// A stretch of a sentence that an edit changed or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stretch {
    Same(String),
    Deleted(String),
    Inserted(String),
}

/// What an edit changes in a sentence, word by word, in reading order.
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

/// Words, spaces and marks, each as a piece of its own.
fn words(text: &str) -> Vec<&str> {
    use unicode_segmentation::UnicodeSegmentation as _;
    text.split_word_bounds().collect()
}

/// `marked` around the words of a stretch, with the spaces at its ends outside.
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

/// A title or name with a full stop behind it.
fn stopped(words: &str) -> String {
    if words.ends_with(['.', '!', '?', '…']) {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}

/// What stands before the address: author, title in quotation marks, site, day of publication.
pub(super) fn entry(citation: &Citation, dates: Dates, escape: impl Fn(&str) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(citation.author.as_deref().map(|it| stopped(&escape(it))));
    parts.extend(
        citation
            .title
            .as_deref()
            .map(|it| format!("“{}”", stopped(&escape(it)))),
    );
    parts.extend(citation.website.as_deref().map(|it| stopped(&escape(it))));
    parts.extend(citation.published.map(|it| stopped(&dates.of(it))));
    parts.join(" ")
}

#[cfg(test)]
#[path = "forms_tests.rs"]
mod tests;
