//! `stillsays rescue`: copies of cited pages as they were, from other archives, and which of them has the cited words.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use chrono::TimeDelta;
use clap::Args;
use serde_json::{Value, json};

use crate::{
    archives::Archive as Other,
    clock::{Instant, warc_date},
    config::ArchivesSettings,
    pipeline::{self, CitedCopy, Lost, Manners, Named, Rescue, Rescued, cited_copies},
    profile::Reference,
    report::{Label, fate_in_words},
    schedule::parse_interval,
    store::{Access, Store},
    text::{counted, for_terminal},
    uri::TargetUri,
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    fetching,
    findings::comparing,
    profiles::ProfilesArgs,
    run::runtime,
    session::{json_text, print},
    signals::Stop,
};

/// Arguments of `rescue`.
#[derive(Args, Debug)]
pub(super) struct RescueArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// Only these references, by number [default: all]
    #[arg(value_name = "REF")]
    references: Vec<u32>,
    /// Only these of the archives in the settings, by name or part of it; repeatable
    #[arg(long, value_name = "NAME", num_args = 1..)]
    archive: Vec<String>,
    /// How far from the access date a copy counts as near [default: the setting archives.window]
    #[arg(long, value_name = "TIME")]
    window: Option<String>,
    /// Show what would be asked, and ask nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl RescueArgs {
    /// Asks the archives, copies what is wanted, and prints the copies with the cited words that each has.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let settings = &session.config.settings.archives;
        let archives = self.archives(settings)?;
        let lost = lost(&profiles, |it| {
            self.references.is_empty() || self.references.contains(&it.number)
        });
        if self.dry_run {
            return self.show_plan(&archives, &lost);
        }
        let mut manners = manners(settings)?;
        if let Some(text) = &self.window {
            manners.window = parse_interval(text).map_err(|it| {
                Failure::usage(anyhow::anyhow!("--window: {it}")).hint("write it as 90d")
            })?;
        }
        let stop = Stop::listen()?;
        let archive = opened(session, "rescue")?;
        let (rescued, copies) = archive.write(|store| {
            let rescued = asked(session, store, &archives, &lost, (manners, "rescue"), &stop)?;
            let comparing = comparing(session);
            pipeline::compare_all(store, &profiles, &comparing, None, &mut |_| {})?;
            let mut copies = Vec::new();
            for named in &profiles {
                copies.push((named, cited_copies(store, named, &comparing)?));
            }
            Ok((rescued, copies))
        })?;
        self.tell(session, &rescued, &copies)?;
        Ok(match stop.exit() {
            Some(exit) => exit,
            None if rescued.left.is_empty() => Exit::Done,
            None => Exit::Unfetched,
        })
    }

    /// The archives of the settings that a person named; all without a name.
    fn archives(&self, settings: &ArchivesSettings) -> Result<Vec<Other>, Failure> {
        let mut archives = settings.sources.clone();
        if archives.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!("no archive is configured")).hint(
                "name archives that may be asked: [archives] sources = [\"cdx:https://web.archive.org\"]",
            ));
        }
        if !self.archive.is_empty() {
            let known: Vec<String> = archives
                .iter()
                .map(|archive| archive.name.clone())
                .collect();
            archives.retain(|archive| {
                self.archive
                    .iter()
                    .any(|name| archive.name.contains(name.as_str()))
            });
            if archives.is_empty() {
                let named = self.archive.join(", ");
                return Err(Failure::usage(anyhow::anyhow!(
                    "no archive in the settings is called {named}"
                ))
                .hint(format!("the settings name {}", known.join(", "))));
            }
        }
        Ok(archives)
    }

    fn show_plan(&self, archives: &[Other], lost: &[Lost]) -> Result<Exit, Failure> {
        let names: Vec<String> = archives.iter().map(ToString::to_string).collect();
        print(&match self.format {
            Format::Json => {
                let pages: Vec<Value> = lost
                    .iter()
                    .map(|lost| json!({"url": lost.page, "accessed": lost.accessed.map(warc_date), "given": lost.given}))
                    .collect();
                json_text(&json!({"format": 1, "archives": names, "pages": pages}))
            }
            Format::Text => {
                let mut text = String::new();
                for it in lost {
                    let day = it.accessed.map_or_else(|| "an unknown day".to_owned(), day);
                    let _ = writeln!(text, "{}  as of {day}, from {}", it.page, names.join(", "));
                }
                for_terminal(&text)
            }
        })?;
        Ok(Exit::Done)
    }

    fn tell(
        &self,
        session: &Session,
        rescued: &Rescued,
        copies: &[(&Named, Vec<CitedCopy>)],
    ) -> Result<(), Failure> {
        for it in rescued.remarks.iter().chain(&rescued.left) {
            session.remark(it);
        }
        let is_meant = |copy: &CitedCopy| {
            self.references.is_empty() || self.references.contains(&copy.reference)
        };
        match self.format {
            Format::Json => {
                let profiles: Vec<Value> = copies
                    .iter()
                    .map(|(named, copies)| {
                        let copies = copies.iter().filter(|copy| is_meant(copy)).map(to_json);
                        json!({"profile": named.name, "copies": copies.collect::<Vec<_>>()})
                    })
                    .collect();
                print(&json_text(
                    &json!({"format": 1, "copied": rescued.copied, "left": rescued.left,
                    "remarks": rescued.remarks, "profiles": profiles}),
                ))?;
            }
            Format::Text => {
                let texts: Vec<String> = copies
                    .iter()
                    .map(|(named, copies)| {
                        table(
                            named,
                            &copies
                                .iter()
                                .filter(|copy| is_meant(copy))
                                .collect::<Vec<_>>(),
                        )
                    })
                    .collect();
                print(&for_terminal(&texts.join("\n")))?;
                let count = usize::try_from(rescued.copied).unwrap_or(usize::MAX);
                session.remark(&format!("{} copied", counted(count, "memento", "mementos")));
            }
        }
        Ok(())
    }
}

