//! Detects whether the local network is down: a run that could not reach anything says nothing about any page.

use std::collections::BTreeMap;

use crate::{
    capture::{FailureKind, Outcome, Visit},
    fetch::{self, Options},
    uri::TargetUri,
};

/// For each host of a run, whether anything there could be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Met(BTreeMap<String, bool>);

impl Met {
    /// Records how a visit ended.
    pub(super) fn note(&mut self, visit: &Visit) {
        for capture in &visit.captures {
            let reached = match &capture.outcome {
                Outcome::Failure(it) if is_of_the_way(it.kind) => false,
                // No request was sent to the host.
                Outcome::Failure(it) if is_ours(it.kind) => continue,
                _ => true,
            };
            let host = capture.target_uri.host().to_owned();
            *self.0.entry(host).or_default() |= reached;
        }
    }

    /// Whether nothing could be reached although at least two hosts were tried. If only one was, the name of one more host of the
    /// `known` pages is resolved, without a request to it.
    pub(super) async fn is_offline(
        &self,
        options: &Options,
        known: impl Iterator<Item = TargetUri>,
    ) -> bool {
        if self.0.is_empty() || self.0.values().any(|value| *value) {
            return false;
        }
        if self.0.len() > 1 {
            return true;
        }
        let is_name = |uri: &TargetUri| uri.host().parse::<std::net::IpAddr>().is_err();
        let mut others = known.filter(|known| !self.0.contains_key(known.host()) && is_name(known));
        match others.next() {
            Some(other) => !fetch::has_address(&other, options).await,
            None => false,
        }
    }
}

/// Whether a visit failed before the server: at the lookup of the name, or at the connection.
fn is_of_the_way(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::DnsNotFound
            | FailureKind::DnsFailed
            | FailureKind::DnsTimeout
            | FailureKind::Connect
            | FailureKind::ConnectTimeout
            | FailureKind::Proxy
    )
}

/// Whether a visit was not made for a local reason.
fn is_ours(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::RobotsRefused
            | FailureKind::GuardRefused
            | FailureKind::HostBackoff
            | FailureKind::Stopped
    )
}
