//! `stillsays fleet archive` and `fleet export`: this archive in the fleet, and out of it.

use std::{sync::Arc, time::Duration};

use clap::Args;
use tokio::runtime::Runtime;

use super::{depot, frontier, runtime};
use crate::{
    cli::{
        Exit, Failure, Session, archive::Archive, findings::comparing, notify,
        profiles::ProfilesArgs, run::plan_at, session::print, signals::Stop,
    },
    clock::Instant,
    fetch,
    fleet::{AT_ONCE, Citation, Depot, Frontier, Taken, Taking, Told},
    interchange::Importer,
    pipeline::{self, Comparing, Named},
    store::{Access, Store},
    text::counted,
    uri::TargetUri,
};

/// How often to look for bundles.
const LOOK: Duration = Duration::from_secs(1);

/// How often to read the profiles again, even if nothing came.
const AGAIN: Duration = Duration::from_secs(60);

/// How long this archive belongs to this process without another sign of it.
const ATTENDANCE: Duration = Duration::from_secs(30);

/// Arguments of `fleet archive`.
#[derive(Args, Debug)]
pub(in crate::cli) struct ArchiveArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// End when everything that was delivered is taken
    #[arg(long)]
    once: bool,
    /// Give up bundles that the depot has lost: their pages are visited again
    #[arg(long)]
    skip_lost: bool,
}

/// Arguments of `fleet export`.
#[derive(Args, Debug)]
pub(in crate::cli) struct ExportArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
}

impl ArchiveArgs {
    /// Takes bundles as they come, beside `serve`; another command that writes for longer comes first.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        // Errors that exist from the start are reported at once.
        self.profiles.load(session)?;
        let stop = Stop::listen()?;
        let mut member = Member::join(session, self.skip_lost)?;
        let exit = self.work(&mut member, &stop);
        member.leave();
        exit
    }

    fn work(&self, member: &mut Member<'_>, stop: &Stop) -> Result<Exit, Failure> {
        let mut looked: Option<std::time::Instant> = None;
        loop {
            let is_new = looked.is_none_or(|at| at.elapsed() > AGAIN);
            let done = match member.round(&self.profiles, stop, is_new) {
                Ok(done) => {
                    if is_new || !done.pages.is_empty() {
                        looked = Some(std::time::Instant::now());
                    }
                    Some(done)
                }
                Err(failure) if self.once && !failure.is_locked() => return Err(failure),
                Err(failure) => {
                    // The database or the depot may be away for a moment, or a person is editing a profile.
                    member.session.remark(failure.text().trim_end());
                    member.told = None;
                    None
                }
            };
            if let Some(exit) = stop.exit() {
                return Ok(exit);
            }
            match done {
                Some(done) if done.bundles > 0 => continue,
                Some(done) if self.once && done.lost.is_empty() => return Ok(Exit::Done),
                Some(_) if self.once && !self.skip_lost => return Ok(Exit::Unfetched),
                _ => {}
            }
            let mut turned = stop.receiver();
            member.runtime.block_on(async {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    _ = turned.wait_for(|it| *it) => {}
                }
            });
        }
    }
}

impl ExportArgs {
    /// Takes what is left, copies the state of the hosts, and retracts what the archive cites.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let stop = Stop::listen()?;
        let member = Member::join(session, false)?;
        member.attend()?;
        let cited = member
            .runtime
            .block_on(member.frontier.cited(&member.name))?;
        let pages: Vec<TargetUri> = cited.into_iter().map(|it| it.uri).collect();
        // First of all, nothing more is visited for this archive; what was delivered before is still there to take.
        member
            .runtime
            .block_on(member.frontier.retract(&member.name, &pages))?;
        let profiles = self.profiles.load(session)?;
        loop {
            let taken = member.take(&profiles, &stop)?;
            if !taken.lost.is_empty() {
                return Err(lost(&taken));
            }
            if taken.bundles == 0 {
                break;
            }
        }
        let hosts = member.copy_hosts(&pages)?;
        member.leave();
        if !session.quiet {
            let pages = counted(pages.len(), "page", "pages");
            let hosts = counted(hosts, "host", "hosts");
            print(&format!(
                "the archive has left the fleet with {pages} and the state of {hosts}; `stillsays run` visits them from now on"
            ))?;
        }
        Ok(Exit::Done)
    }
}