/// The archive for a command that can work beside a run.
pub(super) fn opened<'a>(session: &'a Session, command: &str) -> Result<Archive<'a>, Failure> {
    if session.config.settings.store.exists() {
        Archive::beside(session, command)
    } else {
        Archive::alone(session, command, Access::Create)
    }
}

/// Asks other archives for copies of pages.
pub(super) fn asked(
    session: &Session,
    store: &Store,
    archives: &[Other],
    lost: &[Lost],
    (manners, command): (Manners, &str),
    stop: &Stop,
) -> Result<Rescued, Failure> {
    let mut options = fetching::options(&session.config.settings.fetch)?;
    // Budgets space requests to an archive; a page's own host is not asked.
    options.delay = options.delay.min(Duration::from_secs(1));
    let rescue = Rescue {
        store,
        archives,
        options: Arc::new(options),
        manners,
        clock: session.clock.clone(),
        stop: stop.receiver(),
        command: command.to_owned(),
    };
    Ok(runtime()?.block_on(rescue.go(lost))?)
}

/// The budgets for requests to other archives and the keys, from the settings.
///
/// # Errors
/// A key cannot be read.
pub(super) fn manners(settings: &ArchivesSettings) -> Result<Manners, Failure> {
    let keys = settings.keys.iter().map(|(name, place)| {
        let key = place.read().map_err(|error| {
            Failure::usage(error).hint("the setting archives.keys says where the keys are")
        })?;
        Ok((name.clone(), key))
    });
    Ok(Manners {
        keys: keys.collect::<Result<_, Failure>>()?,
        index_per_minute: settings.index_per_minute,
        mementos_per_minute: settings.mementos_per_minute,
        max_wait: settings.max_wait,
        window: settings.window,
        again: settings.again,
        deadline: None,
    })
}

