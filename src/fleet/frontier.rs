//! The frontier: what is due, which fetcher has it, and when each host may be asked again.
//!
//! One row per host is the unit of politeness, of leasing and of claiming. A claim is a lease with a *fence*, a number that
//! grows with every claim of the host: what a fetcher brings under an old fence is archived, but schedules nothing.
//! A page that many archives cite is one seed. It is due when the first of them wants it, visited once, and delivered to all.
//! After a visit, a seed is not due before an archive that cites it has taken the visit and says when it wants the next:
//! so cadences stay with the archives, and nothing piles up for an archive that is down.
//!
//! All times are those of the database. A fetcher gives and gets durations, so its own clock does not matter.

mod postgres;
mod sqlite;

use std::{collections::BTreeSet, path::Path, pin::Pin, sync::Arc, time::Duration};

pub use postgres::Postgres;
pub use sqlite::Sqlite;

use crate::{
    clock::{Clock, Instant},
    digest::PayloadDigest,
    fetch::{self, Next},
    host::{HostState, Origin},
    uri::TargetUri,
};

/// The most seeds of one claim. As a literal in the SQL: as a parameter of `LIMIT`, the claim was many times slower.
const SEEDS: usize = 8;

/// The most bundles that an archive asks for at once; in the SQL, too.
const BUNDLES: usize = 32;

/// The due date of a page that is wanted as soon as possible: the frontier enters its own time.
pub const AT_ONCE: Instant = Instant::UNIX_EPOCH;

/// What a frontier answers, when it does.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, FrontierError>> + Send + 'a>>;

/// The right of a fetcher to visit seeds of a host, for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// The host, as [`fetch::host_name`] spells it.
    pub host: String,
    /// The fence: greater than that of every earlier claim of the host.
    pub fence: i64,
    /// The time of the database.
    pub now: Instant,
    /// The seeds to visit, the one that is due the longest first.
    pub seeds: Vec<Due>,
    /// What is known of the origins of the host.
    pub states: Vec<(Origin, HostState)>,
}

/// A seed that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Its number.
    pub seed: i64,
    /// Its address.
    pub uri: TargetUri,
    /// The condition of the request as JSON, if all archives that cite it have the same.
    pub condition: Option<String>,
    /// For each archive that cites it, which lists to follow from it, as JSON; empty if none asks for that.
    pub lists: Vec<Option<String>>,
}

/// What a fetcher says at the end of a lease.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finish {
    /// The host of the lease.
    pub host: String,
    /// The fence of the lease.
    pub fence: i64,
    /// The fetcher.
    pub worker: String,
    /// The digest of the bundle with the visits, as hexadecimal digits, and its size in bytes; `None` if nothing was visited.
    /// The bundle must be in the depot.
    pub bundle: Option<(String, u64)>,
    /// The seeds whose visits are in the bundle. The other seeds of the lease stay due.
    pub visited: Vec<Visited>,
    /// The origins that were asked, with their state.
    pub states: Vec<(Origin, HostState)>,
    /// How long to leave the host alone from now on.
    pub leave: Duration,
}

/// A visit of a seed, in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// The number of the seed.
    pub seed: i64,
    /// The status, or the kind of failure.
    pub came: String,
}

/// A page that an archive cites.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    /// The page.
    pub uri: TargetUri,
    /// When the archive wants the next visit, [`AT_ONCE`] for as soon as possible; `None` while it waits for one that was made.
    pub due: Option<Instant>,
    /// The condition under which to ask for it, as JSON.
    pub condition: Option<String>,
    /// Which lists to follow from it, as JSON ([`Followed`](crate::pipeline::Followed)); `None` for none.
    pub lists: Option<String>,
}

/// A bundle in the depot that no row names: its fetcher ended before it could say so, or the database was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The host of the lease.
    pub host: String,
    /// The fence of the lease.
    pub fence: i64,
    /// The fetcher.
    pub worker: String,
    /// Its digest, as hexadecimal digits, and its size in bytes.
    pub bundle: (String, u64),
    /// The pages whose visits are in it.
    pub pages: Vec<TargetUri>,
}

/// A bundle that an archive has not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number: bundles of one host have the order of their visits.
    pub bundle: i64,
    /// Its digest, as hexadecimal digits.
    pub digest: String,
    /// The seeds in it that the archive cites.
    pub seeds: Vec<String>,
}

