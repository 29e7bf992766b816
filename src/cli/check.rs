//! `stillsays check`: names, quotations or sentences held against a page; touches no store.

use std::{fmt::Write, path::PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    compare::{self, NamesAnswer, QuotationAnswer, Scope},
    finding::{Reason, Verdict},
    profile::ListedName,
    reading::{PageState, Reading},
    text::for_terminal,
};

use super::{
    Exit, Failure, Format, extract,
    page::{PageArgs, read_bytes},
    session::print,
};

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    page: PageArgs,
    /// A file of names, one to a line, that the page is claimed to list; `-` for stdin
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// Words that the page is claimed to hold; may be given several times
    #[arg(long, value_name = "TEXT")]
    quote: Vec<String>,
    /// The part of the page that is meant, as an address's fragment names it
    #[arg(long, value_name = "ID")]
    fragment: Option<String>,
    /// The form to print in
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl CheckArgs {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        if self.names.is_none() && self.quote.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!("there is nothing to check"))
                .hint("give --names FILE, --quote TEXT or both"));
        }
        let claimed = match &self.names {
            Some(file) => claimed_names(&read_bytes(file)?),
            None => Vec::new(),
        };
        let reading = self.page.read()?;
        let scope = Scope {
            fragment: self.fragment.as_deref(),
            selector: self.page.selector.as_deref(),
        };
        let names = compare::names(&claimed, &reading, scope, &[]);
        let quotes: Vec<_> = self
            .quote
            .iter()
            .map(|it| (it.as_str(), compare::quotation(it, &reading, scope)))
            .collect();
        print(&match self.format {
            Format::Json => format!("{:#}", to_json(&reading, &names, &quotes)),
            Format::Text => to_text(&reading, &names, &quotes),
        })?;
        Ok(Exit::Done)
    }
}

fn claimed_names(bytes: &[u8]) -> Vec<ListedName> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines
        .filter(|it| !it.is_empty())
        .map(|it| ListedName::One(it.to_owned()))
        .collect()
}

/// A verdict in a word. A name elsewhere on the page is present.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } => "present",
        Verdict::Absent => "absent",
        Verdict::Renamed { .. } => "renamed",
        Verdict::Altered { .. } => "altered",
        Verdict::New => "new",
        Verdict::Redesigned { .. } => "redesigned",
        Verdict::CannotTell { .. } => "cannot-tell",
    }
}

fn to_json(reading: &Reading, names: &NamesAnswer, quotes: &[(&str, QuotationAnswer)]) -> Value {
    let name = |it: &compare::NameAnswer| {
        json!({"claimed": it.claimed, "verdict": word(&it.verdict), "found": it.found, "score": it.score,
            "reasons": it.reasons, "place": it.place.note, "detail": it.verdict})
    };
    let quote = |(claimed, it): &(&str, QuotationAnswer)| {
        json!({"claimed": claimed, "verdict": word(&it.verdict), "found": it.found, "score": it.score,
            "reasons": it.reasons, "place": it.note, "detail": it.verdict})
    };
    json!({
        "format": 1,
        "state": reading.state,
        "signals": reading.signals,
        "text_length": reading.text.chars().count(),
        "names": names.names.iter().map(name).collect::<Vec<_>>(),
        "new": names.new.iter().map(|it| json!({"name": it.name, "place": it.place.note})).collect::<Vec<_>>(),
        "quotes": quotes.iter().map(quote).collect::<Vec<_>>(),
    })
}

fn to_text(reading: &Reading, names: &NamesAnswer, quotes: &[(&str, QuotationAnswer)]) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    if reading.state != PageState::Content {
        let _ = writeln!(
            out,
            "This page cannot be judged by: {}.",
            extract::state(reading.state)
        );
    }
    for it in &names.names {
        let because = because(&it.verdict, &it.reasons);
        let _ = writeln!(out, "{:12} {}{because}", word(&it.verdict), it.claimed);
    }
    for it in &names.new {
        let _ = writeln!(out, "{:12} {}", "new", it.name);
    }
    for (claimed, it) in quotes {
        let because = because(&it.verdict, &it.reasons);
        let _ = writeln!(out, "{:12} “{claimed}”{because}", word(&it.verdict));
    }
    for_terminal(&out)
}

/// What stands behind a verdict: the other name, the words as they are now, why there is no telling.
fn because(verdict: &Verdict, reasons: &[Reason]) -> String {
    match verdict {
        Verdict::Renamed { to, because } => format!(" → {to} ({because})"),
        Verdict::Altered { to, how } => format!(" → {to} ({how})"),
        Verdict::Elsewhere { place } => format!(" ({place})"),
        Verdict::CannotTell { detail, .. } => format!(" ({detail})"),
        Verdict::Absent => reasons
            .first()
            .map_or(String::new(), |it| format!(" ({})", it.what)),
        Verdict::Present | Verdict::New | Verdict::Redesigned { .. } => String::new(),
    }
}
