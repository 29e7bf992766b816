//! `stillsays feed`: what was found, as an Atom file for programs that people read news with. The desk serves the same.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;

use crate::{
    clock::Instant,
    feed::{ENTRIES, Entry, Feed, tag},
    finding::{Finding, Standing},
    pipeline::Named,
    report::{changed, feed_entry},
    store::{Access, Store},
};

use super::{
    Exit, Failure, Session, findings,
    output::{is_stdout, write_whole},
    profiles::ProfilesArgs,
};

/// Arguments of `feed`.
#[derive(Args, Debug)]
pub(super) struct FeedArgs {
    #[command(flatten)]
    profiles: ProfilesArgs,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl FeedArgs {
    /// Runs the verb.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let profiles = self.profiles.load(session)?;
        let store = Store::open(&session.config.settings.store, Access::ReadOnly)?;
        let one = profiles
            .first()
            .filter(|_| self.profiles.is_named() && profiles.len() == 1);
        let atom = feed(session, &store, &profiles, one)?.to_atom();
        let file = self.output.as_deref().filter(|it| !is_stdout(it));
        if let Some(file) = file {
            write_whole(file, atom.as_bytes())?;
            session.remark(&format!("wrote {}", file.display()));
        } else {
            let mut out = io::stdout().lock();
            out.write_all(atom.as_bytes())?;
            out.flush()?;
        }
        Ok(Exit::Done)
    }
}

/// The feed of all profiles, or of the one that is named: the findings that ask for a decision, whatever was decided.
fn feed(
    session: &Session,
    store: &Store,
    profiles: &[Named],
    one: Option<&Named>,
) -> Result<Feed, Failure> {
    let site = session
        .config
        .settings
        .serve
        .url
        .trim()
        .trim_end_matches('/');
    let decisions = store.decisions(session.clock.now())?;
    let mut entries: Vec<(Instant, String, Entry)> = Vec::new();
    for named in profiles {
        let asks = |finding: &Finding| {
            let is_muted = matches!(decisions.standing(finding), Standing::Muted(_));
            finding.weight().is_question() && !is_muted
        };
        let current = findings::current(session, store, named)?;
        entries.extend(current.iter().filter(|it| asks(it)).map(|finding| {
            let entry = feed_entry(finding, &named.profile, site);
            (changed(finding), finding.id.to_string(), entry)
        }));
    }
    entries.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
    entries.truncate(ENTRIES);
    let (title, path, page) = match one {
        Some(named) => {
            let name: String =
                url::form_urlencoded::byte_serialize(named.name.as_bytes()).collect();
            let title = named.profile.title.clone();
            (title, format!("p/{name}.atom"), format!("p/{name}"))
        }
        None => (
            "what was found".to_owned(),
            "all.atom".to_owned(),
            String::new(),
        ),
    };
    Ok(Feed {
        id: tag(site, &format!("feed/{path}")),
        title: format!("stillsays: {title}"),
        here: String::new(),
        page: if site.is_empty() {
            String::new()
        } else {
            format!("{site}/{page}")
        },
        next: None,
        updated: entries.first().map(|it| it.0).unwrap_or_default(),
        entries: entries.into_iter().map(|it| it.2).collect(),
    })
}
