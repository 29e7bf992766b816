//! `stillsays notify`: sends alerts, tests channels, and shows what was sent; and what a run does with them.

use std::{fmt::Write as _, sync::Arc};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    clock::warc_date,
    digest::{ContentDigest, hex},
    notify::{Channel, Digest, GONE, Outcome},
    pipeline::{Alerting, Named, Tried},
    store::{Access, Attempt, Message, MessageState, Store},
    text::for_terminal,
};

use super::{
    Exit, Failure, Format, Session,
    archive::Archive,
    fetching,
    findings::comparing,
    profiles::ProfilesArgs,
    run::runtime,
    session::{json_text, print},
};

/// Arguments of `notify`.
#[derive(Args, Debug)]
pub(super) struct NotifyArgs {
    #[command(subcommand)]
    verb: NotifyVerb,
}

#[derive(Debug, Subcommand)]
enum NotifyVerb {
    /// Show the messages of the last 90 days, and every attempt to send them
    Log(LogArgs),
    /// Send a test through a channel
    Test(TestArgs),
    /// Send what waits now, whatever its time, and what was given up
    Retry(RetryArgs),
}

#[derive(Args, Debug)]
struct LogArgs {
    /// Only messages that were not sent
    #[arg(long)]
    unsent: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Args, Debug)]
struct TestArgs {
    /// The channel: the NAME of a section `[notify.NAME]`
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

#[derive(Args, Debug)]
struct RetryArgs {
    /// Only these messages, by id
    #[arg(value_name = "MESSAGE")]
    messages: Vec<String>,
}

impl NotifyArgs {
    /// Runs the verb.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self.verb {
            NotifyVerb::Log(log) => log.run(session),
            NotifyVerb::Test(test) => test.run(session),
            NotifyVerb::Retry(retry) => retry.run(session),
        }
    }
}

impl LogArgs {
    fn run(self, session: &Session) -> Result<Exit, Failure> {
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let mut messages = store.messages()?;
        messages.retain(|it| !self.unsent || it.state != MessageState::Sent);
        let disabled = store.disabled_channels(GONE)?;
        let mut all = Vec::new();
        for message in messages {
            let attempts = store.attempts(&message.id)?;
            all.push((message, attempts));
        }
        print(&match self.format {
            Format::Json => {
                let rows: Vec<Value> = all.iter().map(|it| to_json(&it.0, &it.1)).collect();
                json_text(&json!({"format": 1, "messages": rows, "disabled": disabled}))
            }
            Format::Text if all.is_empty() => "no messages".to_owned(),
            Format::Text => {
                let blocks = all.iter().map(|it| block(&it.0, &it.1));
                let notes = disabled.iter().map(|it| {
                    format!("the channel {it} is disabled: its receiver wants nothing more; `stillsays notify retry` enables it again")
                });
                for_terminal(&blocks.chain(notes).collect::<Vec<_>>().join("\n"))
            }
        })?;
        Ok(Exit::Done)
    }
}

fn to_json(message: &Message, attempts: &[Attempt]) -> Value {
    let attempts = attempts.iter().map(|it| {
        let result = match it.detail.as_deref() {
            None => "interrupted",
            Some("") => "sent",
            Some(_) => "failed",
        };
        let why = it.detail.as_deref().filter(|it| !it.is_empty());
        json!({"at": warc_date(it.at), "result": result, "why": why})
    });
    let waits = matches!(message.state, MessageState::Waiting | MessageState::Sending);
    json!({"id": message.id, "channel": message.channel, "created": warc_date(message.created),
        "state": message.state, "next": waits.then(|| warc_date(message.due)),
        "summary": summary(message), "attempts": attempts.collect::<Vec<_>>()})
}

fn summary(message: &Message) -> String {
    let digest = serde_json::from_str::<Digest>(&message.digest);
    digest.map_or_else(|_| "it cannot be read back".to_owned(), |it| it.summary)
}

fn block(message: &Message, attempts: &[Attempt]) -> String {
    let mut text = format!(
        "{}  {}  {}  {}: {}",
        message.id,
        warc_date(message.created),
        message.channel,
        message.state.word(),
        summary(message)
    );
    for it in attempts {
        let what = match it.detail.as_deref() {
            None => "interrupted".to_owned(),
            Some("") => "sent".to_owned(),
            Some(why) => why.to_owned(),
        };
        let _ = write!(text, "\n  {}  {what}", warc_date(it.at));
    }
    if message.state == MessageState::Waiting {
        let _ = write!(text, "\n  next attempt from {} on", warc_date(message.due));
    }
    text
}

impl TestArgs {
    fn run(self, session: &Session) -> Result<Exit, Failure> {
        let channels = &session.config.channels;
        let Some(channel) = channels.iter().find(|it| it.name == self.channel) else {
            return Err(no_channel(&self.channel, channels));
        };
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let comparing = comparing(session);
        let alerting = alerting(session, &store, &[], &comparing)?;
        let now = session.clock.now();
        let key = format!("{} {}", channel.name, warc_date(now));
        let id = hex(ContentDigest::of(key.as_bytes())
            .as_bytes()
            .get(..12)
            .unwrap_or_default());
        let digest = Digest::trial(format!("test_{id}"), now, alerting.site.clone());
        let outcome = runtime()?.block_on(alerting.attempt(channel, &digest));
        match outcome {
            Outcome::Sent => {
                session.remark(&format!("sent: {}", channel.described()));
                Ok(Exit::Done)
            }
            Outcome::Later { why, .. } | Outcome::Refused { why } => {
                Err(Failure::usage(anyhow::anyhow!("{}: {why}", channel.name))
                    .hint("docs/alerts.md shows an example of each kind of channel")
                    .exit(Exit::Unfetched))
            }
        }
    }
}

