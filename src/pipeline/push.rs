//! Push: has cited pages saved in another archive, through an outbox. Every state is durable, and in the ledger, before the next
//! request is sent.
//!
//! A job is not an archived page yet. An archive forgets its jobs after an hour; after that, its index says whether it has the page.
//! A request that was interrupted may have arrived: it is not repeated before the index was asked.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::{
    archives::{self, Archive, Room, Saved},
    capture::{Capture, Outcome},
    clock::{Clock, Instant, digits14},
    content_coding::decode_response,
    fetch::{self, Request},
    store::{Push, PushState, Store, StoreError},
    uri::TargetUri,
};

use super::rescue::{Asking, Came, Kind, Manners};

/// How long an archive remembers a job.
const JOB: TimeDelta = TimeDelta::hours(1);
/// How soon to try a page again that could not be saved; doubled each time.
const AGAIN: TimeDelta = TimeDelta::minutes(15);
/// How far the clock of the archive may be behind.
const SKEW: TimeDelta = TimeDelta::minutes(10);

/// Sends the outbox of one archive.
pub struct Pushing<'a> {
    /// The store.
    pub store: &'a Store,
    /// The archive's address: `https://web.archive.org`.
    pub base: String,
    /// Its name.
    pub name: String,
    /// The keys: `ACCESS:SECRET`.
    pub keys: String,
    /// The options for requests.
    pub options: Arc<fetch::Options>,
    /// The budgets for requests.
    pub manners: Manners,
    /// The source of the current time.
    pub clock: Clock,
    /// Turns true when it must end.
    pub stop: watch::Receiver<bool>,
}

/// Why pages cannot be pushed.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive refuses the keys.
    #[error("{archive} does not accept the keys")]
    NoAccess {
        /// The archive.
        archive: String,
    },
    /// The archive does not answer.
    #[error("{archive} cannot be asked now: {why}")]
    Unanswered {
        /// The archive.
        archive: String,
        /// Why.
        why: String,
    },
}