/// This archive as a member of the fleet.
struct Member<'a> {
    session: &'a Session,
    runtime: Runtime,
    frontier: Arc<dyn Frontier>,
    depot: Depot,
    name: String,
    writer: String,
    skips_lost: bool,
    /// What the frontier was told; `None` if that has to be read first.
    told: Option<Told>,
}

impl<'a> Member<'a> {
    fn join(session: &'a Session, skips_lost: bool) -> Result<Self, Failure> {
        let name = session.config.settings.fleet.archive.clone();
        if name.is_empty() {
            return Err(
                Failure::usage(anyhow::anyhow!("the setting `fleet.archive` is empty")).hint(
                    "give this archive a name of its own in the fleet: [fleet] archive = \"NAME\"",
                ),
            );
        }
        let runtime = runtime()?;
        let (frontier, depot) = {
            let _inside = runtime.enter();
            (frontier(session)?, depot(session)?)
        };
        let writer = format!(
            "{}:{}",
            std::process::id(),
            std::path::absolute(&session.config.settings.store)?.display()
        );
        Ok(Self {
            session,
            runtime,
            frontier,
            depot,
            name,
            writer,
            skips_lost,
            told: None,
        })
    }

    /// Makes this process the only writer of the archive, for a while.
    fn attend(&self) -> Result<(), Failure> {
        let attend = self.frontier.attend(&self.name, &self.writer, ATTENDANCE);
        if self.runtime.block_on(attend)? {
            return Ok(());
        }
        Err(Failure::usage(anyhow::anyhow!(
            "another process is the writer of the archive `{}` in the fleet",
            self.name
        ))
        .hint("each archive needs a name of its own; after a crash, its place is free again in half a minute")
        .exit(Exit::Locked))
    }

    /// Lets another process be the writer at once.
    fn leave(&self) {
        let leave = self
            .frontier
            .attend(&self.name, &self.writer, Duration::ZERO);
        if let Err(error) = self.runtime.block_on(leave) {
            tracing::debug!(%error, "the place of the writer becomes free by itself");
        }
    }

    /// Takes what waits, and says what the archive wants. `is_new`: also if nothing waits.
    fn round(
        &mut self,
        profiles: &ProfilesArgs,
        stop: &Stop,
        is_new: bool,
    ) -> Result<Taken, Failure> {
        self.attend()?;
        if self.told.is_none() {
            let told = Told::read(self.frontier.as_ref(), &self.name);
            self.told = Some(self.runtime.block_on(told)?);
        }
        let waiting = self.runtime.block_on(self.frontier.waiting(&self.name))?;
        if waiting.is_empty() && !is_new {
            return Ok(Taken::default());
        }
        let profiles = profiles.load(self.session)?;
        let taken = self.take(&profiles, stop)?;
        if self.skips_lost && !taken.lost.is_empty() {
            // Of what was given up, the frontier knows no due date any more.
            let told = Told::read(self.frontier.as_ref(), &self.name);
            self.told = Some(self.runtime.block_on(told)?);
        }
        self.tell(&profiles, &taken)?;
        Ok(taken)
    }

