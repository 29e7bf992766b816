//! `stillsays run`: fetches, stores, reads and compares the pages that are due, and reports the findings.

use std::{
    cell::RefCell,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use serde_json::json;

use crate::{
    capture::Capture,
    clock::{Instant, warc_date},
    finding::{Decisions, Finding},
    interchange,
    pipeline::{self, Comparing, Manners, Named, Past, Ran, Rhythm, Run, RunError, Seed, Source},
    report::findings_text,
    schedule::Auto,
    store::{Access, Store},
    text::{counted, for_terminal},
    uri::TargetUri,
    warc,
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    article_page,
    findings::{self, report_of},
    news, notify,
    profiles::ProfilesArgs,
    progress::Progress,
    push, rescue,
    session::{json_text, print},
    signals::Stop,
};

/// Arguments of `run`.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a command-line flag")]
pub(super) struct RunArgs {
    #[command(flatten)]
    /// The profiles.
    pub(super) profiles: ProfilesArgs,
    /// Visit the pages that are due (the default)
    #[arg(long)]
    due: bool,
    /// Visit every page, due or not
    #[arg(long, conflicts_with = "due")]
    all: bool,
    /// Take the responses from a WARC file instead of the network
    #[arg(long, value_name = "ARCHIVE")]
    pub(super) from: Option<PathBuf>,
    /// Only archive; the next run without this flag, or `recheck`, reads and compares the pages
    #[arg(long, conflicts_with = "fail_on")]
    archive_only: bool,
    /// How many hosts to visit at the same time
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Show what would be visited, and visit nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    /// End with exit code 1 if there are open findings of this kind
    #[arg(long, value_name = "WHAT", default_value = "none")]
    fail_on: FailOn,
}

/// The findings that make a run end with exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// None
    None,
    /// A name, phrase or figure that is not as the article says
    Changes,
    /// A reference that is no longer there as cited
    Stale,
    /// Either
    Any,
}

