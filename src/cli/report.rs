//! `stillsays report`: everything that is known about the claims, in the form that is asked for.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    pipeline::Named,
    report::{MOST, Report, Style},
    store::{Access, Store},
};

use super::{Exit, Failure, Session, findings, profiles::ProfilesArgs};

/// Arguments of `report`.
#[derive(Args, Debug)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Print all findings as text, Markdown or HTML, not only the 200 heaviest
    #[arg(long)]
    full: bool,
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
        if let Some(file) = &self.output {
            write_whole_by(file, |out| self.write(session, &store, &profiles, out))?;
            session.remark(&format!("wrote {}", file.display()));
        } else {
            let mut out = BufWriter::new(io::stdout().lock());
            self.write(session, &store, &profiles, &mut out)?;
            out.flush()?;
        }
        Ok(Exit::Done)
    }

    /// Writes each report as soon as it is made, so that only one is in memory.
    fn write(
        &self,
        session: &Session,
        store: &Store,
        profiles: &[Named],
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let reviews = store.reviews()?;
        let style = match self.output {
            Some(_) => Style::default(),
            None => session.style(),
        };
        let is_array = self.format == ReportFormat::Json && profiles.len() > 1;
        if is_array {
            out.write_all(b"[")?;
        }
        for (at, named) in profiles.iter().enumerate() {
            let current = findings::current(store, named)?;
            let report = findings::report_of(store, named, &current, &reviews)?;
            let text = self.render(&report, &style);
            let (between, text) = match self.format {
                _ if at == 0 => ("", text.as_str()),
                ReportFormat::Json => (",\n", text.as_str()),
                // The heads are equal; one is enough.
                ReportFormat::Csv => ("", text.split_once('\n').map_or("", |it| it.1)),
                _ => ("\n", text.as_str()),
            };
            out.write_all(between.as_bytes())?;
            out.write_all(text.as_bytes())?;
        }
        if is_array {
            out.write_all(b"]\n")?;
        }
        Ok(())
    }

    fn render(&self, report: &Report, style: &Style) -> String {
        let heaviest = || {
            if self.full {
                Cow::Borrowed(report)
            } else {
                Cow::Owned(report.part(0, MOST))
            }
        };
        match self.format {
            ReportFormat::Text => heaviest().to_text(style),
            ReportFormat::Markdown => heaviest().to_markdown(),
            ReportFormat::Html => heaviest().to_html(),
            ReportFormat::Json => report.to_json(),
            ReportFormat::Csv => report.to_csv(),
        }
    }
}

/// Writes a file whole or not at all: beside it first, then in its place.
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole_by(file, |out| Ok(out.write_all(bytes)?))
}

/// The same for what is written bit by bit.
fn write_whole_by(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failed = |source: io::Error| {
        Failure::usage(
            anyhow::Error::from(source).context(format!("{} cannot be written", file.display())),
        )
        .hint("name a file in a folder that exists and that you may write to")
    };
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut out = BufWriter::new(File::create(&beside).map_err(failed)?);
    let written = write(&mut out).and_then(|()| {
        let out = out.into_inner().map_err(|it| failed(it.into_error()))?;
        out.sync_all().map_err(failed)?;
        std::fs::rename(&beside, file).map_err(failed)
    });
    written.inspect_err(|_| {
        // What could not be finished is not left lying about.
        let _ = std::fs::remove_file(&beside);
    })
}
