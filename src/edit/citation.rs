//! A reference as an article cites it: what is known about the page, and the archived copy to cite with it.

use chrono::NaiveDate;
use serde::Serialize;

/// A citation, as it should read after an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// The number of the reference in the article.
    pub number: u32,
    /// The author, as the article writes it: `Bock, Joseph`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The site or publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// When the page was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<NaiveDate>,
    /// The address, with its fragment.
    pub url: Option<String>,
    /// The day on which the page supported what the article says.
    pub access_date: Option<NaiveDate>,
    /// The address of an archived copy that others can open.
    pub archive_url: Option<String>,
    /// The day of that copy.
    pub archive_date: Option<NaiveDate>,
    /// The state of the page.
    pub url_status: UrlStatus,
    /// The article's own entry with these changes, if the article is plain text or Markdown.
    #[serde(skip)]
    pub own: Option<OwnEntry>,
}

/// The entry of a reference in the article's own wording, with only address, archived copy and date of access changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEntry {
    /// The form of the article: `text` or `markdown`.
    pub form: String,
    /// The entry.
    pub text: String,
}

/// The state of a cited page, in the words of Wikipedia's Citation Style 1 (`|url-status=`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UrlStatus {
    /// The page is online and contains what is cited.
    #[default]
    Live,
    /// The page is online and no longer contains it.
    Deviated,
    /// The page is gone.
    Dead,
    /// The address now belongs to another owner.
    Usurped,
}

impl UrlStatus {
    /// The keyword of Citation Style 1.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Deviated => "deviated",
            Self::Dead => "dead",
            Self::Usurped => "usurped",
        }
    }
}

impl Citation {
    /// The archived copy that others can open, and its day, if there is one.
    #[must_use]
    pub fn archived(&self) -> Option<(&str, NaiveDate)> {
        Some((self.archive_url.as_deref()?, self.archive_date?))
    }

    /// The article's own entry in a form, with its number before it; `None` if the article has another form, or no entry.
    #[must_use]
    pub(super) fn in_own_words(&self, form: &str, mark: (&str, &str)) -> Option<String> {
        let own = self.own.as_ref().filter(|it| it.form == form)?;
        Some(format!("{}{}{} {}", mark.0, self.number, mark.1, own.text))
    }

    /// The address for readers: the copy if the page no longer contains what is cited, or else the page.
    #[must_use]
    pub fn best_url(&self) -> Option<&str> {
        match (self.url_status, self.archived()) {
            (UrlStatus::Live, _) | (_, None) => self.url.as_deref(),
            (_, Some((copy, _))) => Some(copy),
        }
    }
}

/// The styles of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// `2022-10-21`
    Iso,
    /// `October 21, 2022`
    MonthFirst,
    /// `21 October 2022`
    DayFirst,
}

impl Dates {
    /// A day in this style.
    #[must_use]
    pub fn of(self, day: NaiveDate) -> String {
        let format = match self {
            Self::Iso => "%Y-%m-%d",
            Self::MonthFirst => "%B %-d, %Y",
            Self::DayFirst => "%-d %B %Y",
        };
        day.format(format).to_string()
    }
}
