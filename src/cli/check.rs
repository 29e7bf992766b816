//! `stillsays check`: checks names, quotations or sentences against a page, without an archive.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::{
    compare::{self, NamesAnswer, Passage, Place, Scope, StatementAnswer, WordsAnswer},
    finding::{Reason, Verdict},
    profile::ListedName,
    reading::{PageState, Reading},
    text::for_terminal,
};

use super::{
    Exit, Failure, Format, extract,
    page::{PageArgs, read_bytes},
    session::{json_text, print},
};

/// Arguments of `check`.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    page: PageArgs,
    /// A file with the names that the page should list, one per line; `-` for stdin
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// An earlier copy of the page with these names: shows which list they were in if all of them have been replaced
    #[arg(long, value_name = "FILE", requires = "names")]
    earlier: Option<PathBuf>,
    /// Words that the page should contain; repeatable
    #[arg(long, value_name = "TEXT")]
    quote: Vec<String>,
    /// A sentence that the page should support; prints the passages that match best; repeatable
    #[arg(long, value_name = "TEXT")]
    claim: Vec<String>,
    /// The part of the page to look at, as named by the fragment of an address
    #[arg(long, value_name = "ID")]
    fragment: Option<String>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Also print the signs behind the state of the page and the scores of its lists
    #[arg(long)]
    explain: bool,
}

impl CheckArgs {
    /// Prints a verdict for each name, quotation and sentence.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        if self.names.is_none() && self.quote.is_empty() && self.claim.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!("nothing to check"))
                .hint("give --names FILE, --quote TEXT or --claim TEXT"));
        }
        let claimed = match &self.names {
            Some(file) => claimed_names(&read_bytes(file)?),
            None => Vec::new(),
        };
        let reading = self.page.read()?;
        let earlier = self.earlier.as_deref();
        let earlier = earlier.map(|file| self.page.read_file(file)).transpose()?;
        let scope = Scope {
            fragment: self.fragment.as_deref(),
            selector: self.page.selector.as_deref(),
            ..Scope::default()
        };
        let quote = |text: &String| compare::quotation(text, &reading, scope);
        let claim = |text: &String| compare::statement(text, &reading, scope);
        let checked = Checked {
            names: match &earlier {
                Some(earlier) => compare::names_since(&claimed, earlier, &reading, scope),
                None => compare::names(&claimed, &reading, scope, &[]),
            },
            quotes: self.quote.iter().map(quote).collect(),
            claims: self.claim.iter().map(claim).collect(),
        };
        print(&match self.format {
            Format::Json => json_text(&checked.to_json(&reading)),
            Format::Text if self.explain => {
                let lists = crate::extract::best_lists(&reading);
                checked.to_text(&reading) + "\n" + &extract::explained(&reading, &lists)
            }
            Format::Text => checked.to_text(&reading),
        })?;
        Ok(Exit::Done)
    }
}

fn claimed_names(bytes: &[u8]) -> Vec<ListedName> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(|line| ListedName::One(line.to_owned()))
        .collect()
}

/// The verdict in one word. A name elsewhere on the page is present, unless the page says that it has left; a merged or split name is renamed. `detail` in the JSON
/// distinguishes them.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Present | Verdict::Elsewhere { .. } | Verdict::MovedPage { .. } => "present",
        Verdict::Absent | Verdict::MovedList { .. } => "absent",
        Verdict::Renamed { .. } | Verdict::Merged { .. } | Verdict::Split { .. } => "renamed",
        Verdict::Altered { .. } => "altered",
        Verdict::New => "new",
        Verdict::Redesigned { .. } => "redesigned",
        Verdict::CannotTell { .. } => "cannot-tell",
    }
}

/// What a page says about everything that was checked.
struct Checked {
    names: NamesAnswer,
    quotes: Vec<WordsAnswer>,
    claims: Vec<StatementAnswer>,
}

