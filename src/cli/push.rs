//! `stillsays push`: has cited pages saved in another archive, and shows what came of it.

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf, sync::Arc, time::Duration};

use chrono::TimeDelta;
use clap::Args;
use serde_json::{Value, json};

use crate::{
    clock::{Instant, warc_date},
    config::PushWhen,
    finding::{Conclusion, Subject},
    pipeline::{Named, PushError, Pushing},
    store::{Push, PushState, Store},
    text::for_terminal,
    uri::TargetUri,
};

use super::{
    Exit, Failure, Format, Session, fetching,
    profiles::ProfilesArgs,
    rescue::{manners, opened},
    run::runtime,
    session::{json_text, print},
    signals::Stop,
};

/// Arguments of `push`.
#[derive(Args, Debug)]
pub(super) struct PushArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// Only these references, by number [default: all]
    #[arg(value_name = "REF")]
    references: Vec<u32>,
    /// The archive, by name [default: the first in the setting push.archives]
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// Only send what waits in the outbox, and ask what became of the rest
    #[arg(long, conflicts_with = "references")]
    due: bool,
    /// Show what would be pushed, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A page that was pushed is not pushed again for this long.
const AGAIN: TimeDelta = TimeDelta::days(1);

impl PushArgs {
    /// Queues the pages, sends what waits, and prints the state of each.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = if self.due {
            Vec::new()
        } else {
            self.profiles.load(session)?
        };
        let (base, name) = self.archive(session)?;
        let is_meant =
            |number: u32| self.references.is_empty() || self.references.contains(&number);
        let pages = pages(&profiles, is_meant);
        if self.dry_run {
            let list: Vec<String> = pages
                .iter()
                .map(|page| format!("{page}  to {name}"))
                .collect();
            print(&for_terminal(&list.join("\n")))?;
            return Ok(Exit::Done);
        }
        let keys = keys(session)?;
        let now = session.clock.now();
        let stop = Stop::listen()?;
        let archive = opened(session, "push")?;
        let pushes = archive.write(|store| {
            queue(store, &name, &pages, "by hand", now)?;
            let mut options = fetching::options(&session.config.settings.fetch)?;
            options.delay = options.delay.min(Duration::from_secs(1));
            let pushing = Pushing {
                store,
                base,
                name: name.clone(),
                keys,
                options: Arc::new(options),
                manners: manners(&session.config.settings.archives)?,
                clock: session.clock.clone(),
                stop: stop.receiver(),
            };
            runtime()?.block_on(pushing.go())?;
            Ok(store.pushes()?)
        })?;
        let pushes: Vec<Push> = pushes
            .into_iter()
            .filter(|push| push.archive == name)
            .collect();
        self.tell(&pushes)?;
        Ok(match stop.exit() {
            Some(exit) => exit,
            None if pushes
                .iter()
                .any(|push| push.state == PushState::Refused && push.at >= now) =>
            {
                Exit::Unfetched
            }
            None => Exit::Done,
        })
    }

    /// The address of the archive to push to, and its name.
    fn archive(&self, session: &Session) -> Result<(String, String), Failure> {
        let known = &session.config.settings.push.archives;
        let mut names = Vec::new();
        for address in known {
            let (uri, _) = super::address(address)?;
            let name = match uri.as_url().port() {
                Some(port) => format!("{}:{port}", uri.host()),
                None => uri.host().to_owned(),
            };
            if self
                .to
                .as_ref()
                .is_none_or(|to| name == *to || uri.host() == to)
            {
                return Ok((address.trim_end_matches('/').to_owned(), name));
            }
            names.push(name);
        }
        let to = self.to.clone().unwrap_or_else(|| "any archive".to_owned());
        Err(
            Failure::usage(anyhow::anyhow!("pages cannot be pushed to {to}")).hint(format!(
                "the setting push.archives names {}",
                names.join(", ")
            )),
        )
    }

    fn tell(&self, pushes: &[Push]) -> Result<(), Failure> {
        let text = match self.format {
            Format::Json => {
                let rows: Vec<Value> = pushes.iter().map(to_json).collect();
                json_text(&json!({"format": 1, "pushes": rows}))
            }
            Format::Text => {
                let mut text = String::new();
                for push in pushes {
                    let detail = match (push.state, push.detail.as_deref()) {
                        (PushState::Done, Some(address)) => format!("archived: {address}"),
                        (PushState::Done, None) => "archived".to_owned(),
                        (PushState::Asked, _) => "asked; not archived yet".to_owned(),
                        (PushState::Asking, _) => "sent; no answer yet".to_owned(),
                        (PushState::Queued, _) => "waits".to_owned(),
                        (PushState::Refused, why) => {
                            format!("refused: {}", why.unwrap_or_default())
                        }
                        (PushState::Later, why) => format!("later: {}", why.unwrap_or_default()),
                    };
                    let _ = writeln!(text, "{}  {detail}", push.page);
                }
                for_terminal(&text)
            }
        };
        Ok(print(&text)?)
    }
}

fn to_json(it: &Push) -> Value {
    let detail = it.detail.as_deref();
    let is = |state: PushState| (it.state == state).then_some(detail).flatten();
    json!({"url": it.page, "to": it.archive, "state": it.state, "at": warc_date(it.at),
        "job": is(PushState::Asked), "archived": is(PushState::Done).filter(|it| it.starts_with("http")),
        "detail": detail, "not_before": it.until.map(warc_date)})
}

