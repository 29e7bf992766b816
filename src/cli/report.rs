//! `stillsays report`: everything that is known about the claims, in the form that is asked for.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    report::Report,
    store::{Access, Store},
};

use super::{Exit, Failure, Session, findings, profiles::ProfilesArgs, session::print};

/// Arguments of `report`.
#[derive(Args, Debug)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Writes to a file in place of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    Text,
    Markdown,
    /// One self-contained page.
    Html,
    Json,
    /// One row per finding.
    Csv,
}

impl ReportArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        if profiles.len() > 1 && self.format == ReportFormat::Html {
            let names: Vec<_> = profiles.iter().map(|it| it.name.as_str()).collect();
            return Err(Failure::usage(anyhow::anyhow!(
                "an HTML report is about one profile, and there are {}",
                profiles.len()
            ))
            .hint(format!("name one with --profile: {}", names.join(", "))));
        }
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let reviews = store.reviews()?;
        let mut reports = Vec::new();
        for named in &profiles {
            let current = findings::current(&store, named)?;
            reports.push(findings::report_of(&store, named, &current, &reviews)?);
        }
        let text = self.render(session, &reports);
        match &self.output {
            Some(file) => {
                write_whole(file, text.as_bytes())?;
                session.remark(&format!("wrote {}", file.display()));
            }
            None => print(&text)?,
        }
        Ok(Exit::Done)
    }

    fn render(&self, session: &Session, reports: &[Report]) -> String {
        let style = match self.output {
            Some(_) => crate::report::Style::default(),
            None => session.style(),
        };
        let each =
            |render: &dyn Fn(&Report) -> String| reports.iter().map(render).collect::<Vec<_>>();
        match self.format {
            ReportFormat::Text => each(&|it| it.to_text(&style)).join("\n"),
            ReportFormat::Markdown => each(&Report::to_markdown).join("\n"),
            ReportFormat::Html => each(&Report::to_html).concat(),
            ReportFormat::Json if reports.len() == 1 => each(&Report::to_json).concat(),
            ReportFormat::Json => format!("[{}]\n", each(&Report::to_json).join(",\n")),
            ReportFormat::Csv => {
                // The heads are equal; one is enough.
                let mut rows = each(&Report::to_csv).into_iter();
                let first = rows.next().unwrap_or_default();
                let rest = rows.map(|it| {
                    it.split_once('\n')
                        .map_or(String::new(), |it| it.1.to_owned())
                });
                first + &rest.collect::<String>()
            }
        }
    }
}

/// Writes a file whole or not at all: beside it first, then in its place.
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |source: std::io::Error| {
        Failure::usage(
            anyhow::Error::from(source).context(format!("{} cannot be written", file.display())),
        )
        .hint("name a file in a folder that exists and that you may write to")
    };
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let write = || {
        let mut out = std::fs::File::create(&beside)?;
        out.write_all(bytes)?;
        out.sync_all()?;
        std::fs::rename(&beside, file)
    };
    write().map_err(|error| {
        // What could not be finished is not left lying about.
        let _ = std::fs::remove_file(&beside);
        failed(error)
    })
}