/// The state of a fleet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Hosts with a seed.
    pub hosts: u64,
    /// Hosts that could be claimed now.
    pub due: u64,
    /// Hosts that a fetcher has.
    pub leased: u64,
    /// Hosts that have to be left alone for more than the usual pause.
    pub blocked: u64,
    /// Seeds.
    pub seeds: u64,
    /// Seeds that are due.
    pub due_seeds: u64,
    /// Since how many seconds the oldest of these is due.
    pub oldest_s: f64,
    /// Visits that were delivered in the last minute.
    pub visits_last_minute: u64,
    /// Visits that came after their lease was lost, of all times.
    pub late: u64,
    /// The archives, by name.
    pub archives: Vec<Archived>,
}

/// The state of an archive of the fleet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Archived {
    /// Its name.
    pub name: String,
    /// The pages that it cites.
    pub cited: u64,
    /// The bundles that it has not taken yet.
    pub waiting: u64,
    /// Since how many seconds the oldest of these waits.
    pub lag_s: f64,
    /// Since how many seconds its writer was not seen; `None` if it never was.
    pub seen_s: Option<f64>,
}

/// What all fetchers and archives of a fleet share. Each call is one short transaction.
pub trait Frontier: std::fmt::Debug + Send + Sync {
    /// Creates the tables, or brings them to the version of this program; several may do so at the same time.
    fn init(&self) -> Answer<'_, ()>;

    /// Leases the host that could be asked the longest, with up to eight seeds that are due; `None` if no host can be asked.
    fn claim<'a>(&'a self, worker: &'a str, lease: Duration) -> Answer<'a, Option<Lease>>;

    /// Extends a lease from now on; false if it was lost.
    fn extend<'a>(&'a self, host: &'a str, fence: i64, lease: Duration) -> Answer<'a, bool>;

    /// Reserves the next request to a host and its addresses, followed by their pauses. Returns how long to wait before it; if that is
    /// more than [`Next::most`], nothing is reserved, and the host cannot be claimed before.
    fn turn<'a>(&'a self, next: &'a Next) -> Answer<'a, Duration>;

    /// Leaves a host alone for at least `wait` from now on; `why` if that is more than the usual pause.
    fn leave_alone<'a>(
        &'a self,
        host: &'a str,
        wait: Duration,
        why: Option<&'a str>,
    ) -> Answer<'a, ()>;

    /// Ends a lease: delivers the bundle to every archive that cites its pages, and schedules. False if the lease was lost:
    /// then the bundle is delivered, and nothing is scheduled. Saying the same twice has the effect and the answer of once.
    fn finish<'a>(&'a self, done: &'a Finish) -> Answer<'a, bool>;

    /// Takes back the leases that have ended. Returns how many.
    fn reap(&self) -> Answer<'_, u64>;

    /// Which of these bundles no row names.
    fn unknown<'a>(&'a self, digests: &'a [String]) -> Answer<'a, Vec<String>>;

    /// Delivers a bundle that no row names to every archive that cites its pages, as a late one: it schedules nothing. False, and
    /// nothing is done, while its lease is held, because its fetcher can still say so, or if no archive cites its pages.
    fn adopt<'a>(&'a self, found: &'a Found) -> Answer<'a, bool>;

    /// Says which pages an archive cites, and when it wants each. A page with a visit that the archive has not taken yet
    /// stays as it is: what the archive says does not know of that visit.
    fn cite<'a>(&'a self, archive: &'a str, cited: &'a [Citation]) -> Answer<'a, ()>;

    /// Says which pages an archive does not cite any more. Visits that were delivered before still wait for it.
    fn retract<'a>(&'a self, archive: &'a str, uris: &'a [TargetUri]) -> Answer<'a, ()>;

    /// The pages that an archive cites.
    fn cited<'a>(&'a self, archive: &'a str) -> Answer<'a, Vec<Citation>>;

    /// Makes `writer` the only writer of an archive, for a time; false while another one is.
    fn attend<'a>(&'a self, archive: &'a str, writer: &'a str, lease: Duration)
    -> Answer<'a, bool>;

    /// The oldest bundles that an archive has not taken yet, in order.
    fn waiting<'a>(&'a self, archive: &'a str) -> Answer<'a, Vec<Waiting>>;

    /// Says that an archive has stored its visits of a bundle.
    fn taken<'a>(&'a self, archive: &'a str, bundle: i64) -> Answer<'a, ()>;

    /// Whether a host with a seed that is due is leased, or can be claimed within that time.
    fn is_pending(&self, within: Duration) -> Answer<'_, bool>;

    /// The time of the database.
    fn now(&self) -> Answer<'_, Instant>;

    /// The state of the origins of one host.
    fn states<'a>(&'a self, host: &'a str) -> Answer<'a, Vec<(Origin, HostState)>>;

    /// The state of the fleet.
    fn status(&self) -> Answer<'_, Status>;
}

