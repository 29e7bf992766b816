//! `stillsays profile update`: brings a profile up to date with its changed article.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::{
    finding::{Conclusion, Subject, Verdict},
    pipeline,
    profile::{ChangeKind, Profile, Update, update},
    store::{Access, Store},
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
    /// Updates the profile, or shows the changes with `--dry-run`.
    pub(super) fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let file = file_of(&session.config.settings.profiles, &self.profile)?;
        let named = pipeline::read_profile(&file)?;
        let mine = named.profile;
        let origin = Origin::read(session, &self.article, None)?;
        let import = origin.import()?;
        let base = mine
            .source
            .as_ref()
            .and_then(|source| sources::read_again(&file, source));
        if base.is_none() {
            session.remark(&format!(
                "{}: note: the article that it was read from is not kept, so corrections made by hand are only known where a sentence did not change",
                file.display()
            ));
        }
        let updated = update(
            &mine,
            base.as_ref().map(|base| &base.profile),
            &import.profile,
        );
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
        let done = done(session, &named.name, &mine, &updated.profile)?;
        self.tell(&file, &updated, &done, same)?;
        Ok(Exit::Done)
    }

    fn tell(
        &self,
        file: &PathBuf,
        updated: &Update,
        done: &[Done],
        same: bool,
    ) -> Result<(), Failure> {
        let answered: Vec<_> = done
            .iter()
            .map(|done| json!({"finding": done.id, "claim": done.claim, "words": done.words}))
            .collect();
        let text = match self.format {
            Format::Json => json_text(&json!({
                "format": 1,
                "profile": file,
                "written": !self.dry_run && !same,
                "kept": updated.kept,
                "changes": updated.changes,
                "done": answered,
            })),
            Format::Text => as_text(updated, done, same),
        };
        print(&crate::text::for_terminal(&text))?;
        Ok(())
    }
}

/// A finding that the article has adopted: it dropped what is not on the page, or took what is new on the page.
struct Done {
    id: String,
    claim: String,
    words: String,
}

/// The findings of the archive, if there is one, that the changed article settles.
fn done(
    session: &Session,
    name: &str,
    before: &Profile,
    after: &Profile,
) -> Result<Vec<Done>, Failure> {
    let path = &session.config.settings.store;
    if !path.exists() {
        return Ok(Vec::new());
    }
    let store = Store::open(path, Access::ReadOnly)?;
    let mut all = Vec::new();
    for finding in store.findings(name)? {
        let Conclusion::Verdict(verdict) = &finding.conclusion else {
            continue;
        };
        let (claim, words) = match &finding.subject {
            Subject::Name { claim, name } | Subject::NewName { claim, name } => (claim, name),
            Subject::Quotation { claim, exact }
            | Subject::Figure { claim, exact }
            | Subject::Statement { claim, exact } => (claim, exact),
            Subject::Relation { claim, object, .. } => (claim, object),
            Subject::Reference { .. } | Subject::List { .. } => continue,
        };
        let (had, has) = (before.says(claim, words), after.says(claim, words));
        let answered = match verdict {
            Verdict::Present | Verdict::CannotTell { .. } | Verdict::Elsewhere { .. } => false,
            Verdict::New => !had && has,
            _ => had && !has,
        };
        if answered {
            all.push(Done {
                id: finding.id.to_string(),
                claim: claim.clone(),
                words: words.clone(),
            });
        }
    }
    Ok(all)
}

fn as_text(updated: &Update, done: &[Done], same: bool) -> String {
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
    for it in done {
        let id: String = it.id.chars().take(12).collect();
        lines.push(format!(
            "done: claim {}: {} (finding {id})",
            it.claim, it.words
        ));
    }
    let count = |kind: ChangeKind| {
        updated
            .changes
            .iter()
            .filter(|change| change.kind == kind)
            .count()
    };
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
