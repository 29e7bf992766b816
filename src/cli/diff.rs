//! `stillsays diff`: the text of two captures of a page, changed hunks with context.

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
    /// Which two captures: FROM..TO, each a date such as 2024-03-01 or 14 digits; either may be left out [default: the last two that differ]
    #[arg(value_name = "FROM..TO")]
    range: Option<String>,
    /// How many unchanged lines are shown around a change
    #[arg(short = 'U', long, value_name = "LINES", default_value_t = 2)]
    context: usize,
    /// The form to print in
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl DiffArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let (uri, _) = super::address(&self.url)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let visits = store.visits(&uri)?;
        let lasts = visits
            .iter()
            .filter_map(|it| it.last().map(|it| it.1.clone()));
        let mut entries: Vec<CaptureEntry> = lasts.collect();
        if entries.is_empty() {
            entries = store
                .captures_of(&uri)?
                .into_iter()
                .map(|it| it.1)
                .collect();
        }
        entries.retain(|it| it.payload_digest.is_some());
        if entries.is_empty() {
            return Err(super::not_held(&store, &uri)?);
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
                "there are no two captures of {} to compare",
                self.url
            ))
            .hint("`stillsays captures URL` lists what is held")
        };
        let last = entries.last().ok_or_else(only_one)?;
        let Some(range) = &self.range else {
            let other = entries
                .iter()
                .rev()
                .find(|it| it.payload_digest != last.payload_digest);
            return Ok((
                other.ok_or_else(|| {
                    Failure::usage(anyhow::anyhow!(
                        "all {} captures of {} hold the same",
                        entries.len(),
                        self.url
                    ))
                    .hint("`stillsays captures URL` lists them")
                })?,
                last,
            ));
        };
        let (from, to) = range.split_once("..").ok_or_else(|| {
            Failure::usage(anyhow::anyhow!("`{range}` is no range"))
                .hint("write FROM..TO, for example 2022-10-21..2024-03-01")
        })?;
        let nearest = |at: Instant| entries.iter().min_by_key(|it| (it.date - at).abs());
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

/// Reads a date, a moment, or 14 digits; nothing is no moment.
fn moment(text: &str) -> Result<Option<Instant>, Failure> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse_digits14(&digits).map(Some).ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("`{text}` is no date")).hint(format!(
            "write it as 2024-03-01 or {}",
            warc_date(Instant::UNIX_EPOCH)
        ))
    })
}
