//! Alerts: what is new becomes a message for each channel that wants it, and messages are sent until their receivers have them.
//!
//! Only one process does this at a time, the one with the run lock. What is new is in the store since the moment its finding is; a
//! message is in the store before it is sent; so whatever is interrupted goes on with the next command, under the same id.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;

use crate::{
    clock::{Clock, Instant},
    digest::{ContentDigest, hex},
    fetch,
    finding::{Decisions, Finding, FindingId, Subject},
    notify::{self, Answer, Attachment, Change, Channel, Cited, Digest, Outcome, Parcel, Words},
    report::{Entry, Report},
    store::{Alert, ChannelState, Message, Store},
};

use super::{AnalyseError, Comparing, Named, current, report};

/// The most reports that go with a mail.
const REPORTS: usize = 5;

/// What alerting needs.
pub struct Alerting<'a> {
    /// The archive.
    pub store: &'a Store,
    /// The profiles, for the titles of their articles.
    pub profiles: &'a [Named],
    /// How pages are compared, for reports that go with a mail.
    pub comparing: &'a Comparing,
    /// The command line that opens this archive.
    pub command: &'a str,
    /// The channels.
    pub channels: &'a [Channel],
    /// The address of the desk for others, with a slash at the end.
    pub site: Option<String>,
    /// How requests are sent.
    pub options: Arc<fetch::Options>,
    /// Where "now" comes from.
    pub clock: Clock,
}

/// An attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The id of the message.
    pub message: String,
    /// The name of the channel.
    pub channel: String,
    /// What came of it.
    pub outcome: Outcome,
    /// When it is tried again.
    pub next: Option<Instant>,
}

/// Something new, with its number.
struct New {
    alert: i64,
    change: Change,
}

