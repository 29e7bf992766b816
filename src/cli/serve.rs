//! `stillsays serve`: shows the archive in a browser, until the program is stopped.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use tokio::net::TcpListener;

use crate::{
    account::{Accounts, Lifetime},
    store::{Access, Store},
    web,
};

#[cfg(feature = "fleet")]
use super::fleet::figures;
use super::{
    Exit, Failure, Session,
    ledger::{Sealer, key_path},
    session::print,
    signals::Stop,
    user::accounts_file,
};

/// The most requests that are answered at the same time; others wait.
const AT_ONCE: usize = 8;

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// The address and port for reports and the pages around them; port 0 for any free port
    #[arg(long, value_name = "ADDRESS", value_parser = socket)]
    listen: Option<SocketAddr>,
    /// The address and port for archived pages, which get an origin of their own
    #[arg(long, value_name = "ADDRESS", value_parser = socket)]
    replay: Option<SocketAddr>,
}

impl ServeArgs {
    /// Opens the store for reading, and for each decision shortly for writing, so a run can work at the same time.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let shown = Shown {
            store: settings.store.clone(),
            profiles: settings.profiles.clone(),
            key: key_path(settings),
            command: session.program.clone(),
            public_replay: settings.cite.public_replay.clone(),
        };
        serve(session, &shown, self.listen, self.replay)
    }
}

/// The archive that is shown.
pub(super) struct Shown {
    /// The file of the store.
    pub(super) store: PathBuf,
    /// The folder of the profiles.
    pub(super) profiles: PathBuf,
    /// The file with the key that signs checkpoints.
    pub(super) key: PathBuf,
    /// The command line that opens this archive.
    pub(super) command: String,
    /// The public address of the replay; empty for none.
    pub(super) public_replay: String,
}

/// Shows an archive until the program is stopped.
pub(super) fn serve(
    session: &Session,
    shown: &Shown,
    site: Option<SocketAddr>,
    replay: Option<SocketAddr>,
) -> Result<Exit, Failure> {
    let settings = &session.config.settings;
    let accounts = accounts_file(settings, &shown.store);
    let site = site.unwrap_or(settings.serve.listen);
    refuse_everybody(session, site, &accounts)?;
    let store = Store::open(&shown.store, Access::ReadOnly)?;
    // Reading needs no key.
    let signer = Sealer::at(session, &store, &shown.key).ok();
    let options = web::Options {
        store,
        profiles: shown.profiles.clone(),
        hosts: settings.serve.hosts.clone(),
        limits: web::Limits {
            connections: settings.serve.connections,
            patience: settings.serve.patience.to_std().unwrap_or_default(),
        },
        comparing: super::findings::comparing(session),
        clock: session.clock.clone(),
        command: shown.command.clone(),
        reviewer: session.person(),
        signer: signer.and_then(Sealer::signer),
        public_replay: shown.public_replay.clone(),
        public: web::Public {
            site: settings.serve.url.clone(),
            replay: settings.serve.replay_url.clone(),
        },
        proxies: web::Proxies {
            trusted: settings.serve.trusted_proxies.clone(),
            user_header: settings.serve.user_header.clone(),
        },
        figures: figures(session)?,
        accounts,
        lifetime: Lifetime {
            idle: settings.serve.session_idle,
            most: settings.serve.session_max,
        },
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(AT_ONCE)
        .build()?;
    let outcome = runtime.block_on(async {
        let site = listen(site, "--listen").await?;
        let replay = listen(replay.unwrap_or(settings.serve.replay), "--replay").await?;
        let stop = Stop::listen()?;
        let addresses = format!(
            "site    http://{}/\nreplay  http://{}/",
            site.local_addr()?,
            replay.local_addr()?
        );
        let announce = || print(&addresses);
        web::serve(site, replay, options, stop.receiver(), announce).await?;
        Ok(stop.exit().unwrap_or(Exit::Done))
    });
    // Stop even if a report is still being computed.
    runtime.shutdown_background();
    outcome
}

/// This build knows no fleet.
#[cfg(not(feature = "fleet"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "a build with a fleet can fail here"
)]
fn figures(_: &Session) -> Result<Option<web::Figures>, Failure> {
    Ok(None)
}

/// Without accounts, everyone who reaches the site can decide: so only this machine may.
fn refuse_everybody(session: &Session, site: SocketAddr, accounts: &Path) -> Result<(), Failure> {
    if site.ip().to_canonical().is_loopback() || Accounts::open(accounts)?.is_some() {
        return Ok(());
    }
    let error = anyhow::anyhow!("serving on {site} without accounts would let anybody decide");
    Err(Failure::usage(error).hint(format!(
        "`{} user add NAME --role admin`, or listen on 127.0.0.1",
        session.program
    )))
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "another program uses this port, or both addresses are the same; choose another port with {flag}, or port 0 for any free port"
            ),
            std::io::ErrorKind::PermissionDenied => {
                format!("ports below 1024 need an administrator; choose another with {flag}")
            }
            _ => format!("choose an address of this machine with {flag}, such as 127.0.0.1:8080"),
        };
        let error = anyhow::Error::from(error).context(format!("cannot listen on {address}"));
        Failure::usage(error).hint(hint)
    })
}

/// An address and a port; `localhost` is 127.0.0.1.
fn socket(text: &str) -> Result<SocketAddr, String> {
    let numbers = text.trim().replacen("localhost:", "127.0.0.1:", 1);
    numbers
        .parse()
        .map_err(|_| "give an address and a port, such as 127.0.0.1:8080".into())
}
