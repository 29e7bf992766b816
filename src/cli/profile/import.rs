//! `stillsays profile import`: turns articles into profiles, and reports what was left out.

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    article::Import,
    cli::{
        Exit, Failure, Session,
        output::{is_stdout, write_whole},
        run::make_folder_of,
        session::{json_text, print},
    },
    text::counted,
};

use super::{
    extent, line,
    origin::{Origin, expanded},
    sources,
};

/// The formats that a profile is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ProfileFormat {
    /// The file to keep and edit
    Toml,
    /// For programs
    Json,
}

#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// The articles: files, addresses, folders, a .txt file that lists one article on each line, or `-` for stdin
    #[arg(value_name = "FILE|URL|DIR|LIST.txt|-", required = true)]
    articles: Vec<String>,
    /// The file to write the profile to; for several articles, a folder [default: stdout; for several, the profiles folder]
    #[arg(short, long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// The format of the profile
    #[arg(long, value_name = "FORMAT", default_value = "toml")]
    format: ProfileFormat,
    /// The address of the article, if the article is read from a file
    #[arg(long, value_name = "URL")]
    article_url: Option<String>,
    /// Write what was left out of the profiles to this JSON file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Exit with 1 if anything was left out of a profile
    #[arg(long)]
    strict: bool,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
}

impl ImportArgs {
    /// Imports the articles; reports what was left out.
    pub(super) fn run(&self, session: &Session) -> Result<Exit, Failure> {
        let (articles, many) = expanded(&self.articles)?;
        if many {
            return self.many(session, &articles);
        }
        let Some(article) = articles.first() else {
            return Err(
                Failure::usage(anyhow::anyhow!("there is no article to import"))
                    .hint("name a file, an address or a folder with articles in it"),
            );
        };
        if let Some(output) = self.output.as_deref().filter(|output| !is_stdout(output)) {
            self.free(output)?;
        }
        let origin = Origin::read(session, article, self.article_url.as_deref())?;
        let import = origin.import()?;
        for remark in &import.remarks {
            session.remark(&line(article, remark));
        }
        for loss in import.coverage.losses() {
            session.remark(&format!("{article}: note: {loss}"));
        }
        self.write_report(&[(article.clone(), Ok(&import))])?;
        match self.output.as_deref().filter(|output| !is_stdout(output)) {
            None => print(&self.text(&import)?)?,
            Some(output) => {
                self.write(output, &import, &origin)?;
                self.put_schema(output)?;
                session.remark(&format!(
                    "wrote {}: {}",
                    output.display(),
                    extent(&import.profile),
                ));
            }
        }
        session.remark(&format!("{article}: {}", import.coverage));
        Ok(self.exit(import.coverage.is_whole()))
    }

    fn exit(&self, whole: bool) -> Exit {
        if self.strict && !whole {
            Exit::FailOn
        } else {
            Exit::Done
        }
    }

    fn free(&self, output: &Path) -> Result<(), Failure> {
        if output.is_file() && !self.force {
            return Err(Failure::usage(anyhow::anyhow!("{} already exists", output.display())).hint(
                "choose another -o, or overwrite the file with --force; corrections made by hand would be lost (`stillsays profile update` keeps them)",
            ));
        }
        Ok(())
    }

    fn text(&self, import: &Import) -> Result<String, Failure> {
        Ok(match self.format {
            ProfileFormat::Toml => import.profile.to_toml(),
            ProfileFormat::Json => {
                json_text(&serde_json::to_value(&import.profile).map_err(Failure::usage)?)
            }
        })
    }

    /// Writes a profile, and stores the bytes of the article beside it.
    fn write(&self, output: &Path, import: &Import, origin: &Origin) -> Result<(), Failure> {
        make_folder_of(output)?;
        write_whole(output, self.text(import)?.as_bytes())?;
        if import.profile.source.is_some() {
            sources::keep(output, &origin.bytes)?;
        }
        Ok(())
    }

    /// Writes the schema that the first line of a profile names into the folder of the profile.
    fn put_schema(&self, profile: &Path) -> Result<(), Failure> {
        if self.format == ProfileFormat::Toml {
            sources::put_schema(profile)?;
        }
        Ok(())
    }

