//! `stillsays diff`: compares the text of two captures of a page, and prints the changed lines with context.

use clap::Args;
use serde_json::json;

use crate::{
    capture::CaptureEntry,
    clock::{Instant, parse_digits14, warc_date},
    pipeline::{self, PdfReader},
    report::{DatedText, PageDiff, diff},
    store::{Access, Store},
};

use super::{
    Exit, Failure, Format, Session,
    session::{json_text, print},
};

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// The page
    #[arg(value_name = "URL")]
    url: String,
    /// The two captures, as FROM..TO: dates such as 2024-03-01, or 14 digits; either can be left out [default: the latest two that differ]
    #[arg(value_name = "FROM..TO")]
    range: Option<String>,
    /// How many unchanged lines to print around a change
    #[arg(short = 'U', long, value_name = "LINES", default_value_t = 2)]
    context: usize,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl DiffArgs {
    /// Prints the changed lines, or that all captures are the same.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let (uri, _) = super::address(&self.url)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let visits = store.visits(&uri)?;
        let lasts = visits
            .iter()
            .filter_map(|visit| visit.last().map(|visit| visit.1.clone()));
        let mut entries: Vec<CaptureEntry> = lasts.collect();
        if entries.is_empty() {
            entries = store
                .captures_of(&uri)?
                .into_iter()
                .map(|captures| captures.1)
                .collect();
        }
        entries.retain(|entry| entry.payload_digest.is_some());
        if entries.is_empty() {
            return Err(super::not_archived(&store, &uri)?);
        }
        let (old, new) = self.pick(&entries)?;
        let pdf = PdfReader::this_program();
        let texts = (
            pipeline::text_of(&store, old, &pdf)?,
            pipeline::text_of(&store, new, &pdf)?,
        );
        let dated = |entry: &CaptureEntry, text| DatedText {
            date: entry.date,
            payload_digest: entry.payload_digest,
            text,
        };
        let (old, new) = (dated(old, &texts.0), dated(new, &texts.1));
        print(&match self.format {
            Format::Text => diff(&old, &new, self.context, &session.style()),
            Format::Json => {
                let hunks = PageDiff::of(&old, &new, self.context);
                json_text(&json!({"format": 1, "url": uri, "diff": hunks}))
            }
        })?;
        Ok(Exit::Done)
    }

    fn pick<'a>(
        &self,
        entries: &'a [CaptureEntry],
    ) -> Result<(&'a CaptureEntry, &'a CaptureEntry), Failure> {
        let only_one = || {
            Failure::usage(anyhow::anyhow!(
                "{} has fewer than two captures to compare",
                self.url
            ))
            .hint("`stillsays captures URL` lists the captures of a page")
        };
        let last = entries.last().ok_or_else(only_one)?;
        let Some(range) = &self.range else {
            let other = entries
                .iter()
                .rev()
                .find(|entry| entry.payload_digest != last.payload_digest);
            return Ok((
                other.ok_or_else(|| {
                    Failure::usage(anyhow::anyhow!(
                        "all {} captures of {} are the same",
                        entries.len(),
                        self.url
                    ))
                    .hint("`stillsays captures URL` lists them")
                })?,
                last,
            ));
        };
        let (from, to) = range.split_once("..").ok_or_else(|| {
            Failure::usage(anyhow::anyhow!("`{range}` is not a range"))
                .hint("write FROM..TO, for example 2022-10-21..2024-03-01")
        })?;
        let nearest = |at: Instant| entries.iter().min_by_key(|entry| (entry.date - at).abs());
        let old = match moment(from)? {
            Some(at) => nearest(at),
            None => entries.first(),
        };
        let new = match moment(to)? {
            Some(at) => nearest(at),
            None => Some(last),
        };
        old.zip(new).ok_or_else(only_one)
    }
}

/// Parses a date, a time, or 14 digits; an empty text is `None`.
fn moment(text: &str) -> Result<Option<Instant>, Failure> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse_digits14(&digits).map(Some).ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("`{text}` is not a date")).hint(format!(
            "write it as 2024-03-01 or {}",
            warc_date(Instant::UNIX_EPOCH)
        ))
    })
}
