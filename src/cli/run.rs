//! `stillsays run`: what is due is fetched, stored, read, compared, and the findings reported.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use serde_json::json;

use crate::{
    capture::Capture,
    clock::warc_date,
    finding::{Finding, Review, Standing, applying},
    interchange,
    pipeline::{self, Comparing, Named, Ran, Rhythm, Run, RunError, Seed, Source},
    report::findings_text,
    store::{Access, Store},
    text::{counted, for_terminal},
    uri::TargetUri,
    warc,
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    findings::{self, report_of},
    news,
    profiles::ProfilesArgs,
    progress::Progress,
    session::{json_text, print},
    signals::Stop,
};

/// Arguments of `run`.
#[derive(Args, Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub(super) profiles: ProfilesArgs,
    /// Visits the pages that are due; this is what happens without --all
    #[arg(long)]
    due: bool,
    /// Visits every page, due or not
    #[arg(long, conflicts_with = "due")]
    all: bool,
    /// Takes the responses from a WARC file in place of the network
    #[arg(long, value_name = "ARCHIVE")]
    pub(super) from: Option<PathBuf>,
    /// Archives only: no page is read or compared before the next run without this, or `recheck`
    #[arg(long, conflicts_with = "fail_on")]
    archive_only: bool,
    /// How many hosts are visited at the same time
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Shows what would be visited, and visits nothing
    #[arg(long)]
    dry_run: bool,
    /// The form to print in
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    /// Ends with exit code 1 where there are open findings of that kind
    #[arg(long, value_name = "WHAT", default_value = "none")]
    fail_on: FailOn,
}

/// What makes a run end with exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Nothing.
    None,
    /// A name, phrase or figure that is not as the article says.
    Changes,
    /// A reference that is not there as cited.
    Stale,
    /// Either.
    Any,
}

impl RunArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        if self.dry_run {
            return self.show_plan(session, &profiles);
        }
        let archive = Archive::alone(session, "run", Access::Create)?;
        let stop = Stop::listen()?;
        self.once(session, &profiles, &archive, &stop)
    }

    /// One run, reported.
    pub(super) fn once(
        &self,
        session: &Session,
        profiles: &[Named],
        archive: &Archive<'_>,
        stop: &Stop,
    ) -> Result<Exit, Failure> {
        let compared = if self.archive_only { &[] } else { profiles };
        let ran = archive.write(|store| {
            let (seeds, source) = self.work(session, profiles, store)?;
            let mut progress = Progress::new(session);
            let run = Run {
                store,
                profiles: compared,
                seeds,
                source,
                comparing: Comparing {
                    stop: Some(stop.receiver()),
                    ..findings::comparing(session)
                },
                clock: session.clock.clone(),
                stop: stop.receiver(),
                command: "run".into(),
            };
            let ran = runtime()?.block_on(run.go(&mut |event| progress.tell(&event)));
            progress.end();
            Ok(ran?)
        })?;
        if ran.offline {
            session.warn("the network here seems to be down: no host could be reached, and these visits do not count");
        }
        // Where nobody reads them, they are not looked at.
        let is_wanted =
            !session.quiet || self.format == Format::Json || self.fail_on != FailOn::None;
        let found = archive
            .write(|store| tell(session, compared, store, &ran, (self.format, is_wanted)))?;
        let exit = match stop.exit() {
            Some(exit) => exit,
            None if self.fail_on.matches(found) => Exit::FailOn,
            None if ran.failed > 0 => Exit::Unfetched,
            None => Exit::Done,
        };
        Ok(exit)
    }

    /// What is to be visited, and where responses come from.
    fn work(
        &self,
        session: &Session,
        profiles: &[Named],
        store: &Store,
    ) -> Result<(Vec<Seed>, Source), Failure> {
        let settings = &session.config.settings;
        let mut seeds = plan(session, profiles, Some(store))?;
        if let Some(file) = &self.from {
            let uris: Vec<TargetUri> = seeds.iter().map(|it| it.uri.clone()).collect();
            let visits = interchange::visits_of(&captures_in(session, file)?, &uris);
            if visits.is_empty() {
                return Err(Failure::usage(anyhow::anyhow!(
                    "{} holds no capture of any page that the profiles cite",
                    file.display()
                ))
                .hint("the addresses must be the same to the letter; `stillsays run --dry-run --all` lists them"));
            }
            return Ok((seeds, Source::Archive(visits)));
        }
        let now = session.clock.now();
        if !self.all {
            seeds.retain(|it| it.is_due(now));
        }
        let mut options = super::fetching::options(&settings.fetch)?;
        if let Some(jobs) = self.jobs {
            options.jobs = jobs.max(1);
        }
        let source = Source::Network {
            options: Arc::new(options),
            unconditional: settings.schedule.unconditional,
        };
        Ok((seeds, source))
    }

    fn show_plan(&self, session: &Session, profiles: &[Named]) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let store = if settings.store.exists() {
            Some(Store::open(&settings.store, Access::ReadOnly)?)
        } else {
            None
        };
        let now = session.clock.now();
        let seeds = plan(session, profiles, store.as_ref())?;
        let due = |it: &Seed| self.all || it.is_due(now);
        print(&match self.format {
            Format::Json => {
                let seed = |it: &Seed| {
                    json!({"url": it.uri, "visit": due(it), "due": it.due.map(warc_date),
                        "last_visit": it.last.map(|it| warc_date(it.at)), "every": it.cadence.to_string(),
                        "references": it.references})
                };
                let seeds: Vec<_> = seeds.iter().map(seed).collect();
                json_text(&json!({"format": 1, "seeds": seeds}))
            }
            Format::Text => {
                let line = |it: &Seed| {
                    let when = match (due(it), it.due) {
                        (true, _) => "visit now".to_owned(),
                        (false, Some(at)) => format!("not before {}", warc_date(at)),
                        (false, None) => "never".to_owned(),
                    };
                    format!("{when:32}  {}", for_terminal(it.uri.as_str()))
                };
                seeds.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        })?;
        Ok(Exit::Done)
    }
}