    /// Takes the oldest bundles into the store, and compares.
    fn take(&self, profiles: &[Named], stop: &Stop) -> Result<Taken, Failure> {
        let session = self.session;
        let waiting = self.runtime.block_on(self.frontier.waiting(&self.name))?;
        if waiting.is_empty() {
            return Ok(Taken::default());
        }
        let archive = Archive::alone(session, "fleet archive", Access::Create)?;
        let taken = archive.write(|store| {
            notify::keep_channels(session, store)?;
            let most = session.config.settings.fetch.max_bytes;
            let command = "fleet archive".to_owned();
            let importer = Importer::new(store, session.clock.clone(), command, most);
            let taking = Taking {
                frontier: self.frontier.as_ref(),
                depot: &self.depot,
                archive: &self.name,
            };
            let taken = self.runtime.block_on(taking.take(&waiting, importer))?;
            for (_, why) in &taken.lost {
                session.warn(why);
            }
            if self.skips_lost {
                self.runtime.block_on(taking.give_up(&taken.lost))?;
            }
            if taken.imported.new > 0 {
                let comparing = Comparing {
                    stop: Some(stop.receiver()),
                    ..comparing(session)
                };
                pipeline::compare_all(store, profiles, &comparing, None, &mut |_| {})?;
                notify::send(session, store, profiles);
            }
            Ok(taken)
        })?;
        let visits = counted(taken.imported.new, "new visit", "new visits");
        let bundles = counted(taken.bundles, "bundle", "bundles");
        session.remark(&format!("{bundles} taken, {visits}"));
        Ok(taken)
    }

    /// Says which pages the archive cites, when it wants each, and under which condition.
    fn tell(&mut self, profiles: &[Named], taken: &Taken) -> Result<(), Failure> {
        let now = self.runtime.block_on(self.frontier.now())?;
        let wanted = self.wanted(profiles, now)?;
        let Some(told) = &mut self.told else {
            return Ok(());
        };
        told.forget(&taken.pages);
        let telling = told.tell(self.frontier.as_ref(), &self.name, &wanted);
        self.runtime.block_on(telling)?;
        Ok(())
    }

    /// The pages of the profiles at `now`, by the clock of the database: the dates of visits are by that clock, too.
    fn wanted(&self, profiles: &[Named], now: Instant) -> Result<Vec<Citation>, Failure> {
        let settings = &self.session.config.settings;
        let store = match Store::open(&settings.store, Access::ReadOnly) {
            Ok(store) => Some(store),
            // It is created with the first bundle.
            Err(_) if !settings.store.exists() => None,
            Err(error) => return Err(error.into()),
        };
        let seeds = plan_at(self.session, profiles, store.as_ref(), now)?;
        let orders = match &store {
            Some(store) => {
                let unconditional = settings.schedule.unconditional;
                pipeline::orders(store, &seeds, unconditional)?
            }
            None => Vec::new(),
        };
        let fetch = &settings.fetch;
        let limits = (fetch.pages, settings.schedule.unconditional, now);
        let lists = pipeline::followed(store.as_ref(), (profiles, &seeds), limits)?;
        let mut orders = orders.into_iter();
        let wanted = seeds.into_iter().map(|seed| {
            let validators = orders.next().and_then(|order| order.validators);
            Ok(Citation {
                due: Some(seed.due.unwrap_or(AT_ONCE).min(latest(now))),
                condition: validators.as_ref().map(json).transpose()?,
                lists: lists.get(&seed.uri).map(json).transpose()?,
                uri: seed.uri,
            })
        });
        wanted.collect()
    }

    /// Copies the state of the hosts of pages into the store; returns of how many.
    fn copy_hosts(&self, pages: &[TargetUri]) -> Result<usize, Failure> {
        let hosts: std::collections::BTreeSet<String> =
            pages.iter().map(fetch::host_name).collect();
        let mut states = Vec::new();
        for host in &hosts {
            states.extend(self.runtime.block_on(self.frontier.states(host))?);
        }
        let archive = Archive::alone(self.session, "fleet export", Access::Create)?;
        archive.write(|store| Ok(self.runtime.block_on(store.remember_hosts(states))?))?;
        Ok(hosts.len())
    }
}

fn json(it: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(it).map_err(Failure::usage)
}

/// "Never", for a database: some centuries from now.
fn latest(now: Instant) -> Instant {
    now + chrono::TimeDelta::weeks(50_000)
}

/// The failure for bundles that are lost.
fn lost(taken: &Taken) -> Failure {
    let bundles = counted(taken.lost.len(), "bundle", "bundles");
    Failure::usage(anyhow::anyhow!("the depot has lost {bundles}"))
        .hint("restore the depot from a backup; or give them up with `stillsays fleet archive --once --skip-lost`")
        .exit(Exit::Unfetched)
}
