//! Plain text: the article's own entry if it is known, or else a citation in the manner of the Chicago style.

use chrono::NaiveDate;

use super::{Form, entry};
use crate::edit::citation::{Citation, Dates};

/// Plain text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text;

impl Form for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn citation(&self, citation: &Citation, dates: Option<Dates>, _today: NaiveDate) -> String {
        // If dates are wanted in another style, the article's own wording does not apply.
        if let Some(own) = citation.in_own_words("text", ("[", "]"))
            && dates.is_none()
        {
            return own;
        }
        let dates = dates.unwrap_or(Dates::MonthFirst);
        let mut parts = vec![format!("[{}]", citation.number)];
        let entry = entry(citation, dates, str::to_owned);
        parts.extend(Some(entry).filter(|it| !it.is_empty()));
        parts.extend(citation.url.as_deref().map(|url| format!("{url}.")));
        if let Some((copy, day)) = citation.archived() {
            parts.push(format!(
                "Archived from the original on {}: {copy}.",
                dates.of(day)
            ));
        }
        parts.extend(
            citation
                .access_date
                .map(|date| format!("Accessed {}.", dates.of(date))),
        );
        parts.join(" ")
    }

    fn sentence(&self, before: &str, after: &str) -> String {
        format!("before: {before}\nafter:  {after}")
    }
}
