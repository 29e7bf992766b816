//! A fetcher of a fleet: takes leases, visits their seeds, and delivers. It keeps nothing, and can be killed at any time.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::{JoinSet, spawn_blocking},
    time::{Instant as Tick, MissedTickBehavior},
};

use super::{
    Answer, Bound, Depot, Finish, Frontier, FrontierError, Lease, Visited,
    brought::{Brought, came, is_made},
    bundle,
    following::Following,
};
use crate::{
    capture::Visit,
    clock::Clock,
    fetch::{self, Fetched, Options, Order, Turns},
    host::{HostState, Origin},
    text::{counted, with_causes},
};

/// How often to ask for work if there is none.
const IDLE: Duration = Duration::from_millis(500);

/// The longest pause before another attempt.
const LONGEST: Duration = Duration::from_secs(10);

/// How long a fetcher that was told to stop tries to deliver what it has.
const GRACE: Duration = Duration::from_secs(30);

/// How much a clock may differ from that of the database before it is worth a remark.
const SKEW: chrono::TimeDelta = chrono::TimeDelta::seconds(10);

/// A fetcher.
#[derive(Debug)]
pub struct Fetching {
    /// What is due.
    pub frontier: Arc<dyn Frontier>,
    /// Where to put what it brings.
    pub depot: Depot,
    /// How pages are visited; [`Options::jobs`] is the number of hosts at the same time.
    pub options: Options,
    /// The most further pages of a list in one visit.
    pub pages: usize,
    /// The name of the fetcher.
    pub worker: String,
    /// How long a lease lasts without an extension.
    pub lease: Duration,
    /// The clock of this machine, which is corrected by that of the database.
    pub clock: Clock,
    /// Turns true when the fetcher must end.
    pub stop: watch::Receiver<bool>,
    /// Whether to end when nothing is due any more, or only at hosts that have to be left alone for longer.
    pub once: bool,
    /// Gets what happens.
    pub events: mpsc::UnboundedSender<Happened>,
}

/// What happens at a fetcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A lease has ended: the visits of a host are delivered.
    Delivered {
        /// The host.
        host: String,
        /// The number of visits.
        visits: usize,
        /// Whether the lease was held to the end. Otherwise the pages will be visited again.
        in_time: bool,
    },
    /// Something about a visit, or the fetcher, that a person should know.
    Remark(String),
}