    fn write_report(&self, all: &[(String, Result<&Import, String>)]) -> Result<(), Failure> {
        let Some(path) = &self.report else {
            return Ok(());
        };
        let articles: Vec<Value> = all
            .iter()
            .map(|(article, import)| match import {
                Ok(import) => json!({"article": article, "whole": import.coverage.is_whole(), "coverage": import.coverage, "remarks": import.remarks}),
                Err(error) => json!({"article": article, "error": error}),
            })
            .collect();
        make_folder_of(path)?;
        write_whole(
            path,
            json_text(&json!({"format": 1, "articles": articles})).as_bytes(),
        )?;
        Ok(())
    }

    /// Imports several articles at the same time: one line each, and a summary.
    fn many(&self, session: &Session, articles: &[String]) -> Result<Exit, Failure> {
        let folder = self
            .output
            .clone()
            .unwrap_or_else(|| session.config.settings.profiles.clone());
        if folder.is_file() {
            return Err(
                Failure::usage(anyhow::anyhow!("{} is a file", folder.display()))
                    .hint("several articles are written to a folder, one profile each"),
            );
        }
        let any = folder.join("profile.toml");
        make_folder_of(&any)?;
        self.put_schema(&any)?;
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<Import, String>)>> = Mutex::new(Vec::new());
        let names = Mutex::new(Vec::<PathBuf>::new());
        let workers = std::thread::available_parallelism()
            .map_or(1, NonZeroUsize::get)
            .min(articles.len());
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(article) = articles.get(at) else {
                            break;
                        };
                        let result = self.one_of_many(session, article, &folder, &names);
                        let result = result.map_err(|it| it.message());
                        if let Ok(mut done) = done.lock() {
                            done.push((at, result));
                        }
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|it| it.0);
        let mut all: Vec<(String, Result<&Import, String>)> = Vec::new();
        let (mut failed, mut partial) = (0_usize, 0_usize);
        for (at, result) in &done {
            let article = articles.get(*at).cloned().unwrap_or_default();
            match result {
                Ok(import) => {
                    partial += usize::from(!import.coverage.is_whole());
                    print(&format!(
                        "{article}: {}; {}",
                        extent(&import.profile),
                        import.coverage
                    ))?;
                }
                Err(error) => {
                    failed += 1;
                    print(&format!("{article}: {error}"))?;
                }
            }
            all.push((article, result.as_ref().map_err(Clone::clone)));
        }
        self.write_report(&all)?;
        session.remark(&format!(
            "{} imported to {}; {} with something left out; {failed} not imported",
            counted(done.len() - failed, "article", "articles"),
            folder.display(),
            partial,
        ));
        Ok(if failed > 0 {
            Exit::Usage
        } else {
            self.exit(partial == 0)
        })
    }

    fn one_of_many(
        &self,
        session: &Session,
        article: &str,
        folder: &Path,
        names: &Mutex<Vec<PathBuf>>,
    ) -> Result<Import, Failure> {
        let origin = Origin::read(session, article, None)?;
        let import = origin.import()?;
        let output = free_name(folder, &name_of(article), names);
        self.free(&output)?;
        self.write(&output, &import, &origin)?;
        Ok(import)
    }
}

/// The name for the profile of an article: the name of its file, or the last part of its address.
fn name_of(article: &str) -> String {
    let last = article
        .trim_end_matches('/')
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |parts| parts.0);
    let slug: Vec<String> = stem
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if slug.is_empty() {
        "article".to_owned()
    } else {
        slug.join("-")
    }
}

/// A file for a profile that no other article of this command uses.
fn free_name(folder: &Path, name: &str, names: &Mutex<Vec<PathBuf>>) -> PathBuf {
    let Ok(mut names) = names.lock() else {
        return folder.join(name).with_extension("toml");
    };
    let mut path = folder.join(format!("{name}.toml"));
    let mut count = 1;
    while names.contains(&path) {
        count += 1;
        path = folder.join(format!("{name}-{count}.toml"));
    }
    names.push(path.clone());
    path
}
