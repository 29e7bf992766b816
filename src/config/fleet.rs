//! `[fleet]`: what fetchers and archives on several machines share.

use std::path::PathBuf;

use chrono::TimeDelta;
use serde::Deserialize;

/// What a fleet shares.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetSettings {
    /// The database: an address, or the path of a file; empty for none. It can contain a password.
    pub database: String,
    /// The file with the password for it; empty for the credential.
    pub password: PathBuf,
    /// The depot: a folder, or the address of a bucket; empty for none.
    pub depot: String,
    /// The file with the key for the bucket; empty for the credential.
    pub credentials: PathBuf,
    /// A PEM file with additional authorities for both; empty for none.
    pub roots: PathBuf,
    /// The name of the archive in the fleet.
    pub archive: String,
    /// The name of the fetcher; empty for one that is made.
    pub worker: String,
    /// After how long without a sign of a fetcher another one gets its pages.
    #[serde(deserialize_with = "super::read::interval")]
    pub lease: TimeDelta,
    /// The least time between two requests to one address, whatever the names of its hosts; zero for none.
    #[serde(deserialize_with = "super::read::interval")]
    pub address_delay: TimeDelta,
}