impl Pushing<'_> {
    /// Asks about the jobs, and sends what waits, up to the quota of the archive for today.
    ///
    /// # Errors
    /// The keys are wrong, the archive does not answer, or the store cannot be written.
    pub async fn go(&self) -> Result<(), PushError> {
        let asking = Asking::new(
            self.store,
            Arc::clone(&self.options),
            self.manners.clone(),
            self.clock.clone(),
            self.stop.clone(),
        )?;
        let mut room = self.room(&asking).await?;
        let own: Vec<Push> = self
            .store
            .pushes()?
            .into_iter()
            .filter(|push| push.archive == self.name)
            .collect();
        for push in &own {
            let now = self.clock.now();
            match push.state {
                PushState::Asked if now - push.at < JOB => self.ask_job(&asking, push).await?,
                PushState::Asked | PushState::Asking if now - push.at >= JOB => {
                    self.ask_index(&asking, push).await?;
                }
                _ => {}
            }
        }
        for push in &own {
            let is_due = match push.state {
                PushState::Queued => true,
                PushState::Later => push.until.is_none_or(|until| until <= self.clock.now()),
                _ => false,
            };
            if is_due && room.available > 0 && room.today > 0 && !*self.stop.borrow() {
                room.available -= 1;
                room.today -= 1;
                self.send(&asking, push).await?;
            }
        }
        Ok(())
    }

    fn uri(&self, path: &str) -> Result<TargetUri, PushError> {
        format!("{}{path}", self.base)
            .parse()
            .map_err(|error| PushError::Unanswered {
                archive: self.name.clone(),
                why: format!("{error}"),
            })
    }

    /// How many pages can be saved now, according to the archive.
    async fn room(&self, asking: &Asking<'_>) -> Result<Room, PushError> {
        let uri = self.uri("/save/status/user")?;
        let capture = match self.call(asking, &uri, None).await? {
            Ok(capture) => capture,
            Err(why) => {
                let archive = self.name.clone();
                return Err(PushError::Unanswered { archive, why });
            }
        };
        match archives::room(&capture) {
            Some(room) => Ok(room),
            None if capture.status() == Some(401) => Err(PushError::NoAccess {
                archive: self.name.clone(),
            }),
            None => Err(PushError::Unanswered {
                archive: self.name.clone(),
                why: "it does not say how much may be saved".to_owned(),
            }),
        }
    }

    /// A request with the keys. Every response counts, errors too: the body says what it means.
    async fn call(
        &self,
        asking: &Asking<'_>,
        uri: &TargetUri,
        form: Option<String>,
    ) -> Result<Result<Capture, String>, StoreError> {
        let request = Request {
            fields: vec![
                ("Accept", "application/json".to_owned()),
                ("Authorization", archives::authorization(&self.keys)),
            ],
            form,
        };
        let came = asking
            .send(&self.name, Kind::Save, uri, &request, &|_| None)
            .await?;
        Ok(match came {
            Came::Answer(capture, _) => match &capture.outcome {
                Outcome::Failure(it) => Err(it.detail.clone()),
                _ => Ok(*capture),
            },
            Came::Later(why) => Err(why),
        })
    }

    fn put(
        &self,
        push: &Push,
        state: PushState,
        detail: Option<String>,
        until: Option<Instant>,
    ) -> Result<(), StoreError> {
        self.store.put_push(Push {
            at: self.clock.now(),
            state,
            detail,
            until,
            ..push.clone()
        })
    }

    /// Sends the request to save a page, after the outbox has recorded it.
    async fn send(&self, asking: &Asking<'_>, push: &Push) -> Result<(), PushError> {
        self.put(push, PushState::Asking, push.detail.clone(), None)?;
        let uri = self.uri("/save")?;
        let form = archives::save_form(push.page.as_str());
        match self.call(asking, &uri, Some(form)).await? {
            // Whether it arrived is not known: the state stays.
            Err(why) => {
                tracing::warn!(page = %push.page, why, "no answer to a request to save a page");
                Ok(())
            }
            Ok(capture) => self.became(push, archives::saved(&capture)),
        }
    }

    async fn ask_job(&self, asking: &Asking<'_>, push: &Push) -> Result<(), PushError> {
        let Some(job) = push.detail.as_deref() else {
            return Ok(());
        };
        let uri = self.uri(&format!("/save/status/{job}"))?;
        match self.call(asking, &uri, None).await? {
            Err(_) => Ok(()),
            Ok(capture) => match archives::saved(&capture) {
                Saved::Pending | Saved::Job(_) => Ok(()),
                Saved::Forgotten => self.ask_index(asking, push).await,
                // The archive could not say: the state of the job stays.
                Saved::Later { code, .. }
                    if code == "too-many-requests" && capture.status() == Some(429) =>
                {
                    Ok(())
                }
                saved => self.became(push, saved),
            },
        }
    }

    /// Checks whether the index has a capture of the page from after the request.
    async fn ask_index(&self, asking: &Asking<'_>, push: &Push) -> Result<(), PushError> {
        let archive = Archive {
            interface: archives::Interface::Cdx,
            base: self.base.clone(),
            name: self.name.clone(),
        };
        let Some((_, query)) = archive
            .queries(&push.page, None)
            .into_iter()
            .find(|query| query.0 == "last")
        else {
            return Ok(());
        };
        let Ok(uri) = query.parse::<TargetUri>() else {
            return Ok(());
        };
        let meaning = |capture: &Capture| archives::of_index(capture);
        let Came::Answer(capture, None) =
            asking.ask(&self.name, Kind::Index, &uri, &meaning).await?
        else {
            return Ok(());
        };
        let Outcome::Response(ref response) = capture.outcome else {
            return Ok(());
        };
        let body = decode_response(response, &self.options.caps)
            .map(|decoded| decoded.bytes)
            .unwrap_or_default();
        let Ok(page) = archives::listing(&archive, &push.page, &body) else {
            return Ok(());
        };
        if let Some(listed) = page
            .listed
            .last()
            .filter(|listed| listed.date >= push.at - SKEW)
        {
            let address = format!(
                "{}/web/{}/{}",
                self.base,
                digits14(listed.date),
                listed.original
            );
            self.put(push, PushState::Done, Some(address), None)?;
        } else {
            let why = "no answer for an hour, and it is not in the index".to_owned();
            self.later(push, why)?;
        }
        Ok(())
    }

    fn became(&self, push: &Push, saved: Saved) -> Result<(), PushError> {
        let both = |code: &str, message: &str| {
            Some(
                format!("{code}: {message}")
                    .trim_end_matches([':', ' '])
                    .to_owned(),
            )
        };
        match saved {
            Saved::Job(job) => self.put(push, PushState::Asked, Some(job), None)?,
            Saved::Done {
                timestamp,
                original,
            } => {
                let address = format!("{}/web/{timestamp}/{original}", self.base);
                self.put(push, PushState::Done, Some(address), None)?;
            }
            Saved::Enough(message) => {
                self.put(
                    push,
                    PushState::Done,
                    both("too-many-daily-captures", &message),
                    None,
                )?;
            }
            Saved::Refused { code, message } => {
                self.put(push, PushState::Refused, both(&code, &message), None)?;
            }
            Saved::Later { code, message } => {
                self.later(push, both(&code, &message).unwrap_or(code))?;
            }
            Saved::NoAccess(_) => {
                self.put(push, PushState::Queued, push.detail.clone(), None)?;
                return Err(PushError::NoAccess {
                    archive: self.name.clone(),
                });
            }
            Saved::Pending | Saved::Forgotten => {}
        }
        Ok(())
    }

    fn later(&self, push: &Push, why: String) -> Result<(), StoreError> {
        // Each time, twice as long as the time before.
        let before = push
            .until
            .map_or(AGAIN, |until| (until - push.at).max(AGAIN) * 2);
        let until = self.clock.now() + before.min(TimeDelta::days(1));
        self.put(push, PushState::Later, Some(why), Some(until))
    }
}
