//! `stillsays profile`: imports an article as a profile, checks profiles, and lists them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    article::{self, ArticleError, Import},
    fetch,
    pipeline::{self, BadProfile},
    profile::{Profile, ProfileError, Remark, Severity, lint},
    text::counted,
};

use super::{
    Exit, Failure, Format, Session, fetching,
    output::{is_stdout, write_whole},
    page::read_bytes,
    profiles::files_in,
    run::{make_folder_of, runtime},
    session::{json_text, print},
};

/// Arguments of `profile`.
#[derive(Args, Debug)]
pub(super) struct ProfileArgs {
    #[command(subcommand)]
    verb: ProfileVerb,
}

#[derive(Debug, Subcommand)]
enum ProfileVerb {
    /// Import an article (text, HTML, Markdown) as a profile
    Import(ImportArgs),
    /// Check profiles, or articles before import, and list what looks wrong
    Lint(LintArgs),
    /// List the profiles in the profiles folder
    List(ListArgs),
}

/// The formats that a profile is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ProfileFormat {
    /// The file to keep and edit
    Toml,
    /// For programs
    Json,
}

#[derive(Args, Debug)]
struct ImportArgs {
    /// The article: a file, an address, or `-` for stdin
    #[arg(value_name = "FILE|URL|-")]
    article: String,
    /// The file to write the profile to [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format of the profile
    #[arg(long, value_name = "FORMAT", default_value = "toml")]
    format: ProfileFormat,
    /// The address of the article, if the article is read from a file
    #[arg(long, value_name = "URL")]
    article_url: Option<String>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
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
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self.verb {
            ProfileVerb::Import(it) => it.run(session),
            ProfileVerb::Lint(it) => it.run(session),
            ProfileVerb::List(it) => it.run(session),
        }
    }
}

impl ImportArgs {
    fn run(&self, session: &Session) -> Result<Exit, Failure> {
        if let Some(output) = &self.output
            && output.is_file()
            && !self.force
        {
            return Err(Failure::usage(anyhow::anyhow!("{} already exists", output.display()))
                .hint("choose another -o, or overwrite the file with --force; corrections made by hand would be lost"));
        }
        let import = self.read(session)?;
        for remark in &import.remarks {
            session.remark(&line(&self.article, remark));
        }
        let text = match self.format {
            ProfileFormat::Toml => import.profile.to_toml(),
            ProfileFormat::Json => {
                json_text(&serde_json::to_value(&import.profile).map_err(Failure::usage)?)
            }
        };
        match self.output.as_deref().filter(|it| !is_stdout(it)) {
            None => print(&text)?,
            Some(output) => {
                make_folder_of(output)?;
                write_whole(output, text.as_bytes())?;
                session.remark(&format!(
                    "wrote {}: {}",
                    output.display(),
                    extent(&import.profile),
                ));
            }
        }
        Ok(Exit::Done)
    }

    /// Fetches the article from its address, with the same protection as every visit.
    fn read_from_web(&self, session: &Session) -> Result<Import, Failure> {
        let options = fetching::options(&session.config.settings.fetch)?;
        let downloaded = runtime()?
            .block_on(fetch::download(&self.article, &options))
            .map_err(|it| {
                Failure::usage(
                    anyhow::Error::from(it).context(format!("{} cannot be imported", self.article)),
                )
                .hint("save the page in a browser, and import the file with --article-url")
            })?;
        let address = downloaded.final_uri.to_string();
        article::read(
            &downloaded.body,
            Some(&downloaded.media_type),
            Some(downloaded.final_uri.as_url().path()),
            Some(self.article_url.as_deref().unwrap_or(&address)),
        )
        .map_err(|it| unreadable(&it, &self.article))
    }

    fn read(&self, session: &Session) -> Result<Import, Failure> {
        let address = self.article_url.as_deref();
        if self.article.starts_with("http://") || self.article.starts_with("https://") {
            return self.read_from_web(session);
        }
        let bytes = read_bytes(Path::new(&self.article))?;
        article::read(&bytes, None, Some(&self.article), address)
            .map_err(|it| unreadable(&it, &self.article))
    }
}

fn unreadable(error: &ArticleError, article: &str) -> Failure {
    let hint = match error {
        ArticleError::Empty => "save the text or HTML of the article to a file, and import that",
        ArticleError::Wikitext => "save the page of the article as HTML, and import that",
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
            let toml = file.extension().is_some_and(|it| it == "toml");
            let remarks = if toml {
                Profile::from_bytes(&bytes, &file).map(|it| lint(&it))
            } else {
                let name = file.to_string_lossy();
                Ok(article::read(&bytes, None, Some(&name), None)
                    .map_err(|it| unreadable(&it, &name))?
                    .remarks)
            };
            linted.push((file, remarks));
        }
        match self.format {
            Format::Json => print(&json_text(&as_json(&linted)))?,
            Format::Text => print(&as_text(&linted))?,
        }
        let bad = linted.iter().any(|(_, it)| match it {
            Err(_) => true,
            Ok(remarks) => remarks.iter().any(|it| it.severity == Severity::Error),
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
            Ok(remarks) => lines.extend(remarks.iter().map(|it| line(&file.to_string_lossy(), it))),
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
                    .map(|it| {
                        json!({"severity": "error", "place": format!("{}:{}", it.line, it.column), "what": it.what, "hint": it.hint})
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
                Ok(it) => rows.push((file, it.profile)),
                Err(BadProfile::SomethingElse(_)) => {}
                Err(error) => session.complain(&error.into()),
            }
        }
        let text = match self.format {
            Format::Json => {
                let profiles: Vec<Value> = rows
                    .iter()
                    .map(|(file, it)| {
                        json!({"file": file, "title": it.title, "references": it.references.len(), "seeds": it.seeds().len(), "claims": it.claims.len()})
                    })
                    .collect();
                json_text(&json!({"format": 1, "profiles": profiles}))
            }
            Format::Text => rows
                .iter()
                .map(|(file, it)| format!("{}  {}: {}", file.display(), it.title, extent(it)))
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
