//! `stillsays serve`: the archive in a browser, until it is told to stop.

use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpListener;

use crate::{
    store::{Access, Store},
    web,
};

use super::{Exit, Failure, Session, session::print, signals::Stop};

/// How many requests are answered at the same time; the others wait.
const AT_ONCE: usize = 8;

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Shows reports and what is held on this address and port; port 0 for any that is free
    #[arg(long, value_name = "ADDRESS", value_parser = socket)]
    listen: Option<SocketAddr>,
    /// Replays archived pages on this one, an origin of its own
    #[arg(long, value_name = "ADDRESS", value_parser = socket)]
    replay: Option<SocketAddr>,
}

impl ServeArgs {
    /// Reads the store and writes nothing, so a run may go on beside it.
    pub(super) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let settings = &session.config.settings;
        let options = web::Options {
            store: Store::open(&settings.store, Access::ReadOnly)?,
            profiles: settings.profiles.clone(),
            hosts: settings.serve.hosts.clone(),
            limits: web::Limits {
                connections: settings.serve.connections,
                patience: settings.serve.patience.to_std().unwrap_or_default(),
            },
            comparing: super::findings::comparing(session),
            clock: session.clock.clone(),
            command: session.program.clone(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(AT_ONCE)
            .build()?;
        let outcome = runtime.block_on(async {
            let site = listen(self.listen.unwrap_or(settings.serve.listen), "--listen").await?;
            let replay = listen(self.replay.unwrap_or(settings.serve.replay), "--replay").await?;
            let stop = Stop::listen()?;
            print(&format!(
                "site    http://{}/\nreplay  http://{}/",
                site.local_addr()?,
                replay.local_addr()?
            ))?;
            web::serve(site, replay, options, stop.receiver()).await?;
            Ok(stop.exit().unwrap_or(Exit::Done))
        });
        // A report that is still being computed is no reason to stay.
        runtime.shutdown_background();
        outcome
    }
}

async fn listen(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "another program listens there, or the other of the two addresses is the same; name another port with {flag}, or port 0 for any that is free"
            ),
            std::io::ErrorKind::PermissionDenied => {
                format!("ports under 1024 are for the administrator; name another with {flag}")
            }
            _ => format!("name an address of this machine with {flag}, such as 127.0.0.1:8080"),
        };
        let error = anyhow::Error::from(error).context(format!("{address} cannot be listened on"));
        Failure::usage(error).hint(hint)
    })
}

/// An address and a port; `localhost` is 127.0.0.1.
fn socket(text: &str) -> Result<SocketAddr, String> {
    let numbers = text.trim().replacen("localhost:", "127.0.0.1:", 1);
    numbers
        .parse()
        .map_err(|_| "an address and a port such as 127.0.0.1:8080 are needed".into())
}