impl RunArgs {
    /// Runs once, prints what needs a decision, and ends with the code that `--fail-on` asks for.
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
        let judged = if self.archive_only { &[] } else { profiles };
        let compares = !self.archive_only;
        let began = session.clock.now();
        if self.from.is_none() {
            baselines(session, profiles, archive, stop)?;
        }
        let ran = archive.write(|store| {
            notify::keep_channels(session, store)?;
            let (seeds, source) = self.work(session, profiles, store)?;
            let mut progress = Progress::new(session);
            let run = Run {
                store,
                profiles,
                compares,
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
            session.warn("the local network seems to be down: no host could be reached, and these visits do not count");
        }
        // No output, no need to look at the findings.
        let is_wanted =
            !session.quiet || self.format == Format::Json || self.fail_on != FailOn::None;
        let found = archive.write(|store| {
            push::queue_by_policy(session, store, judged, began)?;
            let found = tell(session, judged, store, &ran, (self.format, is_wanted))?;
            article_page::tell(session, profiles, store)?;
            notify::send(session, store, profiles);
            Ok(found)
        })?;
        let exit = match stop.exit() {
            Some(exit) => exit,
            None if self.fail_on.matches(found) => Exit::FailOn,
            None if ran.failed > 0 => Exit::Unfetched,
            None => Exit::Done,
        };
        Ok(exit)
    }

    /// The pages to visit, and the source of the responses.
    fn work(
        &self,
        session: &Session,
        profiles: &[Named],
        store: &Store,
    ) -> Result<(Vec<Seed>, Source), Failure> {
        let settings = &session.config.settings;
        let mut seeds = plan(session, profiles, Some(store))?;
        if let Some(file) = &self.from {
            let uris: Vec<TargetUri> = seeds.iter().map(|seed| seed.uri.clone()).collect();
            let visits = interchange::visits_of(&captures_in(session, file)?, &uris);
            if visits.is_empty() {
                return Err(Failure::usage(anyhow::anyhow!(
                    "{} has no capture of any page that the profiles cite",
                    file.display()
                ))
                .hint(
                    "the addresses must match exactly; `stillsays run --dry-run --all` lists them",
                ));
            }
            return Ok((seeds, Source::Archive(visits)));
        }
        let now = session.clock.now();
        if !self.all {
            seeds.retain(|seed| seed.is_due(now));
        }
        let mut options = super::fetching::options(&settings.fetch)?;
        if let Some(jobs) = self.jobs {
            options.jobs = jobs.max(1);
        }
        let source = Source::Network {
            options: Arc::new(options),
            unconditional: settings.schedule.unconditional,
            pages: settings.fetch.pages,
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
        let due = |seed: &Seed| self.all || seed.is_due(now);
        print(&match self.format {
            Format::Json => {
                let seed = |it: &Seed| {
                    json!({"url": it.uri, "visit": due(it), "due": it.due.map(warc_date),
                        "last_visit": it.last.map(|it| warc_date(it.at)), "every": it.cadence.to_string(), "why": it.why.to_string(),
                        "references": it.references})
                };
                let seeds: Vec<_> = seeds.iter().map(seed).collect();
                json_text(&json!({"format": 1, "seeds": seeds}))
            }
            Format::Text => {
                let line = |seed: &Seed| {
                    let when = match (due(seed), seed.due) {
                        (true, _) => "visit now".to_owned(),
                        (false, Some(at)) => format!("not before {}", warc_date(at)),
                        (false, None) => "never".to_owned(),
                    };
                    format!("{when:32}  {}", for_terminal(seed.uri.as_str()))
                };
                seeds.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        })?;
        Ok(Exit::Done)
    }
}

/// Asks other archives, once, for copies of pages that were cited before their first visit, where the settings say so.
fn baselines(
    session: &Session,
    profiles: &[Named],
    archive: &Archive<'_>,
    stop: &Stop,
) -> Result<(), Failure> {
    let settings = &session.config.settings.archives;
    if !settings.auto || settings.sources.is_empty() {
        return Ok(());
    }
    archive.write(|store| {
        let now = session.clock.now();
        let lost = rescue::without_baseline(store, profiles, &settings.sources, now)?;
        if lost.is_empty() {
            return Ok(());
        }
        let manners = Manners {
            deadline: rescue::deadline(settings),
            ..rescue::manners(settings)?
        };
        let rescued = rescue::asked(
            session,
            store,
            &settings.sources,
            &lost,
            (manners, "run"),
            stop,
        )?;
        for it in rescued.remarks.iter().chain(&rescued.left) {
            session.remark(it);
        }
        Ok(())
    })
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

/// Which kinds of open findings there are.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    changes: bool,
    stale: bool,
}

impl Found {
    fn take(&mut self, findings: &[Finding], decisions: &Decisions) {
        for finding in findings {
            let open = decisions.is_open(finding);
            self.changes |= open && finding.is_change();
            self.stale |= open && finding.is_stale();
        }
    }
}

/// Prints the result of a run; under `--quiet`, for cron, only what no earlier run has printed.
fn tell(
    session: &Session,
    profiles: &[Named],
    store: &Store,
    ran: &Ran,
    (format, is_wanted): (Format, bool),
) -> Result<Found, Failure> {
    let decisions = store.decisions(session.clock.now())?;
    let compared: Vec<_> = profiles.iter().zip(&ran.compared).collect();
    let (news, untold) = news::news(session, store, &compared, &decisions)?;
    let mut found = Found::default();
    let (mut texts, mut tables) = (Vec::new(), Vec::new());
    // One profile's findings at a time: together they may be more than there is memory for.
    for (named, compared) in compared.iter().filter(|_| is_wanted) {
        let findings = store.findings(&compared.profile)?;
        found.take(&findings, &decisions);
        if format == Format::Text && session.quiet {
            continue;
        }
        let report = report_of(
            session,
            store,
            named,
            &findings,
            &decisions,
            &session.program,
        )?;
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
    // If printing failed, the next run prints it.
    news::mark_printed(store, &untold)?;
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

/// All seeds of the profiles, each with the time when it is due.
pub(super) fn plan(
    session: &Session,
    profiles: &[Named],
    store: Option<&Store>,
) -> Result<Vec<Seed>, Failure> {
    plan_at(session, profiles, store, session.clock.now())
}

/// The same, if it is `now`.
pub(super) fn plan_at(
    session: &Session,
    profiles: &[Named],
    store: Option<&Store>,
    now: Instant,
) -> Result<Vec<Seed>, Failure> {
    let schedule = &session.config.settings.schedule;
    let last = match store {
        Some(store) => pipeline::last_visits(store, now)?,
        None => pipeline::LastVisits::default(),
    };
    let rhythm = Rhythm {
        every: schedule.every.clone(),
        retry: schedule.retry,
        auto: Auto {
            min: schedule.min,
            max: schedule.max,
        },
    };
    let unreadable = RefCell::new(None);
    let observed = |page: &TargetUri| {
        let found = store.map_or(Ok(Vec::new()), |store| pipeline::observed(store, page));
        found.unwrap_or_else(|error| {
            unreadable.replace(Some(error));
            Vec::new()
        })
    };
    let past = Past {
        last: &|it| last.of(it),
        observed: &observed,
    };
    let seeds = pipeline::seeds(profiles, &rhythm, &past).map_err(RunError::from)?;
    match unreadable.into_inner() {
        Some(error) => Err(error.into()),
        None => Ok(seeds),
    }
}

/// Every readable capture of a WARC file; broken records are reported with their position.
fn captures_in(session: &Session, file: &Path) -> Result<Vec<Capture>, Failure> {
    let opened = File::open(file).map_err(|source| {
        Failure::usage(
            anyhow::Error::from(source).context(format!("{} cannot be read", file.display())),
        )
        .hint("--from reads a WARC file, gzipped or plain")
    })?;
    captures_from(session, BufReader::new(opened), &file.display().to_string())
}

/// Every capture in `reader`; messages call it `name`.
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

/// Creates the parent folder of `path`.
pub(super) fn make_folder_of(store: &std::path::Path) -> Result<(), Failure> {
    let Some(folder) = store
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|source| {
        Failure::usage(
            anyhow::Error::from(source)
                .context(format!("the folder {} cannot be created", folder.display())),
        )
        .hint("name a store in a folder that you can write to, with --store FILE")
    })
}

/// The runtime for fetching: one thread fetches, another writes; more would mostly wake each other.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
