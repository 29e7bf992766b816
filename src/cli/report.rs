//! `stillsays report`: prints everything that is known about the claims, in the requested format.

use std::{
    borrow::Cow,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    pipeline::{Named, SOFTWARE, copy_for_others},
    report::{MOST, PublicCopy, Report, Style},
    store::{Access, Store},
};

use super::{
    Exit, Failure, Session, findings,
    output::{Output, is_stdout},
    profiles::ProfilesArgs,
};

/// Arguments of `report`.
#[derive(Args, Debug)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    /// Print all findings as text, Markdown or HTML, not only the 200 that weigh most
    #[arg(long)]
    full: bool,
    /// The Wikidata item that the article is about, for `--format quickstatements`
    #[arg(long, value_name = "Q-ID", value_parser = item, required_if_eq("format", "quickstatements"))]
    item: Option<String>,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    Text,
    Markdown,
    /// One self-contained page
    Html,
    Json,
    /// One row per finding
    Csv,
    /// The findings as W3C Web Annotations (JSON-LD)
    Annotations,
    /// The references with their archived copies as schema.org's `citation` (JSON-LD)
    Citations,
    /// The cited pages with their archived copies as statements about a Wikidata item, for QuickStatements
    Quickstatements,
}

/// The id of a Wikidata item: `Q42`.
fn item(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('Q').unwrap_or_default();
    let is_item = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    if is_item {
        Ok(text.to_owned())
    } else {
        Err("write the id of the item as Q42".to_owned())
    }
}

impl ReportArgs {
    /// Prints the report, or writes it to a file.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        if profiles.len() > 1 && self.format == ReportFormat::Html {
            let names: Vec<_> = profiles
                .iter()
                .map(|profile| profile.name.as_str())
                .collect();
            return Err(Failure::usage(anyhow::anyhow!(
                "an HTML report is about one profile, but there are {}",
                profiles.len()
            ))
            .hint(format!("choose one with --profile: {}", names.join(", "))));
        }
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        if let Some(file) = self.file() {
            let mut out = BufWriter::new(Output::create(file)?);
            self.write(session, &store, &profiles, &mut out)?;
            let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            out.finish()?;
            session.remark(&format!("wrote {}", file.display()));
        } else {
            let mut out = BufWriter::new(io::stdout().lock());
            self.write(session, &store, &profiles, &mut out)?;
            out.flush()?;
        }
        Ok(Exit::Done)
    }

    /// The file to write to; `None` for stdout.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|output| !is_stdout(output))
    }

    /// Writes each report as soon as it is ready, so that only one is in memory.
    fn write(
        &self,
        session: &Session,
        store: &Store,
        profiles: &[Named],
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let decisions = store.decisions(session.clock.now())?;
        let style = match self.file() {
            Some(_) => Style::default(),
            None => session.style(),
        };
        let is_array = self.is_json() && profiles.len() > 1;
        if is_array {
            out.write_all(b"[")?;
        }
        for (at, named) in profiles.iter().enumerate() {
            let current = findings::current(session, store, named)?;
            let report = findings::report_of(
                session,
                store,
                named,
                &current,
                &decisions,
                &session.program,
            )?;
            let copy = |number| {
                let public = &session.config.settings.cite.public_replay;
                let copy = copy_for_others(&report, &named.profile, number, public)?;
                Some((copy.uri, copy.date))
            };
            let text = self.render(&report, &style, &copy);
            let (between, text) = match self.format {
                _ if at == 0 => ("", text.as_str()),
                _ if is_array => (",\n", text.as_str()),
                ReportFormat::Quickstatements => ("", text.as_str()),
                // All tables have the same header row; one is enough.
                ReportFormat::Csv => ("", text.split_once('\n').map_or("", |parts| parts.1)),
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

    /// Whether several reports make an array.
    fn is_json(&self) -> bool {
        matches!(
            self.format,
            ReportFormat::Json | ReportFormat::Annotations | ReportFormat::Citations
        )
    }

    fn render(
        &self,
        report: &Report,
        style: &Style,
        copy: &dyn Fn(u32) -> Option<PublicCopy>,
    ) -> String {
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
            ReportFormat::Annotations => report.to_annotations(SOFTWARE),
            ReportFormat::Citations => report.to_schema_org(copy),
            ReportFormat::Quickstatements => {
                report.to_quick_statements(self.item.as_deref().unwrap_or_default(), copy)
            }
        }
    }
}