impl Checked {
    fn to_json(&self, reading: &Reading) -> Value {
        let name = |answer: &compare::NameAnswer| {
            json!({"claimed": answer.claimed, "verdict": word(&answer.verdict), "found": answer.found, "score": answer.score,
                "reasons": answer.reasons, "place": answer.place.note, "page": page_of(reading, Some(&answer.place)),
                "detail": answer.verdict})
        };
        let quote = |answer: &WordsAnswer| {
            json!({"claimed": answer.claimed, "verdict": word(&answer.verdict), "found": answer.found, "score": answer.score,
                "reasons": answer.reasons, "place": answer.note, "page": page_of(reading, answer.places.first()),
                "detail": answer.verdict})
        };
        let passage = |passage: &Passage| json!({"text": passage.text, "score": passage.score, "page": reading.page_at(passage.range.start)});
        let claim = |answer: &StatementAnswer| {
            json!({"claimed": answer.claimed, "verdict": word(&answer.verdict), "detail": answer.verdict,
                "passages": answer.passages.iter().map(passage).collect::<Vec<_>>()})
        };
        let new = self.names.new.iter();
        json!({
            "format": 1,
            "state": reading.state,
            "signals": reading.signals,
            "doubt": reading.doubt,
            "text_length": reading.text.chars().count(),
            "names": self.names.names.iter().map(name).collect::<Vec<_>>(),
            "new": new.map(|new| json!({"name": new.name, "place": new.place.note})).collect::<Vec<_>>(),
            "quotes": self.quotes.iter().map(quote).collect::<Vec<_>>(),
            "claims": self.claims.iter().map(claim).collect::<Vec<_>>(),
        })
    }

    fn to_text(&self, reading: &Reading) -> String {
        let mut lines = Vec::new();
        if reading.state != PageState::Content {
            let state = extract::state(reading.state);
            lines.push(format!("This page proves nothing: {state}."));
        }
        lines.extend(reading.doubt.as_ref().map(extract::doubted));
        for name in &self.names.names {
            let because = because(&name.verdict, &name.reasons);
            let page = on_page(reading, Some(&name.place));
            lines.push(format!(
                "{:12} {}{because}{page}",
                word(&name.verdict),
                name.claimed
            ));
        }
        for it in &self.names.new {
            lines.push(format!("{:12} {}", "new", it.name));
        }
        for quote in &self.quotes {
            let because = because(&quote.verdict, &quote.reasons);
            let page = on_page(reading, quote.places.first());
            lines.push(format!(
                "{:12} “{}”{because}{page}",
                word(&quote.verdict),
                quote.claimed
            ));
        }
        for claim in &self.claims {
            lines.push(format!("{:12} {}", word(&claim.verdict), claim.claimed));
            for passage in &claim.passages {
                let page = page_said(reading.page_at(passage.range.start));
                lines.push(format!("  {:.2}  {}{page}", passage.score, passage.text));
            }
        }
        for_terminal(&lines.join("\n"))
    }
}

/// The number of the page that contains a place, for files with pages.
fn page_of(reading: &Reading, place: Option<&Place>) -> Option<u32> {
    place
        .and_then(|place| place.range.as_ref())
        .and_then(|range| reading.page_at(range.start))
}

/// The same as text for people; empty for files without pages.
fn on_page(reading: &Reading, place: Option<&Place>) -> String {
    page_said(page_of(reading, place))
}

fn page_said(number: Option<u32>) -> String {
    number.map_or(String::new(), |number| format!(" (page {number})"))
}

/// Whether a name that left its list is still in it, with a mark that says so.
fn left(to: &str) -> bool {
    to == "struck out" || to.starts_with("marked “")
}

/// The text after a verdict: the other name, the words as they are now, or why the page cannot tell.
fn because(verdict: &Verdict, reasons: &[Reason]) -> String {
    match verdict {
        Verdict::Renamed { to, because } => format!(" → {to} ({because})"),
        Verdict::Altered { to, how } => format!(" → {to} ({how})"),
        Verdict::Elsewhere { place } => format!(" ({place})"),
        Verdict::MovedList { to, .. } if left(to) => format!(" ({to})"),
        Verdict::MovedList { to, .. } => format!(" (in the list \"{to}\")"),
        Verdict::MovedPage { to, .. } => format!(" (on {to})"),
        Verdict::Merged { into, with } => {
            format!(" → {into} (as one with {})", with.join(", "))
        }
        Verdict::Split { into } => format!(" → {} (as several)", into.join("; ")),
        Verdict::CannotTell { detail, .. } => format!(" ({detail})"),
        Verdict::Absent => reasons
            .first()
            .map_or(String::new(), |reason| format!(" ({})", reason.what)),
        Verdict::Present | Verdict::New | Verdict::Redesigned { .. } => String::new(),
    }
}
