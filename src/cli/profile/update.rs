//! `stillsays profile update`: a profile brought up to its changed article.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::{
    pipeline,
    profile::{Change, ChangeKind, Update, update},
    text::counted,
};

use super::{origin::Origin, sources};
use crate::cli::{
    Exit, Failure, Format, Session,
    output::write_whole,
    profiles::file_of,
    session::{json_text, print},
};

#[derive(Args, Debug)]
pub(super) struct UpdateArgs {
    /// The article as it is now: a file, an address, or `-` for stdin
    #[arg(value_name = "FILE|URL|-")]
    article: String,
    /// The profile, by name or file
    #[arg(short, long, value_name = "PROFILE")]
    profile: String,
    /// Print what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl UpdateArgs {
    pub(super) fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let file = file_of(&session.config.settings.profiles, &self.profile)?;
        let mine = pipeline::read_profile(&file)?.profile;
        let origin = Origin::read(session, &self.article, None)?;
        let import = origin.import()?;
        let base = mine
            .source
            .as_ref()
            .and_then(|it| sources::read_again(&file, it));
        if base.is_none() {
            session.remark(&format!(
                "{}: note: the article that it was read from is not kept, so corrections made by hand are only known where a sentence did not change",
                file.display()
            ));
        }
        let updated = update(&mine, base.as_ref().map(|it| &it.profile), &import.profile);
        let same = updated.profile == mine;
        if !self.dry_run {
            if !same {
                write_whole(&file, updated.profile.to_toml().as_bytes())?;
                sources::put_schema(&file)?;
            }
            if updated.profile.source.is_some() {
                sources::keep(&file, &origin.bytes)?;
            }
        }
        for loss in import.coverage.losses() {
            session.remark(&format!("{}: note: {loss}", self.article));
        }
        self.tell(&file, &updated, same)?;
        Ok(Exit::Done)
    }

    fn tell(&self, file: &PathBuf, updated: &Update, same: bool) -> Result<(), Failure> {
        let text = match self.format {
            Format::Json => json_text(&json!({
                "format": 1,
                "profile": file,
                "written": !self.dry_run && !same,
                "kept": updated.kept,
                "changes": updated.changes,
                "done": done(&updated.changes),
            })),
            Format::Text => as_text(updated, same),
        };
        print(&crate::text::for_terminal(&text))?;
        Ok(())
    }
}

/// What an editor has done to the article: names and words that went, came, or gave way to others.
fn done(changes: &[Change]) -> Vec<&Change> {
    changes
        .iter()
        .filter(|it| it.kind == ChangeKind::Changed && it.what.starts_with("claim "))
        .collect()
}

fn as_text(updated: &Update, same: bool) -> String {
    let mut lines = Vec::new();
    for change in &updated.changes {
        let word = match change.kind {
            ChangeKind::Changed => "changed",
            ChangeKind::New => "new",
            ChangeKind::Gone => "gone",
            ChangeKind::Kept => "kept as corrected",
        };
        let what = match (&change.from, &change.to) {
            (Some(from), Some(to)) => format!("{from} → {to}"),
            (Some(from), None) if change.kind == ChangeKind::Changed => format!("− {from}"),
            (None, Some(to)) if change.kind == ChangeKind::Changed => format!("+ {to}"),
            (Some(only), None) | (None, Some(only)) => only.clone(),
            (None, None) => String::new(),
        };
        lines.push(format!("{word}: {}: {what}", change.what));
    }
    let count = |kind: ChangeKind| updated.changes.iter().filter(|it| it.kind == kind).count();
    lines.push(format!(
        "{} kept, {} changed, {} new, {} gone{}",
        counted(updated.kept, "claim", "claims"),
        count(ChangeKind::Changed),
        count(ChangeKind::New),
        count(ChangeKind::Gone),
        if same {
            "; the profile stays as it is"
        } else {
            ""
        }
    ));
    lines.join("\n")
}
