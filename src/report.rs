//! The report: what the findings say, in words, as text, Markdown, HTML, JSON or CSV, and as annotations and citations for other programs. Values in, text out.
//!
//! [`Report::of`] sorts and words everything once; the formats only lay it out, so all of them say the same and give
//! the same numbers. Nothing here reads a clock: the same findings make the same report, byte for byte.

mod advice;
mod annotations;
mod citations;
mod claim;
mod copy;
mod counts;
mod csv;
mod decided;
mod diff;
mod entry;
mod feed_entry;
mod gathered;
mod history;
mod html;
mod label;
mod markdown;
mod news;
mod part;
mod plain;
mod reference;
mod status;
mod terminal;
mod words;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

pub use annotations::annotation;
pub use citations::PublicCopy;
pub use claim::ClaimSection;
pub use copy::Copy;
pub use counts::{Counts, Tally};
pub use csv::quoted as csv_field;
pub use decided::{DecidedEntry, Effect};
pub use diff::{Change, DatedText, PageDiff, diff};
pub use entry::{Entry, Need};
pub use feed_entry::{changed, feed_entry};
pub use history::{HistoryOfPage, HistoryRow, history_text, spans};
pub use html::Pages;
pub use label::{Label, Tone};
pub use news::{News, news_text};
pub use part::{MOST, Part};
pub use plain::findings_text;
pub use reference::{Place, ReferenceSection, VisitSummary, Visits};
pub use status::{StatusRow, status_table};
pub use terminal::{Style, pasteable};
pub use words::{fate as fate_in_words, said, since};

use gathered::Gathered;

use crate::{
    capture::Removed,
    clock::Instant,
    digest::PayloadDigest,
    finding::{Decided, Decisions, Fate, Finding},
    profile::Profile,
    text::escaped_controls,
};

/// The colours and fonts of all pages, as custom properties, for light and dark.
pub const PALETTE: &str = include_str!("report/palette.css");

/// The style sheet of the HTML report and of the pages around the archive.
pub const STYLE: &str = concat!(
    include_str!("report/palette.css"),
    include_str!("report/page.css")
);

/// The version of the JSON format; it only grows. In version 1, a reference's `visits` were all visits of its page.
pub const FORMAT: u32 = 2;

/// A page whose latest visits failed, but not for long yet: findings about it are as of the last good visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The first of those visits.
    pub since: Instant,
    /// What those visits found.
    pub fate: Fate,
}

/// The input of a report.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The name of the profile: the stem of its file name.
    pub name: &'a str,
    /// The profile.
    pub profile: &'a Profile,
    /// The current findings; each subject at most once.
    pub findings: &'a [Finding],
    /// All that people decided, about these findings and any others.
    pub decisions: &'a Decisions,
    /// The visits of the page of each reference, by the number of the reference.
    pub visits: &'a BTreeMap<u32, Visits>,
    /// Every review of a finding of this profile, with the finding as it was; oldest first.
    pub decided: &'a [Decided],
    /// The command line that opens this archive, ready to paste: `stillsays --config FILE`.
    pub command: &'a str,
    /// The references whose latest visits failed, but not for long yet, by number.
    pub waiting: &'a BTreeMap<u32, Waiting>,
    /// The payloads that findings and visits name, but that were removed from the archive on purpose.
    pub removed: &'a HashMap<PayloadDigest, Removed>,
    /// Requests to other archives that found no copy, by the number of the reference, as a sentence.
    pub tried: &'a BTreeMap<u32, String>,
}

/// What the archived pages say about the references and claims of an article.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of this shape: [`FORMAT`].
    pub format: u32,
    /// The name of the profile.
    pub profile: String,
    /// The title of the article.
    pub title: String,
    /// The address of the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The latest visit that was considered; `None` before the first.
    pub as_of: Option<Instant>,
    /// The numbers.
    pub counts: Counts,
    /// The references; those to repair come first.
    pub references: Vec<ReferenceSection>,
    /// The claims; those with something to decide come first.
    pub claims: Vec<ClaimSection>,
    /// Which findings the report has, if not all.
    #[serde(skip)]
    pub part: Option<Part>,
    /// All decisions, the latest first, including those about findings that no longer exist.
    pub decided: Vec<DecidedEntry>,
    /// The command line that opens this archive, ready to paste.
    #[serde(skip)]
    pub command: String,
}

impl Report {
    /// Makes the report on `sources`.
    #[must_use]
    pub fn of(sources: &Sources) -> Self {
        let gathered = Gathered::of(sources);
        let claims = ClaimSection::all(&gathered);
        let references = ReferenceSection::all(&gathered, &claims);
        let visits = sources.visits.values().flat_map(|visit| &visit.some);
        let visits = visits.map(|visit| visit.date);
        let evidence = sources
            .findings
            .iter()
            .flat_map(|finding| &finding.evidence)
            .map(|evidence| evidence.capture.date);
        Self {
            format: FORMAT,
            profile: sources.name.to_owned(),
            title: sources.profile.title.clone(),
            article: sources.profile.article.clone(),
            as_of: visits.chain(evidence).max(),
            counts: Counts::of(&references, &claims),
            references,
            claims,
            part: None,
            decided: DecidedEntry::all(&gathered),
            command: sources.command.to_owned(),
        }
    }

    /// Every finding of the report: the fates of the references, then the verdicts on the claims.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let fates = self
            .references
            .iter()
            .filter_map(|reference| reference.entry.as_ref());
        fates.chain(self.claims.iter().flat_map(|claim| &claim.entries))
    }

    /// The report as indented JSON, with a line break at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serializing these types cannot fail: their maps have text for keys.
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut json = escaped_controls(&json);
        json.push('\n');
        json
    }
}