/// Opens the frontier that the setting `fleet.database` names: `postgresql://…`, or the path of an SQLite file.
///
/// # Errors
/// An address that cannot be understood, or a file that cannot be opened.
pub fn open(
    database: &str,
    roots: Vec<Vec<u8>>,
    clock: Clock,
) -> Result<Arc<dyn Frontier>, FrontierError> {
    if database.starts_with("postgresql://") || database.starts_with("postgres://") {
        return Ok(Arc::new(Postgres::new(database, roots)?));
    }
    Ok(Arc::new(Sqlite::open(Path::new(database), clock)?))
}

/// Why a frontier does not answer.
#[derive(Debug, thiserror::Error)]
pub enum FrontierError {
    /// The address of the database.
    #[error("the setting `fleet.database` is not the address of a PostgreSQL database: {0}")]
    Address(String),
    /// The database cannot be reached, or the connection ended.
    #[error("the database of the fleet cannot be reached: {0}")]
    Away(String),
    /// The database did not answer in time.
    #[error("the database of the fleet did not answer within {0:?}")]
    Slow(Duration),
    /// PostgreSQL refused a statement.
    #[error("the database of the fleet refused a statement: {0}")]
    Postgres(String),
    /// SQLite failed.
    #[error("the database of the fleet failed")]
    Sqlite(#[from] rusqlite::Error),
    /// The tables are missing, or those of another version.
    #[error("the database of the fleet has tables of version {found}; this program knows {known}")]
    Version {
        /// The version found; 0 if there are no tables.
        found: u32,
        /// The version of this program.
        known: u32,
    },
    /// A row that cannot be read back.
    #[error("the database of the fleet is damaged: {0}")]
    Damaged(String),
}

impl FrontierError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address(_) => "write postgresql://USER@HOST/DATABASE, or the path of a file",
            Self::Away(_) | Self::Slow(_) => {
                "nothing is lost: fetchers and archives continue once it answers again"
            }
            Self::Version { found, known } if found > known => "use a newer stillsays",
            Self::Version { .. } => "`stillsays fleet init` creates or migrates the tables",
            Self::Postgres(_) | Self::Sqlite(_) => "the log of the database says more",
            Self::Damaged(_) => "restore the database, or create it anew: docs/fleet.md",
        }
    }

    /// Whether the same call can succeed later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Away(_) | Self::Slow(_) => true,
            Self::Sqlite(error) => {
                error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
            }
            _ => false,
        }
    }
}

/// The key of a seed: the SHA-256 of its address. Addresses can be longer than what an index takes.
fn key_of(uri: &TargetUri) -> [u8; 32] {
    *PayloadDigest::of(uri.as_str().as_bytes()).as_bytes()
}

/// The hosts of pages, each once, in order: rows of hosts are always locked in this order.
fn hosts_of<'a>(uris: impl Iterator<Item = &'a TargetUri>) -> Vec<String> {
    let hosts: BTreeSet<String> = uris.map(fetch::host_name).collect();
    hosts.into_iter().collect()
}

/// The host of an origin.
fn host_of(origin: &Origin) -> String {
    origin
        .as_str()
        .parse()
        .map_or_else(|_| origin.as_str().to_owned(), |uri| fetch::host_name(&uri))
}

fn state_text(state: &HostState) -> Result<String, FrontierError> {
    serde_json::to_string(state).map_err(|error| FrontierError::Damaged(error.to_string()))
}

/// The state of an origin, as stored.
fn state_of(origin: &str, state: &str) -> Result<(Origin, HostState), FrontierError> {
    let damaged =
        |error: &dyn std::fmt::Display| FrontierError::Damaged(format!("{origin}: {error}"));
    let uri: TargetUri = origin.parse().map_err(|error| damaged(&error))?;
    let state: HostState = serde_json::from_str(state).map_err(|error| damaged(&error))?;
    Ok((Origin::of(&uri), state))
}

fn uri_of(text: &str) -> Result<TargetUri, FrontierError> {
    text.parse()
        .map_err(|error| FrontierError::Damaged(format!("{text}: {error}")))
}
