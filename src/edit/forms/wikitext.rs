//! Wikitext: `{{cite web}}` by the rules of Wikipedia's Citation Style 1.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::Form;
use crate::edit::citation::{Citation, Dates, UrlStatus};

/// Wikitext.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wikitext;

impl Form for Wikitext {
    fn name(&self) -> &'static str {
        "wikitext"
    }

    fn citation(&self, citation: &Citation, dates: Option<Dates>, today: NaiveDate) -> String {
        let dates = dates.unwrap_or(Dates::Iso);
        let mut out = "{{cite web".to_owned();
        let mut field = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                // Writing to a String cannot fail.
                let _ = write!(out, " |{name}={value}");
            }
        };
        match citation
            .author
            .as_deref()
            .map(|author| (author, author.split_once(", ")))
        {
            Some((_, Some((last, first)))) if !first.contains(", ") => {
                field("last", Some(escape(last)));
                field("first", Some(escape(first)));
            }
            Some((author, _)) => field("author", Some(escape(author))),
            None => {}
        }
        field("title", citation.title.as_deref().map(escape));
        field("website", citation.website.as_deref().map(escape));
        field(
            "date",
            citation.published.map(|published| dates.of(published)),
        );
        field("url", citation.url.as_deref().map(address));
        field(
            "access-date",
            citation.access_date.map(|date| dates.of(date)),
        );
        let archived = citation.archived();
        if let Some((copy, day)) = archived {
            field("archive-url", Some(address(copy)));
            field("archive-date", Some(dates.of(day)));
            field("url-status", Some(citation.url_status.word().to_owned()));
        }
        out.push_str("}}");
        // CS1 accepts `url-status` only together with an archived copy.
        if archived.is_none() && citation.url_status == UrlStatus::Dead {
            let _ = write!(out, "{{{{dead link|date={}}}}}", today.format("%B %Y"));
        }
        out
    }

    fn sentence(&self, before: &str, after: &str) -> String {
        format!("before: {before}\nafter:  {after}")
    }
}

/// Text for a field of a template.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' => out.push_str("{{!}}"),
            '[' | ']' | '{' | '}' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            other => out.push(other),
        }
    }
    out
}

/// An address for a field of a template: characters that would end the field or the template are percent-encoded.
fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for letter in url.chars() {
        match letter {
            '|' | '[' | ']' | '{' | '}' | '<' | '>' | '"' | ' ' | '\n' | '\r' => {
                let _ = write!(out, "%{:02X}", u32::from(letter));
            }
            other => out.push(other),
        }
    }
    out
}
