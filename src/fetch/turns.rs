//! The turns of hosts that several programs ask: who keeps them is asked before each request, and told after it.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use tokio::sync::oneshot;

use super::{
    Crawl,
    ask::PutOff,
    dial,
    lane::{self, Turn},
};
use crate::uri::TargetUri;

/// What the fetcher says to the keeper of the turns.
#[derive(Debug)]
pub enum Turns {
    /// A request to a host is next.
    Next {
        /// Which one.
        next: Next,
        /// Gets the time to wait. If that is more than [`Next::most`], no request follows. Dropped if the keeper does not know.
        wait: oneshot::Sender<Duration>,
    },
    /// The host was asked.
    Asked {
        /// The host.
        host: String,
        /// How long it is left alone from now on.
        wait: Duration,
        /// Why, if that is more than the usual pause.
        why: Option<String>,
    },
}

/// A request that is next, as far as its turn depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// The host, as [`host_name`](super::host_name) spells it.
    pub host: String,
    /// The least pause after the request.
    pub pause: Duration,
    /// The longest time that the fetcher is ready to wait.
    pub most: Duration,
    /// The addresses of the host; empty if they have no turns of their own.
    pub addresses: Vec<IpAddr>,
    /// The least time to the next request to one of these.
    pub address_pause: Duration,
}

impl Crawl {
    /// How late a request may be for its turn if others ask the host too. The turn is longer by as much, so that two requests are
    /// never closer than the pause.
    pub(super) fn lateness(&self, pause: Duration) -> Duration {
        match self.options.turns {
            Some(_) => (pause / 8).max(Duration::from_millis(20)),
            None => Duration::ZERO,
        }
    }

    /// How long to wait for the turn of a host that other programs ask too. The request may be `late` for it.
    pub(super) async fn shared_wait(
        &self,
        (uri, pause, late): (&TargetUri, Duration, Duration),
        most: Duration,
    ) -> Result<Duration, PutOff> {
        let Some(turns) = &self.options.turns else {
            return Ok(Duration::ZERO);
        };
        let (sender, wait) = oneshot::channel();
        let next = Turns::Next {
            next: self.next((uri, pause, late), most).await,
            wait: sender,
        };
        let unknown = || PutOff::Backoff("whose turn it is could not be found out".to_owned());
        turns.send(next).await.map_err(|_| unknown())?;
        let wait = wait.await.map_err(|_| unknown())?;
        if wait > most {
            return Err(PutOff::for_another(
                wait,
                "another fetcher was asked to wait",
            ));
        }
        Ok(wait)
    }

    /// The next request; it may be `late` for its turn.
    async fn next(
        &self,
        (uri, pause, late): (&TargetUri, Duration, Duration),
        most: Duration,
    ) -> Next {
        let least = self.options.address_delay;
        // Behind a proxy, it is not this program that asks an address.
        let addresses = if least.is_zero() || self.options.proxies.for_uri(uri).is_some() {
            Vec::new()
        } else {
            // Without an address, the request will fail by itself.
            dial::addresses(uri, &self.options)
                .await
                .unwrap_or_default()
        };
        let addresses: BTreeSet<IpAddr> =
            addresses.iter().map(|it| it.ip().to_canonical()).collect();
        Next {
            host: lane::name(uri),
            pause: pause + late,
            most,
            addresses: addresses.into_iter().collect(),
            address_pause: least + late,
        }
    }

    /// Says to the keeper of the turns, if there is one, that a host was asked, and for how long it is left alone.
    pub(super) async fn tell_asked(&self, uri: &TargetUri, turn: &Turn) {
        let Some(turns) = &self.options.turns else {
            return;
        };
        let (wait, why) = turn.wait();
        let asked = Turns::Asked {
            host: lane::name(uri),
            wait,
            why: why.map(str::to_owned),
        };
        // If the keeper is gone, the next request is not sent either.
        let _ = turns.send(asked).await;
    }
}