fn no_channel(name: &str, channels: &[Channel]) -> Failure {
    let names: Vec<&str> = channels.iter().map(|it| it.name.as_str()).collect();
    let failure = Failure::usage(anyhow::anyhow!("there is no channel `{name}`"));
    failure.hint(match names.as_slice() {
        [] => "add a section `[notify.NAME]` to the settings file; docs/alerts.md shows examples"
            .to_owned(),
        names => format!("the channels are: {}", names.join(", ")),
    })
}

impl RetryArgs {
    fn run(self, session: &Session) -> Result<Exit, Failure> {
        let archive = Archive::alone(session, "notify", Access::ReadWrite)?;
        let profiles = ProfilesArgs::default().load(session)?;
        archive.write(|store| {
            let now = session.clock.now();
            let known = store.messages()?;
            if let Some(id) = self
                .messages
                .iter()
                .find(|id| !known.iter().any(|it| it.id == **id))
            {
                return Err(
                    Failure::usage(anyhow::anyhow!("there is no message `{id}`"))
                        .hint("`stillsays notify log` lists them"),
                );
            }
            store.retry_messages(&self.messages, now)?;
            keep_channels(session, store)?;
            let tried = go(session, store, &profiles)?;
            for it in tried.iter().filter(|it| it.outcome == Outcome::Sent) {
                session.remark(&format!("{}: {} sent", it.channel, it.message));
            }
            let all_sent = tried.iter().all(|it| it.outcome == Outcome::Sent);
            Ok(if all_sent {
                Exit::Done
            } else {
                Exit::Unfetched
            })
        })
    }
}

/// Has what is new from now on kept for the channels of the settings.
pub(super) fn keep_channels(session: &Session, store: &Store) -> Result<(), Failure> {
    let names: Vec<String> = session
        .config
        .channels
        .iter()
        .map(|it| it.name.clone())
        .collect();
    Ok(store.keep_channels(&names, session.clock.now())?)
}

/// Makes and sends the messages that are due. What fails is printed, and changes nothing else.
pub(super) fn send(session: &Session, store: &Store, profiles: &[Named]) {
    if let Err(failure) = go(session, store, profiles) {
        session.warn(&format!("no messages were sent: {}", failure.message()));
    }
}

/// Whether something would be made or sent now.
pub(super) fn waits(session: &Session) -> Result<bool, Failure> {
    let channels = &session.config.channels;
    if channels.is_empty() {
        return Ok(false);
    }
    let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
    let now = session.clock.now();
    let disabled = store.disabled_channels(GONE)?;
    let is_known = |it: &Message| {
        let mut known = channels.iter();
        known.any(|channel| channel.name == it.channel) && !disabled.contains(&it.channel)
    };
    if store.due_messages(now)?.iter().any(is_known) {
        return Ok(true);
    }
    for channel in channels.iter().filter(|it| !disabled.contains(&it.name)) {
        let Some(state) = store.channel_state(&channel.name)? else {
            continue;
        };
        let has_news = !store.alerts_after(state.alert)?.is_empty();
        if has_news && channel.when.is_due(state.digested, now) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn go(session: &Session, store: &Store, profiles: &[Named]) -> Result<Vec<Tried>, Failure> {
    if session.config.channels.is_empty() {
        return Ok(Vec::new());
    }
    let comparing = comparing(session);
    let alerting = alerting(session, store, profiles, &comparing)?;
    let tried = runtime()?.block_on(alerting.go())?;
    for it in &tried {
        let next = match it.next {
            None if is_gone(&it.outcome) => format!(
                "the channel {} is disabled: nothing more is sent through it; `stillsays notify retry` enables it again",
                it.channel
            ),
            Some(at) => format!("it is tried again from {} on", warc_date(at)),
            None => "it is given up; `stillsays notify retry` sends it again".to_owned(),
        };
        match &it.outcome {
            Outcome::Sent => {}
            Outcome::Later { why, .. } | Outcome::Refused { why } => {
                session.warn(&format!("a message through {}: {why}; {next}", it.channel));
            }
        }
    }
    Ok(tried)
}

/// Whether the receiver wants no message any more.
fn is_gone(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Refused { why } if why.starts_with(GONE))
}

fn alerting<'a>(
    session: &'a Session,
    store: &'a Store,
    profiles: &'a [Named],
    comparing: &'a crate::pipeline::Comparing,
) -> Result<Alerting<'a>, Failure> {
    let settings = &session.config.settings;
    let site = settings.serve.url.trim().trim_end_matches('/');
    Ok(Alerting {
        store,
        profiles,
        comparing,
        command: &session.program,
        channels: &session.config.channels,
        site: (!site.is_empty()).then(|| format!("{site}/")),
        options: Arc::new(fetching::options(&settings.fetch)?),
        clock: session.clock.clone(),
    })
}