impl Fetching {
    /// Works until it must end.
    ///
    /// # Errors
    /// The frontier refuses for good: its tables are missing, or of another version.
    pub async fn go(self: Arc<Self>) -> Result<(), FrontierError> {
        let jobs = Arc::new(Semaphore::new(self.options.jobs.max(1)));
        let mut leases = JoinSet::new();
        let mut reaped = None;
        let mut stop = self.stop.clone();
        while !*stop.borrow() {
            while leases.try_join_next().is_some() {}
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&jobs).acquire_owned().await else {
                break;
            };
            if *stop.borrow() {
                break;
            }
            match self.next(&mut reaped).await {
                Ok(Some(lease)) => {
                    let fetching = Arc::clone(&self);
                    leases.spawn(async move {
                        fetching.work(lease).await;
                        drop(permit);
                    });
                    continue;
                }
                Ok(None) => {
                    if self.once && leases.is_empty() && !self.is_pending().await {
                        break;
                    }
                }
                Err(error) if error.may_pass() => self.remark(error.to_string()),
                Err(error) => return Err(error),
            }
            drop(permit);
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                _ = stop.wait_for(|it| *it) => {}
            }
        }
        while leases.join_next().await.is_some() {}
        Ok(())
    }

    /// The next lease. Every half of a lease, those of dead fetchers are taken back.
    async fn next(&self, reaped: &mut Option<Tick>) -> Result<Option<Lease>, FrontierError> {
        if reaped.is_none_or(|at| at.elapsed() > self.lease / 2) {
            let ended = self.frontier.reap().await?;
            *reaped = Some(Tick::now());
            if ended > 0 {
                self.remark(format!(
                    "{} taken back from fetchers without a sign of life",
                    counted(ended, "host was", "hosts were")
                ));
            }
        }
        self.frontier.claim(&self.worker, self.lease).await
    }

    async fn is_pending(&self) -> bool {
        let soon = self.options.max_wait.max(self.lease);
        self.frontier.is_pending(soon).await.unwrap_or(true)
    }

    fn remark(&self, text: String) {
        tracing::warn!("{text}");
        // Without a receiver, there is the log.
        let _ = self.events.send(Happened::Remark(text));
    }

    /// Visits the seeds of a lease, and delivers.
    async fn work(&self, lease: Lease) {
        let clock = self.clock.corrected(lease.now);
        if let Clock::Ahead(by) = &clock
            && by.abs() > SKEW
        {
            let seconds = by.num_seconds();
            self.remark(format!(
                "the clock of this machine differs from that of the database by {seconds} s; visits are dated by the database"
            ));
        }
        let (cut, stop) = watch::channel(false);
        let working = async {
            let brought = self.visit(&lease, &clock, stop).await;
            self.deliver(&lease, brought, &clock).await;
        };
        tokio::select! {
            () = working => {}
            never = self.hold(&lease, &cut) => match never {},
        }
    }

    /// Extends the lease again and again. Says through `cut` that it was lost, or that the fetcher must end.
    async fn hold(&self, lease: &Lease, cut: &watch::Sender<bool>) -> Infallible {
        let mut beat = tokio::time::interval(self.lease / 3);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.tick().await;
        let mut stop = self.stop.clone();
        let mut extended = Tick::now();
        loop {
            let stopped = async {
                if *cut.borrow() || stop.wait_for(|it| *it).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                _ = beat.tick() => {}
                () = stopped => {
                    cut.send_replace(true);
                    continue;
                }
            }
            match self
                .frontier
                .extend(&lease.host, lease.fence, self.lease)
                .await
            {
                Ok(true) => extended = Tick::now(),
                Ok(false) => {
                    cut.send_replace(true);
                }
                Err(_) if extended.elapsed() > self.lease => {
                    cut.send_replace(true);
                }
                Err(error) => {
                    tracing::warn!(%error, host = %lease.host, "the lease was not extended");
                }
            }
        }
    }

    /// Visits the seeds, and the further pages of lists that archives ask for. Whose list was not followed to its end is left out.
    async fn visit(&self, lease: &Lease, clock: &Clock, stop: watch::Receiver<bool>) -> Brought {
        let orders = lease.seeds.iter().map(|due| Order {
            seed: due.uri.clone(),
            validators: due
                .condition
                .as_deref()
                .and_then(|condition| serde_json::from_str(condition).ok()),
        });
        // The host row says when the host may be asked, by the clock of the database.
        let known = lease.states.iter().map(|(origin, state)| {
            let state = HostState {
                next_allowed: None,
                reason: None,
                ..state.clone()
            };
            (origin.clone(), state)
        });
        let mut brought = Brought::default();
        let mut known: Vec<(Origin, HostState)> = known.collect();
        let fetched = self.fetched(orders.collect(), &known, clock, &stop).await;
        self.add(&mut brought, fetched, is_made);
        let (seeds, most, caps) = (lease.seeds.clone(), self.pages, self.options.caps);
        let first = brought.visits.clone();
        // Reading a page takes longer than other tasks should wait.
        let begun = move || Following::begin(&seeds, &first, most, &caps);
        let mut following = spawn_blocking(begun).await.unwrap_or_default();
        while !*stop.borrow() {
            let orders = following.orders(&mut brought.visits, &self.options.caps);
            if orders.is_empty() {
                break;
            }
            for (origin, state) in &brought.states {
                known.retain(|it| it.0 != *origin);
                known.push((origin.clone(), state.clone()));
            }
            let fetched = self.fetched(orders, &known, clock, &stop).await;
            if fetched.is_empty() {
                break;
            }
            // A page that could not be asked for is part of what is known of the list.
            self.add(&mut brought, fetched, |visit| !visit.captures.is_empty());
        }
        brought.leave_out(&following.unfinished(), lease);
        brought
    }

    /// What visits brought, in this lease.
    async fn fetched(
        &self,
        orders: Vec<Order>,
        known: &[(Origin, HostState)],
        clock: &Clock,
        stop: &watch::Receiver<bool>,
    ) -> Vec<Fetched> {
        let (turns, asked) = mpsc::channel(4);
        let options = Options {
            jobs: 1,
            turns: Some(turns),
            ..self.options.clone()
        };
        let (done, mut fetched) = mpsc::channel(4);
        let mut all = Vec::new();
        let running = fetch::run(
            orders,
            known.to_vec(),
            Arc::new(options),
            clock.clone(),
            stop.clone(),
            done,
        );
        let collecting = async {
            while let Some(fetched) = fetched.recv().await {
                all.push(fetched);
            }
        };
        tokio::join!(running, collecting, self.keep_turns(asked));
        all
    }

    /// Adds what was fetched: the visits that are `kept`, and the state of the hosts.
    fn add(&self, brought: &mut Brought, fetched: Vec<Fetched>, kept: fn(&Visit) -> bool) {
        for fetched in fetched {
            for (origin, state) in fetched.hosts {
                brought.states.retain(|(known, _)| *known != origin);
                brought.states.push((origin, state));
            }
            for remark in fetched.remarks {
                self.remark(remark);
            }
            if kept(&fetched.visit) {
                brought.visits.push(Bound {
                    visit: fetched.visit,
                    pages_of: Vec::new(),
                });
            }
        }
    }

    /// Answers from the frontier when a host may be asked, and enters that it was.
    async fn keep_turns(&self, mut asked: mpsc::Receiver<Turns>) {
        while let Some(message) = asked.recv().await {
            match message {
                Turns::Next { next, wait } => {
                    let turn = || self.frontier.turn(&next);
                    if let Ok(time) = patiently(self.lease, turn).await {
                        // Without a receiver, the request is not sent.
                        let _ = wait.send(time);
                    }
                }
                Turns::Asked { host, wait, why } => {
                    let leave = || self.frontier.leave_alone(&host, wait, why.as_deref());
                    if let Err(error) = patiently(self.lease, leave).await {
                        tracing::warn!(%error, %host, "the pause of a host was not entered");
                    }
                }
            }
        }
    }

    /// Seals the visits and stores the bundle; only then says so. Both are tried until they succeed.
    async fn deliver(&self, lease: &Lease, brought: Brought, clock: &Clock) {
        let Brought { visits, mut states } = brought;
        states.sort_by(|a, b| a.0.cmp(&b.0));
        let stored = if visits.is_empty() {
            Ok(None)
        } else {
            self.store(lease, &visits, clock).await.map(Some)
        };
        let bundle = match stored {
            Ok(bundle) => bundle,
            Err(why) => {
                // The lease ends by itself, and another fetcher gets the pages.
                self.not_delivered(&lease.host, &why);
                return;
            }
        };
        let visited = lease.seeds.iter().filter_map(|due| {
            let bound = visits.iter().find(|it| it.visit.seed == due.uri)?;
            Some(Visited {
                seed: due.seed,
                came: came(&bound.visit),
            })
        });
        self.finish(Finish {
            host: lease.host.clone(),
            fence: lease.fence,
            worker: self.worker.clone(),
            bundle,
            visited: visited.collect(),
            states,
            leave: Duration::ZERO,
        })
        .await;
    }

    /// Ends a lease. The bundle is in the depot.
    async fn finish(&self, done: Finish) {
        loop {
            let finish = || self.frontier.finish(&done);
            match patiently(GRACE, finish).await {
                Ok(in_time) => {
                    // Without a receiver, there is no one to say it to.
                    let _ = self.events.send(Happened::Delivered {
                        host: done.host,
                        visits: done.visited.len(),
                        in_time,
                    });
                    return;
                }
                Err(error) if error.may_pass() && !*self.stop.borrow() => {
                    let host = &done.host;
                    self.remark(format!(
                        "the visits of {host} wait for the database: {error}"
                    ));
                }
                Err(error) => {
                    self.not_delivered(&done.host, &error.to_string());
                    return;
                }
            }
        }
    }

    fn not_delivered(&self, host: &str, why: &str) {
        self.remark(format!("the visits of {host} were not delivered: {why}"));
    }

    /// Puts the sealed visits into the depot; returns the digest and the size.
    async fn store(
        &self,
        lease: &Lease,
        visits: &[Bound],
        clock: &Clock,
    ) -> Result<(String, u64), String> {
        let of = (lease.host.as_str(), lease.fence, self.worker.as_str());
        let sealed = bundle::seal(of, visits, clock.now()).map_err(|error| error.to_string())?;
        let mut pause = IDLE;
        let mut stopped = None;
        loop {
            let error = match self.depot.put(&sealed).await {
                Ok(()) => return Ok((sealed.digest, sealed.bytes.len() as u64)),
                Err(error) => error,
            };
            if *self.stop.borrow() {
                stopped.get_or_insert_with(Tick::now);
            }
            let is_over = stopped.is_some_and(|at| at.elapsed() > GRACE);
            let text = with_causes(&error);
            if !error.may_pass() || is_over {
                return Err(text);
            }
            self.remark(format!(
                "the visits of {} wait for the depot: {text}",
                lease.host
            ));
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}

/// Calls until there is an answer, or an error that stays, or the time is over.
async fn patiently<'a, T>(
    limit: Duration,
    call: impl Fn() -> Answer<'a, T>,
) -> Result<T, FrontierError> {
    let begun = Tick::now();
    let mut pause = Duration::from_millis(100);
    loop {
        match call().await {
            Err(error) if error.may_pass() && begun.elapsed() < limit => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
            answered => return answered,
        }
    }
}
