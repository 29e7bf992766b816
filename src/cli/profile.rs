//! `stillsays profile`: imports an article as a profile, checks profiles, and lists them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    article::{self, ArticleError},
    pipeline::{self, BadProfile},
    profile::{Profile, ProfileError, Remark, Severity, lint},
    text::counted,
};

use super::{
    Exit, Failure, Format, Session,
    page::read_bytes,
    profiles::files_in,
    session::{json_text, print},
};

mod import;
mod origin;
mod sources;
mod update;

pub(super) use sources::keep as keep_source;

/// Arguments of `profile`.
#[derive(Args, Debug)]
pub(super) struct ProfileArgs {
    #[command(subcommand)]
    verb: ProfileVerb,
}

#[derive(Debug, Subcommand)]
enum ProfileVerb {
    /// Import articles (text, HTML, Markdown, wikitext) as profiles
    Import(import::ImportArgs),
    /// Update a profile after its article changed; ids, reviews and corrections are kept
    Update(update::UpdateArgs),
    /// Print the JSON Schema of profiles, for editors that complete and check them
    Schema,
    /// Check profiles, or articles before import, and list what looks wrong
    Lint(LintArgs),
    /// List the profiles in the profiles folder
    List(ListArgs),
}

#[derive(Args, Debug)]
struct LintArgs {
    /// Profiles (.toml) or articles [default: all profiles in the profiles folder]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Args, Debug)]
struct ListArgs {
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl ProfileArgs {
    /// Imports, updates, checks or lists profiles.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self.verb {
            ProfileVerb::Import(it) => it.run(session),
            ProfileVerb::Update(it) => it.run(session),
            ProfileVerb::Schema => {
                print(Profile::schema().trim_end())?;
                Ok(Exit::Done)
            }
            ProfileVerb::Lint(it) => it.run(session),
            ProfileVerb::List(it) => it.run(session),
        }
    }
}

fn unreadable(error: &ArticleError, article: &str) -> Failure {
    let hint = match error {
        ArticleError::Empty => "save the text or HTML of the article to a file, and import that",
        ArticleError::NoProse { .. } => {
            "an article has paragraphs of whole sentences; is this the right file?"
        }
    };
    Failure::usage(anyhow::anyhow!("{article} cannot be imported: {error}")).hint(hint)
}

fn line(place: &str, remark: &Remark) -> String {
    let severity = match remark.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    format!(
        "{place}: {severity}: {}: {}\n  hint: {}",
        remark.place, remark.what, remark.hint
    )
}

/// The remarks on a file, or the error that prevents it from being a profile.
type Linted = Result<Vec<Remark>, ProfileError>;

impl LintArgs {
    fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let files = if self.files.is_empty() {
            files_in(&session.config.settings.profiles)?
        } else {
            self.files.clone()
        };
        let mut linted: Vec<(PathBuf, Linted)> = Vec::new();
        for file in files {
            let bytes = read_bytes(&file)?;
            if self.files.is_empty() && pipeline::is_something_else(&bytes) {
                continue;
            }
            let toml = file
                .extension()
                .is_some_and(|extension| extension == "toml");
            let remarks = if toml {
                Profile::from_bytes(&bytes, &file).map(|parsed| {
                    let mut remarks = lint(&parsed);
                    remarks.extend(sources::remarks(&file, &parsed));
                    remarks
                })
            } else {
                let name = file.to_string_lossy();
                let import = article::read(&bytes, None, Some(&name), None)
                    .map_err(|it| unreadable(&it, &name))?;
                let mut remarks = import.remarks;
                remarks.extend(sources::losses(&import.coverage));
                Ok(remarks)
            };
            linted.push((file, remarks));
        }
        match self.format {
            Format::Json => print(&json_text(&as_json(&linted)))?,
            Format::Text => print(&as_text(&linted))?,
        }
        let bad = linted.iter().any(|(_, it)| match it {
            Err(_) => true,
            Ok(remarks) => remarks
                .iter()
                .any(|remark| remark.severity == Severity::Error),
        });
        Ok(if bad { Exit::Usage } else { Exit::Done })
    }
}

fn as_text(linted: &[(PathBuf, Linted)]) -> String {
    let mut lines = Vec::new();
    for (file, remarks) in linted {
        match remarks {
            Err(error) => {
                for fault in &error.faults {
                    lines.push(format!(
                        "{}:{}:{}: error: {}\n  hint: {}",
                        file.display(),
                        fault.line,
                        fault.column,
                        fault.what,
                        fault.hint
                    ));
                }
            }
            Ok(remarks) if remarks.is_empty() => {
                lines.push(format!("{}: no remarks", file.display()));
            }
            Ok(remarks) => lines.extend(
                remarks
                    .iter()
                    .map(|remark| line(&file.to_string_lossy(), remark)),
            ),
        }
    }
    crate::text::for_terminal(&lines.join("\n"))
}

fn as_json(linted: &[(PathBuf, Linted)]) -> Value {
    let files: Vec<Value> = linted
        .iter()
        .map(|(file, remarks)| match remarks {
            Ok(remarks) => json!({"file": file, "remarks": remarks}),
            Err(error) => {
                let faults: Vec<Value> = error
                    .faults
                    .iter()
                    .map(|fault| {
                        json!({"severity": "error", "place": format!("{}:{}", fault.line, fault.column), "what": fault.what, "hint": fault.hint})
                    })
                    .collect();
                json!({"file": file, "remarks": faults})
            }
        })
        .collect();
    json!({"format": 1, "files": files})
}

impl ListArgs {
    fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let mut rows = Vec::new();
        for file in files_in(&session.config.settings.profiles)? {
            match pipeline::read_profile(&file) {
                Ok(profile) => rows.push((file, profile.profile)),
                Err(BadProfile::SomethingElse(_)) => {}
                Err(error) => session.complain(&error.into()),
            }
        }
        let text = match self.format {
            Format::Json => {
                let profiles: Vec<Value> = rows
                    .iter()
                    .map(|(file, row)| {
                        json!({"file": file, "title": row.title, "references": row.references.len(), "seeds": row.seeds().len(), "claims": row.claims.len()})
                    })
                    .collect();
                json_text(&json!({"format": 1, "profiles": profiles}))
            }
            Format::Text => rows
                .iter()
                .map(|(file, row)| format!("{}  {}: {}", file.display(), row.title, extent(row)))
                .collect::<Vec<_>>()
                .join("\n"),
        };
        print(&crate::text::for_terminal(&text))?;
        Ok(Exit::Done)
    }
}

/// The size of a profile: `7 references to 5 pages, 1 claim`.
fn extent(profile: &Profile) -> String {
    format!(
        "{} to {}, {}",
        counted(profile.references.len(), "reference", "references"),
        counted(profile.seeds().len(), "page", "pages"),
        counted(profile.claims.len(), "claim", "claims")
    )
}
