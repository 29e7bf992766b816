//! `stillsays edits`: what an editor can change in an article, ready to paste; the program changes nothing by itself.

mod sheet;

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{
    edit::{Dates, Edit, FORMS, State, patched, unified},
    store::{Access, Store},
    text::for_terminal,
};

use super::{
    Exit, Failure, Session,
    output::{is_stdout, write_whole},
    profiles::{ProfilesArgs, file_of},
    review,
    session::json_text,
};
use sheet::{Sheet, in_form, plain};

/// Arguments of `edits`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct EditsArgs {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: SheetFormat,
    /// Only these edits, each by its id or the beginning of it
    #[arg(long, value_name = "EDIT", num_args = 1..)]
    only: Vec<String>,
    /// Include what is not decided yet
    #[arg(long)]
    open: bool,
    /// How dates are written [default: as the form writes them]
    #[arg(long, value_name = "STYLE")]
    dates: Option<DateStyle>,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Mark edits as made: the article says so now
    Done(DoneArgs),
}

#[derive(Args, Debug)]
struct DoneArgs {
    /// Edits, each by its id or the beginning of it
    #[arg(value_name = "EDIT", required = true)]
    edits: Vec<String>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Who made them [default: the setting `reviewer`, or the account's name]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    profiles: ProfilesArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SheetFormat {
    Text,
    Markdown,
    Html,
    Wikitext,
    /// A unified diff of the article, for `git apply` or `patch -p1`.
    Diff,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DateStyle {
    /// 2022-10-21
    Iso,
    /// October 21, 2022
    Mdy,
    /// 21 October 2022
    Dmy,
}

impl From<DateStyle> for Dates {
    fn from(style: DateStyle) -> Self {
        match style {
            DateStyle::Iso => Self::Iso,
            DateStyle::Mdy => Self::MonthFirst,
            DateStyle::Dmy => Self::DayFirst,
        }
    }
}

impl EditsArgs {
    /// Prints the edits of each profile, or marks some as made.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        if let Some(Act::Done(done)) = self.act {
            return done.run(session);
        }
        let profiles = self.profiles.load(session)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let decisions = store.decisions(session.clock.now())?;
        let wanted = |edit: &Edit| match edit.state {
            _ if !self.only.is_empty() => self.only.iter().any(|only| is_named(&edit.id, only)),
            State::Open => self.open,
            State::ToEdit => true,
            State::Done | State::Settled => false,
        };
        let mut sheets = Vec::new();
        for named in &profiles {
            sheets.push(Sheet::of(session, &store, named, &decisions, &wanted)?);
        }
        check_named(&self.only, &sheets)?;
        let written = match self.format {
            SheetFormat::Json => self.json(session, &sheets).into_bytes(),
            SheetFormat::Diff => diff(session, &sheets)?,
            SheetFormat::Text => self.text(session, &sheets).into_bytes(),
            SheetFormat::Markdown => self.page(session, &sheets, "markdown"),
            SheetFormat::Html => self.page(session, &sheets, "html"),
            SheetFormat::Wikitext => self.page(session, &sheets, "wikitext"),
        };
        match self.output.as_deref().filter(|output| !is_stdout(output)) {
            Some(file) => {
                write_whole(file, &written)?;
                session.remark(&format!("wrote {}", file.display()));
            }
            None => io::stdout().lock().write_all(&written)?,
        }
        Ok(Exit::Done)
    }

    fn dates(&self) -> Option<Dates> {
        self.dates.map(Dates::from)
    }

    fn json(&self, session: &Session, sheets: &[Sheet<'_>]) -> String {
        let today = session.clock.now().date_naive();
        let all: Vec<Value> = sheets
            .iter()
            .map(|sheet| sheet.json(self.dates(), today))
            .collect();
        match all.as_slice() {
            [one] => json_text(one),
            _ => json_text(&Value::Array(all)),
        }
    }

    fn text(&self, session: &Session, sheets: &[Sheet<'_>]) -> String {
        let mut out = String::new();
        let today = session.clock.now().date_naive();
        for sheet in sheets {
            let _ = writeln!(
                out,
                "{}: {}",
                for_terminal(&sheet.report.title),
                sheet.summary()
            );
            for edit in &sheet.edits {
                out.push_str(&plain(edit, self.dates(), today));
            }
            out.push_str(&sheet.next(session));
        }
        out
    }

    fn page(&self, session: &Session, sheets: &[Sheet<'_>], form: &str) -> Vec<u8> {
        let today = session.clock.now().date_naive();
        let Some(form) = FORMS.into_iter().find(|it| it.name() == form) else {
            return Vec::new();
        };
        let mut out = String::new();
        for sheet in sheets {
            out.push_str(&sheet.heading(form));
            for edit in &sheet.edits {
                out.push_str(&in_form(edit, form, self.dates(), today));
            }
        }
        for_terminal(&out).into_bytes()
    }
}

/// One diff of all articles; edits that cannot be part of it are reported on stderr.
fn diff(session: &Session, sheets: &[Sheet<'_>]) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.edits.is_empty()) {
        let name = &sheet.named.name;
        let Some((about, source)) = sheet
            .named
            .profile
            .source
            .as_ref()
            .zip(sheet.source.as_ref())
        else {
            return Err(Failure::usage(anyhow::anyhow!(
                "the profile {name} does not keep the article it was read from"
            ))
            .hint(format!(
                "`stillsays profile update ARTICLE -p {name}` keeps it"
            )));
        };
        let (after, conflicts) = patched(&sheet.named.profile, source, &sheet.edits);
        for conflict in conflicts {
            session.warn(&format!(
                "{} is not in the diff: {}",
                conflict.edit, conflict.why
            ));
        }
        out.extend(unified(&about.file, source, &after));
    }
    Ok(out)
}

fn is_named(id: &str, typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    typed.len() >= 4 && (id.starts_with(&typed) || id.trim_start_matches('e').starts_with(&typed))
}

/// Checks that every edit that was named exists.
fn check_named(named: &[String], sheets: &[Sheet<'_>]) -> Result<(), Failure> {
    for typed in named {
        let all = sheets.iter().flat_map(|sheet| &sheet.edits);
        if all.filter(|edit| is_named(&edit.id, typed)).count() == 0 {
            return Err(
                Failure::usage(anyhow::anyhow!("there is no edit `{typed}`"))
                    .hint("`stillsays edits --open` lists them"),
            );
        }
    }
    Ok(())
}

impl DoneArgs {
    fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let findings = {
            let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
            let decisions = store.decisions(session.clock.now())?;
            let wanted = |edit: &Edit| self.edits.iter().any(|typed| is_named(&edit.id, typed));
            let mut sheets = Vec::new();
            for named in &profiles {
                sheets.push(Sheet::of(session, &store, named, &decisions, &wanted)?);
            }
            check_named(&self.edits, &sheets)?;
            let edits = sheets.iter().flat_map(|sheet| &sheet.edits);
            let findings = edits.flat_map(|edit| &edit.findings);
            findings.map(ToString::to_string).collect::<Vec<String>>()
        };
        review::mark_done(
            session,
            &profiles,
            &findings,
            self.note.clone(),
            self.by.clone(),
        )
    }
}
