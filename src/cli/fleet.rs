//! `stillsays fleet`: fetchers and archives on several machines that share a database and a depot.

mod archive;
mod fetch;
mod figures;
mod status;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use tokio::runtime::{Builder, Runtime};

use crate::{
    fleet::{self, Depot, DepotError, Frontier, FrontierError, TakeError},
    text::counted,
};

pub(super) use figures::figures;

use super::{Exit, Failure, Session, fetching::certificates, session::print};

/// Arguments of `fleet`.
#[derive(Args, Debug)]
pub(super) struct FleetArgs {
    #[command(subcommand)]
    verb: FleetVerb,
}

#[derive(Debug, Subcommand)]
enum FleetVerb {
    /// Create or migrate the tables of the fleet, and check the depot
    Init,
    /// Visit pages for the archives of the fleet, until SIGTERM
    Fetch(fetch::FetchArgs),
    /// Take what the fetchers bring into this archive, compare it, and say when it wants the next visits, until SIGTERM
    Archive(archive::ArchiveArgs),
    /// Show what is due, what is leased, and how far behind each archive is
    Status(status::StatusArgs),
    /// Take hosts back from fetchers that died, and deliver the bundles that these did not report
    Reap,
    /// Take the rest, and leave the fleet: then this archive works on one machine again
    Export(archive::ExportArgs),
}

impl FleetArgs {
    /// Runs the command.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self.verb {
            FleetVerb::Init => init(session),
            FleetVerb::Fetch(fetch) => fetch.run(session),
            FleetVerb::Archive(archive) => archive.run(session),
            FleetVerb::Status(status) => status.run(session),
            FleetVerb::Reap => reap(session),
            FleetVerb::Export(export) => export.run(session),
        }
    }
}

fn init(session: &Session) -> Result<Exit, Failure> {
    let runtime = runtime()?;
    let frontier = frontier(session)?;
    let depot = depot(session)?;
    runtime.block_on(frontier.init())?;
    runtime.block_on(depot.check())?;
    if !session.quiet {
        print(
            "the fleet is ready: the database has its tables, and the depot keeps what is put into it",
        )?;
    }
    Ok(Exit::Done)
}

fn reap(session: &Session) -> Result<Exit, Failure> {
    let runtime = runtime()?;
    let _inside = runtime.enter();
    let (frontier, depot) = (frontier(session)?, depot(session)?);
    let ended = runtime.block_on(frontier.reap())?;
    let adopted = runtime.block_on(fleet::adopt(frontier.as_ref(), &depot))?;
    for why in &adopted.lost {
        session.warn(why);
    }
    if !session.quiet {
        let hosts = counted(ended, "host", "hosts");
        let bundles = counted(adopted.delivered, "bundle", "bundles");
        let left = match adopted.left {
            0 => String::new(),
            left => format!(
                "; {left} left, because a fetcher still has the host or no archive cites the pages"
            ),
        };
        print(&format!(
            "{hosts} taken back; {bundles} delivered that no fetcher had reported{left}"
        ))?;
    }
    Ok(Exit::Done)
}

/// The runtime of a command of the fleet: connections to the database live on it between calls.
fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

/// The frontier that the settings name.
fn frontier(session: &Session) -> Result<Arc<dyn Frontier>, Failure> {
    let settings = &session.config.settings.fleet;
    if settings.database.is_empty() {
        return Err(
            Failure::usage(anyhow::anyhow!("the setting `fleet.database` is empty")).hint(
                "write postgresql://USER@HOST/DATABASE, or the path of a file: docs/fleet.md",
            ),
        );
    }
    let password = secret(&settings.password, "fleet-database")?;
    let database = match password {
        Some(password) => with_password(&settings.database, &password)?,
        None => settings.database.clone(),
    };
    Ok(fleet::open(
        &database,
        roots(session)?,
        session.clock.clone(),
    )?)
}

/// The depot that the settings name.
fn depot(session: &Session) -> Result<Depot, Failure> {
    let settings = &session.config.settings.fleet;
    if settings.depot.is_empty() {
        return Err(
            Failure::usage(anyhow::anyhow!("the setting `fleet.depot` is empty"))
                .hint("write the path of a folder, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME"),
        );
    }
    let credentials = match secret(&settings.credentials, "fleet-depot")? {
        None => None,
        Some(text) => match text.split_once(':') {
            Some((key, secret)) => Some((key.to_owned(), secret.to_owned())),
            None => {
                return Err(Failure::usage(anyhow::anyhow!(
                    "the file with the key of the depot does not contain one"
                ))
                .hint("write it as ACCESS:SECRET, on one line"));
            }
        },
    };
    Ok(Depot::open(&settings.depot, credentials, &roots(session)?)?)
}

fn roots(session: &Session) -> Result<Vec<Vec<u8>>, Failure> {
    let roots = certificates(&session.config.settings.fleet.roots, "fleet.roots")?;
    Ok(roots.iter().map(|root| root.to_vec()).collect())
}

/// What is in the file that a setting names, or in a credential of systemd; `None` if there is neither.
fn secret(file: &Path, credential: &str) -> Result<Option<String>, Failure> {
    let file = if file.as_os_str().is_empty() {
        let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        folder
            .map(|folder| folder.join(credential))
            .filter(|file| file.exists())
    } else {
        Some(file.to_owned())
    };
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(&file).map_err(|source| {
        let error = anyhow::Error::from(source);
        Failure::usage(error.context(format!("{} cannot be read", file.display()))).hint(
            "the settings fleet.password and fleet.credentials name files that only you can read",
        )
    })?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The address of a database with a password.
fn with_password(database: &str, password: &str) -> Result<String, Failure> {
    let wrong = |detail: String| Failure::from(FrontierError::Address(detail));
    let mut url = url::Url::parse(database).map_err(|error| wrong(error.to_string()))?;
    url.set_password(Some(password))
        .map_err(|()| wrong("it has no host for the password".to_owned()))?;
    Ok(url.into())
}

impl From<FrontierError> for Failure {
    fn from(error: FrontierError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}

impl From<DepotError> for Failure {
    fn from(error: DepotError) -> Self {
        let hint = error.hint();
        Self::usage(error).hint(hint)
    }
}

impl From<TakeError> for Failure {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Frontier(error) => error.into(),
            TakeError::Depot(error) => error.into(),
            TakeError::Store(error) => error.into(),
        }
    }
}
