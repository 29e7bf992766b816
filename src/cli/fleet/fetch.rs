//! `stillsays fleet fetch`: visits pages for the archives of the fleet.

use std::{sync::Arc, time::Duration};

use clap::Args;
use tokio::sync::mpsc;

use super::{depot, frontier, runtime};
use crate::{
    cli::{Exit, Failure, Session, fetching::options, signals::Stop},
    fleet::{Fetching, Happened},
    text::counted,
};

/// Arguments of `fleet fetch`.
#[derive(Args, Debug)]
pub(in crate::cli) struct FetchArgs {
    /// How many hosts to visit at the same time
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// End when nothing is due, or only at hosts that have to be left alone for longer
    #[arg(long)]
    once: bool,
}

impl FetchArgs {
    /// Keeps nothing on this machine: it can be killed at any time.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let mut options = options(&settings.fetch)?;
        if let Some(jobs) = self.jobs {
            options.jobs = jobs.max(1);
        }
        options.address_delay = settings.fleet.address_delay.to_std().unwrap_or_default();
        let worker = if settings.fleet.worker.is_empty() {
            name()
        } else {
            settings.fleet.worker.clone()
        };
        let lease = settings.fleet.lease.to_std().unwrap_or_default();
        let stop = Stop::listen()?;
        let runtime = runtime()?;
        let _inside = runtime.enter();
        let (events, mut happened) = mpsc::unbounded_channel();
        let fetching = Arc::new(Fetching {
            frontier: frontier(session)?,
            depot: depot(session)?,
            options,
            pages: settings.fetch.pages,
            worker,
            lease: lease.max(Duration::from_secs(1)),
            clock: session.clock.clone(),
            stop: stop.receiver(),
            once: self.once,
            events,
        });
        let working = runtime.spawn(fetching.go());
        runtime.block_on(async {
            while let Some(event) = happened.recv().await {
                tell(session, &event);
            }
        });
        runtime
            .block_on(working)
            .map_err(Failure::usage)?
            .map_err(Failure::from)?;
        Ok(stop.exit().unwrap_or(Exit::Done))
    }
}

fn tell(session: &Session, event: &Happened) {
    match event {
        Happened::Remark(text) => session.warn(text),
        Happened::Delivered {
            host,
            visits,
            in_time,
        } => {
            let visits = counted(*visits, "visit", "visits");
            let late = if *in_time {
                ""
            } else {
                ", after the lease had ended: the pages will be visited again"
            };
            session.remark(&format!("{host}: {visits} delivered{late}"));
        }
    }
}

/// A name for this fetcher that no other one has.
fn name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "fetcher",
        host => host,
    };
    let mut random = [0; 4];
    // Without random numbers, host and process still make a name.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random);
    let random = crate::digest::hex(&random);
    format!("{host}-{}-{random}", std::process::id())
}
