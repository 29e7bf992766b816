//! Markdown (CommonMark): the article's own entry if it is known.

use chrono::NaiveDate;

use super::{Form, Stretch, around, entry, stretches};
use crate::edit::citation::{Citation, Dates};

/// Markdown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Markdown;

impl Form for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn citation(&self, citation: &Citation, dates: Option<Dates>, _today: NaiveDate) -> String {
        // If dates are wanted in another style, the article's own wording does not apply.
        if let Some(own) = citation.in_own_words("markdown", ("\\[", "\\]"))
            && dates.is_none()
        {
            return own;
        }
        let dates = dates.unwrap_or(Dates::MonthFirst);
        let mut parts = vec![format!("\\[{}\\]", citation.number)];
        let entry = entry(citation, dates, escape);
        parts.extend(Some(entry).filter(|it| !it.is_empty()));
        let url = citation.url.as_deref().map(target);
        match (citation.archived(), url) {
            (Some((copy, day)), Some(url)) => parts.push(format!(
                "[Archived]({}) from [the original]({url}) on {}.",
                target(copy),
                dates.of(day)
            )),
            (Some((copy, day)), None) => {
                parts.push(format!(
                    "[Archived]({}) on {}.",
                    target(copy),
                    dates.of(day)
                ));
            }
            (None, Some(url)) => parts.push(format!("{url}.")),
            (None, None) => {}
        }
        parts.extend(
            citation
                .access_date
                .map(|date| format!("Accessed {}.", dates.of(date))),
        );
        parts.join(" ")
    }

    fn sentence(&self, before: &str, after: &str) -> String {
        let marked = stretches(before, after)
            .into_iter()
            .map(|stretch| match stretch {
                Stretch::Same(words) => escape(&words),
                Stretch::Deleted(words) => around(&escape(&words), "~~", "~~"),
                Stretch::Inserted(words) => around(&escape(&words), "**", "**"),
            });
        marked.collect()
    }
}

/// An address as a link target in angle brackets.
fn target(url: &str) -> String {
    let url = url
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('\n', "%0A");
    format!("<{url}>")
}

/// Text that Markdown renders unchanged.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '#' | '&' | '|'
        ) {
            out.push('\\');
        }
        out.push(if letter == '\n' { ' ' } else { letter });
    }
    out
}
