//! `stillsays extract`: shows the lists on a page, as the reader finds them without knowing any name.

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use crate::{
    entity::{EntityList, EntityName},
    extract,
    language::{Lexicon, Source},
    reading::{Doubt, PageState, Reading},
    text::for_terminal,
};

use super::{
    Exit, Failure, Format,
    page::PageArgs,
    session::{json_text, print},
};

/// Arguments of `extract`.
#[derive(Args, Debug)]
pub(super) struct ExtractArgs {
    #[command(flatten)]
    page: PageArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Also print the words that spoke and the signs behind each score
    #[arg(long)]
    explain: bool,
}

impl ExtractArgs {
    /// Prints the lists.
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let reading = self.page.read()?;
        let lists = extract::best_lists(&reading);
        print(&match self.format {
            Format::Json => json_text(&to_json(&reading, &lists, self.explain)),
            Format::Text if self.explain => {
                to_text(&reading, &lists, true) + &explained(&reading, &lists)
            }
            Format::Text => to_text(&reading, &lists, false),
        })?;
        Ok(Exit::Done)
    }
}

/// A line of a list, and the entries of the files of words that say something about it; only lines that have any.
fn spoken(list: &EntityList) -> Vec<(&str, Vec<Source>)> {
    let items = list.items.iter().map(|item| item.surface.as_str());
    let lines = list.heading.as_deref().into_iter().chain(items);
    let spoken = lines.map(|line| (line, Lexicon::spoke(line)));
    spoken.filter(|spoken| !spoken.1.is_empty()).collect()
}

fn to_json(reading: &Reading, lists: &[&EntityList], explain: bool) -> Value {
    let item = |name: &EntityName| {
        json!({"name": name.surface, "source": name.source, "href": name.href, "hidden": name.hidden,
            "selector": name.css})
    };
    let list = |list: &&EntityList| {
        let mut value = json!({"heading": list.heading, "kind": list.kind, "score": list.score, "strategy": list.strategy,
            "evidence": list.evidence, "container": list.container, "items": list.items.iter().map(item).collect::<Vec<_>>()});
        if explain {
            let word = |source: &Source| json!({"language": source.language, "key": source.key, "entry": source.entry});
            let line = |(line, words): (&str, Vec<Source>)| json!({"line": line, "words": words.iter().map(word).collect::<Vec<_>>()});
            value["words"] = spoken(list).into_iter().map(line).collect();
        }
        value
    };
    json!({"format": 1, "title": reading.title, "language": reading.language, "state": reading.state,
        "signals": reading.signals, "doubt": reading.doubt, "more": reading.more, "lists": lists.iter().map(list).collect::<Vec<_>>()})
}

fn to_text(reading: &Reading, lists: &[&EntityList], explain: bool) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let title = reading.title.as_deref().unwrap_or("(no title)");
    let _ = writeln!(out, "{}", for_terminal(title));
    if reading.state != PageState::Content {
        let _ = writeln!(out, "This page proves nothing: {}.", state(reading.state));
        for signal in &reading.signals {
            let _ = writeln!(out, "  {}", for_terminal(&signal.what));
        }
    }
    if let Some(doubt) = &reading.doubt {
        let _ = writeln!(out, "{}", doubted(doubt));
    }
    for list in lists {
        let heading = list.heading.as_deref().unwrap_or("(no heading)");
        let _ = writeln!(
            out,
            "\n{} — {} {}, {:.2}",
            for_terminal(heading),
            list.items.len(),
            if list.kind == crate::entity::ListKind::Names {
                "names"
            } else {
                "other items"
            },
            list.score
        );
        for item in &list.items {
            let hidden = if item.hidden { " (hidden)" } else { "" };
            let _ = writeln!(out, "  {}{hidden}", for_terminal(&item.surface));
        }
        let spoken = if explain { spoken(list) } else { Vec::new() };
        for (line, words) in spoken {
            let words: Vec<String> = words.iter().map(Source::to_string).collect();
            let _ = writeln!(out, "  words: {}: {}", for_terminal(line), words.join(", "));
        }
    }
    if lists.is_empty() {
        out.push_str("No lists.\n");
    }
    out
}

/// The signs behind the state of the page and the scores of its lists, and behind the best of what does not count as one.
pub(super) fn explained(reading: &Reading, lists: &[&EntityList]) -> String {
    const OTHERS: usize = 3;
    let mut out = String::from("\nSigns of the state of the page:\n");
    for signal in &reading.signals {
        let weight = signal.weight;
        let what = for_terminal(&signal.what);
        let _ = writeln!(out, "  {weight:+.2}  {:?}: {what}", signal.speaks_for);
    }
    if reading.signals.is_empty() {
        out.push_str("  none\n");
    }
    let others = reading.lists.iter();
    let others = others.filter(|list| list.kind == crate::entity::ListKind::Other);
    for list in lists.iter().copied().chain(others.take(OTHERS)) {
        let heading = list.heading.as_deref().unwrap_or("(no heading)");
        let first = list.items.first().map_or("", |item| &item.surface);
        let _ = writeln!(
            out,
            "\n{:.2} for {} items from “{}” under {}, found as {:?}:",
            list.score,
            list.items.len(),
            for_terminal(first),
            for_terminal(heading),
            list.strategy
        );
        for row in &list.evidence {
            let why = extract::why(&row.sign).unwrap_or_default();
            let _ = writeln!(out, "  {:+.2}  {}: {why}", row.amount, row.sign);
        }
    }
    out
}

/// Why names cannot be called absent from a page, as a sentence.
pub(super) fn doubted(doubt: &Doubt) -> String {
    format!(
        "This page cannot prove that anything is absent: {}.",
        for_terminal(&doubt.what)
    )
}

/// The state of a page, as a clause.
pub(super) fn state(state: PageState) -> &'static str {
    match state {
        PageState::Content => "it has content",
        PageState::Blocked => "it is a block page or a challenge",
        PageState::ConsentWall => "it is a consent wall",
        PageState::LoginWall => "it is a login page",
        PageState::SoftNotFound => "it says that the page was not found",
        PageState::Unavailable => "it is an error page or a maintenance notice",
        PageState::Parked => "the domain is parked",
        PageState::ScriptShell => "its content is loaded by a script",
        PageState::Empty => "it is empty",
        PageState::Placeholder => "it contains placeholders",
        PageState::Unreadable => "its text cannot be read from this type of file",
    }
}