impl Alerting<'_> {
    /// Makes the messages that are due, and sends them and those that wait.
    ///
    /// # Errors
    /// The archive cannot be read or written. That a message could not be sent is no error.
    pub async fn go(&self) -> Result<Vec<Tried>, AnalyseError> {
        self.compose()?;
        self.send().await
    }

    /// Makes a message for each channel whose time has come, of what is new to it.
    fn compose(&self) -> Result<(), AnalyseError> {
        let now = self.clock.now();
        let disabled = self.store.disabled_channels(notify::GONE)?;
        let mut due: Vec<(&Channel, ChannelState)> = Vec::new();
        for channel in self.channels {
            if disabled.contains(&channel.name) {
                continue;
            }
            let state = self.store.channel_state(&channel.name)?;
            due.extend(state.map(|it| (channel, it)));
        }
        due.retain(|(channel, state)| channel.when.is_due(state.digested, now));
        let Some(oldest) = due.iter().map(|(_, state)| state.alert).min() else {
            return Ok(());
        };
        let alerts = self.store.alerts_after(oldest)?;
        let last = alerts.last().map(|alert| alert.id);
        let news = if alerts.is_empty() {
            Vec::new()
        } else {
            self.news(alerts)?
        };
        for (channel, state) in due {
            let until = last.unwrap_or(state.alert).max(state.alert);
            if until == state.alert && channel.when == notify::When::Run {
                continue;
            }
            let unseen = news.iter().filter(|new| new.alert > state.alert);
            let message = self.message(channel, unseen.collect(), now);
            self.store.put_message(&channel.name, until, message, now)?;
        }
        Ok(())
    }

    /// The message about what a channel takes of `news`: its id and its text. `None` if it takes nothing.
    fn message(
        &self,
        channel: &Channel,
        news: Vec<&New>,
        now: Instant,
    ) -> Option<(String, String)> {
        let taken: Vec<(i64, Change)> = news
            .into_iter()
            .filter_map(|new| Some((new.alert, channel.filter.take(&new.change)?)))
            .collect();
        if taken.is_empty() {
            return None;
        }
        // The same whenever it is made again of the same alerts.
        let mut key = channel.name.clone();
        for (alert, change) in &taken {
            let findings = change
                .cited
                .iter()
                .filter_map(|cited| cited.finding.as_ref());
            let findings: Vec<String> = findings.map(ToString::to_string).collect();
            let _ = write!(key, "\n{alert} {} {}", change.kind, findings.join(" "));
        }
        let id = ContentDigest::of(key.as_bytes());
        let id = format!("msg_{}", hex(id.as_bytes().get(..12).unwrap_or_default()));
        let changes = merged(taken.into_iter().map(|it| it.1));
        let digest = Digest::of(id.clone(), now, self.site.clone(), changes);
        Some((id, serde_json::to_string(&digest).unwrap_or_default()))
    }

    /// What the alerts say, but for what was decided in the meantime.
    fn news(&self, alerts: Vec<Alert>) -> Result<Vec<New>, AnalyseError> {
        let decisions = self.store.decisions(self.clock.now())?;
        let mut of_profiles: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
        for alert in alerts {
            let profile = alert.finding.profile.clone();
            of_profiles.entry(profile).or_default().push(alert);
        }
        let mut news = Vec::new();
        for (profile, alerts) in of_profiles {
            let gone = Named {
                name: profile.clone(),
                ..Named::default()
            };
            let named = self.profiles.iter().find(|named| named.name == profile);
            self.add_news(named.unwrap_or(&gone), &alerts, &decisions, &mut news)?;
        }
        news.sort_by_key(|new| new.alert);
        Ok(news)
    }

    /// Adds what the alerts of one profile say.
    fn add_news(
        &self,
        named: &Named,
        alerts: &[Alert],
        decisions: &Decisions,
        news: &mut Vec<New>,
    ) -> Result<(), AnalyseError> {
        let is_open = |it: &&Alert| it.is_back || decisions.is_open(&it.finding);
        let mut waiting: Vec<&Alert> = alerts.iter().filter(is_open).collect();
        while !waiting.is_empty() {
            let findings: Vec<Finding> = waiting.iter().map(|it| it.finding.clone()).collect();
            let report = report(
                self.store,
                named,
                &findings,
                decisions,
                self.comparing,
                self.command,
            )?;
            let entries = report.entries().map(|it| (&it.finding.id, it));
            let entries: HashMap<&FindingId, &Entry> = entries.collect();
            let before = waiting.len();
            // A report has one finding on the fate of a page, but a page can have gone and come back.
            waiting.retain(|alert| {
                let entry = entries.get(&alert.finding.id);
                news.extend(entry.map(|entry| New {
                    alert: alert.id,
                    change: self.change(entry, &report, alert.is_back),
                }));
                entry.is_none()
            });
            if waiting.len() == before {
                tracing::warn!(profile = %named.name, left = before, "findings that no report shows are in no message");
                break;
            }
        }
        Ok(())
    }

    fn change(&self, entry: &Entry, report: &Report, is_back: bool) -> Change {
        let finding = &entry.finding;
        let (then, now) = entry.words_then_and_now();
        let words = |it: Option<(Instant, String)>| it.map(|(date, text)| Words { date, text });
        let title = match report.title.as_str() {
            "" => report.profile.clone(),
            title => title.to_owned(),
        };
        let link = self.site.as_ref();
        let link = link.map(|site| format!("{site}f/{}", finding.id));
        let label = if is_back {
            "back".to_owned()
        } else {
            entry.label.key()
        };
        Change {
            weight: (!is_back).then(|| finding.weight()),
            kind: label,
            what: entry.subject.clone(),
            said: entry.said.clone(),
            then: words(then),
            now: words(now),
            page: page_of(finding, report),
            cited: vec![Cited {
                profile: report.profile.clone(),
                title,
                finding: (!is_back).then(|| finding.id.clone()),
                link,
            }],
        }
    }

    /// Sends the messages that are due, each channel's in their order. A channel that fails is left alone until its next time.
    async fn send(&self) -> Result<Vec<Tried>, AnalyseError> {
        let mut tried: Vec<Tried> = Vec::new();
        let disabled = self.store.disabled_channels(notify::GONE)?;
        for message in self.store.due_messages(self.clock.now())? {
            let mut channels = self.channels.iter();
            let Some(channel) = channels.find(|it| it.name == message.channel) else {
                continue;
            };
            if disabled.contains(&channel.name) {
                continue;
            }
            let failed = |it: &Tried| it.channel == channel.name && it.outcome != Outcome::Sent;
            if !tried.iter().any(failed) {
                tried.push(self.try_once(channel, &message).await?);
            }
        }
        Ok(tried)
    }

    async fn try_once(&self, channel: &Channel, message: &Message) -> Result<Tried, AnalyseError> {
        self.store.begin_attempt(&message.id, self.clock.now())?;
        let outcome = match serde_json::from_str::<Digest>(&message.digest) {
            Ok(digest) => self.attempt(channel, &digest).await,
            Err(error) => Outcome::Refused {
                why: format!("the message cannot be read back: {error}"),
            },
        };
        let now = self.clock.now();
        let (detail, next) = match &outcome {
            Outcome::Sent => ("", None),
            Outcome::Later { why, after } => {
                let next = notify::next_try(now, message.tries + 1, *after);
                (why.as_str(), next)
            }
            Outcome::Refused { why } => (why.as_str(), None),
        };
        self.store.end_attempt(&message.id, detail, next)?;
        Ok(Tried {
            message: message.id.clone(),
            channel: channel.name.clone(),
            outcome,
            next,
        })
    }

    /// Sends a digest once, whatever the outbox says: a test of the channel.
    pub async fn attempt(&self, channel: &Channel, digest: &Digest) -> Outcome {
        match channel.parcel(digest, self.clock.now()) {
            Err(error) => Outcome::later(error.to_string()),
            Ok(Parcel::Run(command, input)) => {
                notify::run(&command, input.as_bytes(), channel.time)
            }
            Ok(Parcel::Mail) => {
                let reports = || self.reports(digest);
                let sent = notify::deliver(channel, digest, &reports).await;
                sent.unwrap_or_else(|error| Outcome::later(error.to_string()))
            }
            Ok(Parcel::Post(post)) => self.post(&post, channel.time).await,
        }
    }

    async fn post(&self, post: &notify::Post, time: Duration) -> Outcome {
        let options = fetch::Options {
            total_timeout: time,
            ..(*self.options).clone()
        };
        let fields: Vec<(&str, &str)> = post
            .fields
            .iter()
            .map(|(name, value)| (*name, value.reveal()))
            .collect();
        let sending = fetch::Sending {
            is_put: post.is_put,
            url: post.url.reveal(),
            fields: &fields,
            body: &post.body,
        };
        let sent = fetch::send(sending, &options, self.clock.now());
        match tokio::time::timeout(time, sent).await {
            Err(_) => Outcome::later(format!("no answer in {} s", time.as_secs())),
            Ok(Err(why)) => Outcome::later(why),
            Ok(Ok(received)) => Answer {
                status: received.status,
                retry_after: received
                    .retry_after
                    .and_then(|it| TimeDelta::from_std(it).ok()),
                body: received.body,
            }
            .outcome(),
        }
    }

    /// The reports on the profiles of a digest. One that cannot be made is left out: the message does not wait for it.
    fn reports(&self, digest: &Digest) -> Vec<Attachment> {
        let Ok(decisions) = self.store.decisions(self.clock.now()) else {
            return Vec::new();
        };
        let names = digest.profiles();
        let wanted = self.profiles.iter().filter(|named| {
            let mut names = names.iter();
            names.any(|(name, _)| *name == named.name)
        });
        let made = wanted.take(REPORTS).filter_map(|named| {
            let findings = current(self.store, named, self.comparing).ok()?;
            let report = report(
                self.store,
                named,
                &findings,
                &decisions,
                self.comparing,
                self.command,
            );
            let report = report.ok()?.part(0, crate::report::MOST);
            Some(Attachment {
                name: format!("{}.html", named.name),
                bytes: report.to_html().into_bytes(),
            })
        });
        made.collect()
    }
}