/// The pages of references, each once.
fn pages(profiles: &[Named], is_meant: impl Fn(u32) -> bool) -> Vec<TargetUri> {
    let references = profiles
        .iter()
        .flat_map(|profile| &profile.profile.references);
    let pages = references
        .filter(|reference| is_meant(reference.number))
        .filter_map(|reference| TargetUri::parse(reference.url.as_deref()?).ok());
    let pages: BTreeSet<String> = pages.map(|page| page.0.to_string()).collect();
    pages.iter().filter_map(|page| page.parse().ok()).collect()
}

fn queue(
    store: &Store,
    archive: &str,
    pages: &[TargetUri],
    why: &str,
    now: Instant,
) -> Result<usize, Failure> {
    let pushes = pages.iter().map(|page| Push {
        page: page.clone(),
        archive: archive.to_owned(),
        at: now,
        state: PushState::Queued,
        detail: Some(why.to_owned()),
        until: None,
    });
    Ok(store.queue_pushes(pushes.collect(), now - AGAIN)?)
}

/// Queues the pages that the policy of the settings names, after a run that began at `since`: `push --due` sends them.
pub(super) fn queue_by_policy(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    since: Instant,
) -> Result<(), Failure> {
    let settings = &session.config.settings.push;
    let Some(archive) = settings
        .archives
        .first()
        .filter(|_| !settings.when.is_empty())
    else {
        return Ok(());
    };
    let (uri, _) = super::address(archive)?;
    let name = match uri.as_url().port() {
        Some(port) => format!("{}:{port}", uri.host()),
        None => uri.host().to_owned(),
    };
    let now = session.clock.now();
    let all = pages(profiles, |_| true);
    for when in &settings.when {
        let (why, meant) = match when {
            PushWhen::First => {
                let firsts = store.first_visits(&all)?;
                let is_new =
                    |it: &(&TargetUri, Option<Instant>)| it.1.is_some_and(|it| it >= since);
                (
                    "first visit",
                    all.iter()
                        .zip(firsts)
                        .filter(is_new)
                        .map(|it| it.0.clone())
                        .collect(),
                )
            }
            PushWhen::Change => {
                let dates = store.page_dates(&all)?;
                let changed = all.iter().zip(dates).filter(|it| {
                    it.1.is_some_and(|dates| dates.changed.is_some_and(|changed| changed >= since))
                });
                (
                    "changed",
                    changed.map(|changed| changed.0.clone()).collect::<Vec<_>>(),
                )
            }
            PushWhen::Stale => ("stale", gone_stale(store, profiles, since)?),
        };
        queue(store, &name, &meant, why, now)?;
    }
    Ok(())
}

/// The pages of references that became stale after a moment.
fn gone_stale(
    store: &Store,
    profiles: &[Named],
    since: Instant,
) -> Result<Vec<TargetUri>, Failure> {
    let mut pages = Vec::new();
    for named in profiles {
        for finding in store.findings(&named.name)? {
            let is_new = finding
                .history
                .changed_by
                .is_some_and(|change| change >= since);
            if let (Subject::Reference { number }, Conclusion::Fate(_)) =
                (&finding.subject, &finding.conclusion)
                && finding.is_stale()
                && is_new
            {
                let reference = named.profile.reference(*number);
                let url = reference.and_then(|reference| reference.url.as_deref());
                pages.extend(
                    url.and_then(|url| TargetUri::parse(url).ok())
                        .map(|it| it.0),
                );
            }
        }
    }
    Ok(pages)
}

/// The keys: from the file that the settings name, or from the credential `push-keys` of systemd. They are never stored, logged or exported.
fn keys(session: &Session) -> Result<String, Failure> {
    let file = &session.config.settings.push.keys;
    let credential = std::env::var_os("CREDENTIALS_DIRECTORY")
        .map(|value| PathBuf::from(value).join("push-keys"));
    let file = if file.as_os_str().is_empty() {
        credential.filter(|credential| credential.exists())
    } else {
        Some(file.clone())
    };
    let file = file.ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("there are no keys for pushing pages"))
            .hint("put ACCESS:SECRET into a file that only you can read, and name it: [push] keys = \"FILE\"; or load it as the systemd credential `push-keys`")
    })?;
    let text = std::fs::read_to_string(&file).map_err(|source| {
        Failure::usage(
            anyhow::Error::from(source).context(format!("{} cannot be read", file.display())),
        )
        .hint("the setting push.keys names a file with ACCESS:SECRET")
    })?;
    let keys = text.trim().to_owned();
    if keys.split(':').count() != 2 || keys.contains(char::is_whitespace) {
        return Err(
            Failure::usage(anyhow::anyhow!("{} does not contain keys", file.display()))
                .hint("write them as ACCESS:SECRET, on one line"),
        );
    }
    Ok(keys)
}

impl From<PushError> for Failure {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Store(store) => store.into(),
            PushError::NoAccess { .. } => {
                Self::usage(error).hint("check the file that the setting push.keys names")
            }
            PushError::Unanswered { .. } => Self::usage(error)
                .hint("what waits stays in the outbox; `stillsays push --due` sends it"),
        }
    }
}
