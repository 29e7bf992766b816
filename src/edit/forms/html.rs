//! HTML: a link with the attributes of Robust Links, and changed words in `<del>` and `<ins>`.
//!
//! Robust Links (robustlinks.mementoweb.org/spec): `data-originalurl`, `data-versionurl`, `data-versiondate`.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::{Form, Stretch, around, stretches};
use crate::{
    edit::citation::{Citation, Dates},
    text::html_escaped as escape,
};

/// HTML.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Html;

impl Form for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn citation(&self, citation: &Citation, _dates: Option<Dates>, _today: NaiveDate) -> String {
        let title = citation.title.as_deref().or(citation.website.as_deref());
        let title = title.or(citation.url.as_deref()).unwrap_or_default();
        let (Some(url), Some(href)) = (citation.url.as_deref(), citation.best_url()) else {
            return escape(title);
        };
        let mut link = format!(
            "<a href=\"{}\" data-originalurl=\"{}\"",
            escape(href),
            escape(url)
        );
        let archived = citation.archived();
        // Writing to a String cannot fail.
        if let Some((copy, _)) = archived {
            let _ = write!(link, " data-versionurl=\"{}\"", escape(copy));
        }
        if let Some(day) = archived.map(|archived| archived.1).or(citation.access_date) {
            let _ = write!(link, " data-versiondate=\"{}\"", Dates::Iso.of(day));
        }
        format!("{link}>{}</a>", escape(title))
    }

    fn sentence(&self, before: &str, after: &str) -> String {
        let marked = stretches(before, after)
            .into_iter()
            .map(|stretch| match stretch {
                Stretch::Same(words) => escape(&words),
                Stretch::Deleted(words) => around(&escape(&words), "<del>", "</del>"),
                Stretch::Inserted(words) => around(&escape(&words), "<ins>", "</ins>"),
            });
        marked.collect()
    }
}