/// The address of the page that a finding is about: as the article has it, or as it was visited.
fn page_of(finding: &Finding, report: &Report) -> String {
    let number = match finding.subject {
        Subject::Reference { number } => Some(number),
        _ => finding.cites.first().copied(),
    };
    let mut references = report.references.iter();
    let cited = references.find(|it| Some(it.number) == number);
    let visited = finding.evidence.first();
    cited
        .and_then(|it| it.address.clone())
        .or_else(|| visited.map(|it| it.capture.target_uri.to_string()))
        .unwrap_or_default()
}

/// The changes, the heaviest first and good news last; the same change of a page that several profiles cite occurs once.
fn merged(changes: impl Iterator<Item = Change>) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let mut places: BTreeMap<(String, String, String, String), usize> = BTreeMap::new();
    for change in changes {
        // Articles cite different places of one page.
        let page = change.page.split('#').next().unwrap_or_default().to_owned();
        let key = (
            page,
            change.kind.clone(),
            change.what.clone(),
            change.said.clone(),
        );
        let place = *places.entry(key).or_insert(all.len());
        match all.get_mut(place) {
            Some(there) => there.cited.extend(change.cited),
            None => all.push(change),
        }
    }
    all.sort_by_key(|change| (change.weight.is_none(), change.weight));
    all
}
