//! Requests to other archives, within the budgets that all processes share: a request waits for its turn, or is left for later.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::sync::watch;

use super::Manners;
use crate::{
    archives::Answer,
    capture::{Capture, FailureKind, Outcome},
    clock::{Clock, Instant},
    fetch::{self, Caller, Request},
    store::{Leave, Store, StoreError},
    uri::TargetUri,
};

/// The pause after an archive asked to wait without saying how long.
const ASKED: TimeDelta = TimeDelta::seconds(60);
/// The pause after an archive accepted no connection: a block by address lasts an hour, and longer if it is ignored.
const REFUSED: TimeDelta = TimeDelta::hours(1);
/// The pause after an archive was busy or broken.
const BROKEN: TimeDelta = TimeDelta::seconds(10);
/// How often one request is sent.
const TRIES: u32 = 3;
/// How often one request waits for its turn.
const WAITS: u32 = 16;

/// The kind of request; each has its own budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A page of an index.
    Index,
    /// A memento.
    Memento,
    /// A part of a file, at most one each second.
    Part,
    /// To save a page.
    Save,
}

/// The result of a request.
pub(crate) enum Came {
    /// The response, and what it means; the meaning is `None` if the archive asked to wait.
    Answer(Box<Capture>, Option<Answer>),
    /// No response for now, and why.
    Later(String),
}

/// Sends requests to archives.
pub(crate) struct Asking<'a> {
    store: &'a Store,
    caller: Caller,
    manners: Manners,
    clock: Clock,
    stop: watch::Receiver<bool>,
}

impl<'a> Asking<'a> {
    /// An asker with these budgets; `stop` ends its waiting.
    pub(crate) fn new(
        store: &'a Store,
        options: Arc<fetch::Options>,
        manners: Manners,
        clock: Clock,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, StoreError> {
        let caller = Caller::new(store.host_states()?, options, clock.clone(), stop.clone());
        Ok(Self {
            store,
            caller,
            manners,
            clock,
            stop,
        })
    }

    /// Sends a request when the archive's budget allows, and repeats it if that can help.
    pub(crate) async fn ask(
        &self,
        archive: &str,
        kind: Kind,
        uri: &TargetUri,
        meaning: &(dyn Fn(&Capture) -> Option<Answer> + Sync),
    ) -> Result<Came, StoreError> {
        self.send(archive, kind, uri, &Request::default(), meaning)
            .await
    }

    /// The same, with another kind of request.
    pub(crate) async fn send(
        &self,
        archive: &str,
        kind: Kind,
        uri: &TargetUri,
        request: &Request,
        meaning: &(dyn Fn(&Capture) -> Option<Answer> + Sync),
    ) -> Result<Came, StoreError> {
        let mut why = "the archive did not answer".to_owned();
        let request = &self.with_key(uri, request);
        for _ in 0..TRIES {
            if let Some(later) = self.turn(archive, kind).await? {
                return Ok(Came::Later(later));
            }
            let (capture, host) = self.caller.call(uri, request).await;
            self.store.remember_hosts(vec![host]).await?;
            if let Outcome::Failure(it) = &capture.outcome
                && matches!(it.kind, FailureKind::Stopped | FailureKind::HostBackoff)
            {
                return Ok(Came::Later(it.detail.clone()));
            }
            let answer = meaning(&capture);
            let (pause, reason) = match &answer {
                Some(Answer::Wait(said)) => {
                    let said = said.and_then(|said| TimeDelta::from_std(said).ok());
                    let pause = said.unwrap_or(ASKED).max(TimeDelta::seconds(1));
                    (pause, "the archive asked to wait".to_owned())
                }
                Some(Answer::Unreachable(detail)) => (REFUSED, detail.clone()),
                Some(Answer::Busy(detail)) => (BROKEN, detail.clone()),
                _ => {
                    self.store.answered(archive)?;
                    return Ok(Came::Answer(Box::new(capture), answer));
                }
            };
            tracing::info!(archive, why = reason, "the archive is left alone");
            self.store
                .leave_alone(archive, pause, &reason, self.clock.now())?;
            why = reason;
        }
        Ok(Came::Later(why))
    }

    /// The request with the key for that archive, if there is one. Redirects are not followed, so nobody else gets it.
    fn with_key(&self, uri: &TargetUri, request: &Request) -> Request {
        let mut request = request.clone();
        let name = match uri.as_url().port() {
            Some(port) => format!("{}:{port}", uri.host()),
            None => uri.host().to_owned(),
        };
        let key = self.manners.keys.iter().find(|key| key.0 == name);
        let has = request.fields.iter().any(|it| it.0 == "Authorization");
        if let Some((_, key)) = key.filter(|_| !has) {
            let field = ("Authorization", key.reveal().to_owned());
            request.fields.push(field);
        }
        request
    }

    /// Waits until an archive can be asked; returns the reason if that takes too long.
    async fn turn(&self, archive: &str, kind: Kind) -> Result<Option<String>, StoreError> {
        let (name, most) = match kind {
            Kind::Index => ("index", self.manners.index_per_minute),
            Kind::Memento => ("memento", self.manners.mementos_per_minute),
            Kind::Part => ("part", self.manners.mementos_per_minute.min(60)),
            Kind::Save => ("save", u32::MAX),
        };
        for _ in 0..WAITS {
            if *self.stop.borrow() {
                return Ok(Some("the command was stopped".to_owned()));
            }
            if self
                .manners
                .deadline
                .is_some_and(|deadline| deadline <= std::time::Instant::now())
            {
                return Ok(Some("the time of the run is over".to_owned()));
            }
            let now = self.clock.now();
            let (until, why) = match self.store.left_alone(archive, now)? {
                Some(left) => (left.until, left.why),
                None => match self.store.may_ask(archive, name, most, now)? {
                    Leave::Now => return Ok(None),
                    Leave::At(until) => (until, format!("{most} requests a minute are its budget")),
                },
            };
            if until - now > self.manners.max_wait {
                let until = until.format("%Y-%m-%d %H:%M:%S UTC");
                return Ok(Some(format!("not before {until}: {why}")));
            }
            self.pause(until, now).await;
        }
        Ok(Some("its budget was used up each time".to_owned()))
    }

    async fn pause(&self, until: Instant, now: Instant) {
        let pause = (until - now)
            .to_std()
            .unwrap_or_default()
            .max(Duration::from_millis(1));
        let mut stop = self.stop.clone();
        let stopped = async {
            if stop.wait_for(|it| *it).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = stopped => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