impl FailOn {
    fn matches(self, found: Found) -> bool {
        match self {
            Self::None => false,
            Self::Changes => found.changes,
            Self::Stale => found.stale,
            Self::Any => found.changes || found.stale,
        }
    }
}

/// What open findings there are.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    changes: bool,
    stale: bool,
}

impl Found {
    fn take(&mut self, findings: &[Finding], reviews: &[Review]) {
        let applying = applying(reviews);
        for finding in findings {
            let review = applying.get(&finding.id).copied();
            let open = Standing::under(finding, review).is_open();
            self.changes |= open && finding.is_change();
            self.stale |= open && finding.is_stale();
        }
    }
}

/// Prints what a run came to: to cron, which mails whatever is printed, only what no run before had.
fn tell(
    session: &Session,
    profiles: &[Named],
    store: &Store,
    ran: &Ran,
    (format, is_wanted): (Format, bool),
) -> Result<Found, Failure> {
    let reviews = store.reviews()?;
    let compared: Vec<_> = profiles.iter().zip(&ran.compared).collect();
    let (news, untold) = news::news(session, store, &compared, &reviews)?;
    let mut found = Found::default();
    let (mut texts, mut tables) = (Vec::new(), Vec::new());
    // One profile's findings at a time: together they may be more than there is memory for.
    for (named, compared) in compared.iter().filter(|_| is_wanted) {
        let findings = store.findings(&compared.profile)?;
        found.take(&findings, &reviews);
        if format == Format::Text && session.quiet {
            continue;
        }
        let report = report_of(session, store, named, &findings, &reviews, &session.program)?;
        match format {
            Format::Text => texts.push(findings_text(&report, &session.style())),
            Format::Json => tables.push(serde_json::to_value(report).map_err(Failure::usage)?),
        }
    }
    match format {
        Format::Text if session.quiet => print(&news::text(session, &news))?,
        Format::Text => print(&texts.join("\n"))?,
        Format::Json => print(&json_text(
            &json!({"format": 1, "visits": ran.visits, "failed": ran.failed,
                "unchanged": ran.unchanged, "left": ran.left, "offline": ran.offline, "profiles": tables}),
        ))?,
    }
    // What could not be printed is told by the next run.
    news::told(store, &untold)?;
    session.remark(&format!(
        "{} visited, {} unchanged, {} failed{}",
        counted(ran.visits, "page", "pages"),
        ran.unchanged,
        ran.failed,
        match ran.left {
            0 => String::new(),
            left => format!(", {left} left for the next run"),
        }
    ));
    Ok(found)
}

/// All seeds of the profiles, each with the moment it is due.
pub(super) fn plan(
    session: &Session,
    profiles: &[Named],
    store: Option<&Store>,
) -> Result<Vec<Seed>, Failure> {
    let schedule = &session.config.settings.schedule;
    let last = match store {
        Some(store) => pipeline::last_visits(store, session.clock.now())?,
        None => pipeline::LastVisits::default(),
    };
    let rhythm = Rhythm {
        every: schedule.every.clone(),
        retry: schedule.retry,
    };
    pipeline::seeds(profiles, &rhythm, &|it| last.of(it)).map_err(|it| RunError::from(it).into())
}

/// Every capture of a WARC file; what is broken is told with its place, and what can be read is taken.
fn captures_in(session: &Session, file: &Path) -> Result<Vec<Capture>, Failure> {
    let opened = File::open(file).map_err(|source| {
        Failure::usage(
            anyhow::Error::from(source).context(format!("{} cannot be read", file.display())),
        )
        .hint("--from takes a WARC file, gzipped or plain")
    })?;
    captures_from(session, BufReader::new(opened), &file.display().to_string())
}

/// Every capture that `reader` holds; it is called `name` in what is told of it.
pub(super) fn captures_from(
    session: &Session,
    reader: impl std::io::BufRead,
    name: &str,
) -> Result<Vec<Capture>, Failure> {
    let mut reading = warc::read_captures(warc::Reader::new(name, reader));
    let mut captures = Vec::new();
    let mut broken = None;
    for capture in &mut reading {
        match capture {
            Ok(capture) => captures.push(capture),
            Err(error) => {
                session.remark(&format!("{error}; {}", error.hint()));
                broken = Some(error);
            }
        }
    }
    for warning in reading.warnings() {
        session.remark(&warning.to_string());
    }
    match broken {
        Some(error) if captures.is_empty() => {
            let hint = error.hint();
            Err(Failure::usage(error).hint(hint))
        }
        _ => Ok(captures),
    }
}

/// Makes the folder that the store lies in.
pub(super) fn make_folder_of(store: &std::path::Path) -> Result<(), Failure> {
    let Some(folder) = store.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|source| {
        Failure::usage(
            anyhow::Error::from(source)
                .context(format!("the folder {} cannot be made", folder.display())),
        )
        .hint("name a store in a folder that you may write to, with --store FILE")
    })
}

/// The runtime that fetching needs: one thread does it, and another writes; more would mostly wake each other.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