/// The pages of the references that `is_meant` selects, each once, with its access date and the copies that the article gives.
pub(super) fn lost(profiles: &[Named], is_meant: impl Fn(&Reference) -> bool) -> Vec<Lost> {
    let mut all: Vec<Lost> = Vec::new();
    let references = profiles
        .iter()
        .flat_map(|profile| &profile.profile.references);
    for reference in references.filter(|reference| is_meant(reference)) {
        let Some(Ok((page, _))) = reference.url.as_deref().map(TargetUri::parse) else {
            continue;
        };
        let accessed = reference
            .accessed
            .and_then(|accessed| accessed.and_hms_opt(12, 0, 0));
        let it = Lost {
            page,
            accessed: accessed.map(|accessed| accessed.and_utc()),
            given: reference
                .archived
                .iter()
                .map(|archived| archived.url.clone())
                .collect(),
        };
        if !all.contains(&it) {
            all.push(it);
        }
    }
    all
}

fn day(at: Instant) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// A copy as JSON, in the form that `rescue` and `copies list` share.
pub(super) fn to_json(copy: &CitedCopy) -> Value {
    json!({"reference": copy.reference, "url": copy.original, "date": warc_date(copy.date), "source": copy.source,
        "cite": copy.source.citable(), "state": copy.fate, "holds": copy.holds, "lacks": copy.lacks, "unclear": copy.unclear,
        "proposed": copy.proposed})
}

/// The copies of a profile's pages, for people.
pub(super) fn table(named: &Named, copies: &[&CitedCopy]) -> String {
    let mut text = format!("{}\n", named.profile.title);
    if copies.is_empty() {
        text.push_str("  no copies from other archives\n");
    }
    let mut before = None;
    for it in copies {
        let reference = named.profile.reference(it.reference);
        if before != Some(it.reference) {
            let title = reference
                .and_then(|reference| reference.title.as_deref())
                .unwrap_or_default();
            let accessed = reference.and_then(|reference| reference.accessed);
            let accessed =
                accessed.map_or_else(String::new, |accessed| format!(", accessed {accessed}"));
            let _ = writeln!(text, "\n  [{}] {title}{accessed}", it.reference);
            before = Some(it.reference);
        }
        let all = it.holds.len() + it.lacks.len() + it.unclear.len();
        let state = match Label::of_fate(&it.fate) {
            Label::Live => format!(
                "has {} of {}",
                it.holds.len(),
                counted(all, "cited word or name", "cited words or names")
            ),
            _ => fate_in_words(&it.fate).trim_end_matches('.').to_owned(),
        };
        let mark = if it.proposed {
            "  ← cite this one"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "      {}  {state}, {}{mark}",
            day(it.date),
            it.source.held_by()
        );
        if let Some(uri) = it.source.citable() {
            let _ = writeln!(text, "                  {uri}");
        }
        if !it.lacks.is_empty() && !it.holds.is_empty() {
            let lacks: Vec<String> = it.lacks.iter().map(|lack| format!("“{lack}”")).collect();
            let _ = writeln!(text, "                  lacks {}", lacks.join(", "));
        }
    }
    text
}

/// The pages whose access date is before the first visit, if no archive was asked about them yet: `run` asks about these by itself.
pub(super) fn without_baseline(
    store: &Store,
    profiles: &[Named],
    archives: &[Other],
    now: Instant,
) -> Result<Vec<Lost>, Failure> {
    let mut pages = lost(profiles, |it| it.accessed.is_some());
    let firsts = store.first_visits(pages.iter().map(|page| &page.page))?;
    let mut place = 0;
    let mut asked = Vec::new();
    for page in &pages {
        let listings = store.listings(&page.page)?;
        let is_asked = |archive: &Other| listings.iter().any(|listing| listing.0 == archive.name);
        asked.push(archives.iter().all(is_asked));
    }
    pages.retain(|page| {
        let first = firsts.get(place).copied().flatten().unwrap_or(now);
        let is_asked = asked.get(place).copied().unwrap_or_default();
        place += 1;
        // The day counts, not the hour: a page that was read and visited on one day has its baseline.
        !is_asked
            && page
                .accessed
                .is_some_and(|day| day.date_naive() < first.date_naive())
    });
    Ok(pages)
}

/// The time at which `run` stops asking; `None` without a limit.
pub(super) fn deadline(settings: &ArchivesSettings) -> Option<std::time::Instant> {
    let time = settings.time.max(TimeDelta::zero()).to_std().ok()?;
    std::time::Instant::now().checked_add(time)
}
