//! A fleet: fetchers on several machines that share a frontier, and archives that take what the fetchers bring.
//!
//! The [`Frontier`] says what is due, who has it, and when each host may be asked again. Fetchers put what they bring into the
//! [`Depot`] as sealed bundles, and only then say so to the frontier. Each archive takes the bundles with pages that it cites, in
//! order, into its own store.

mod archiving;
mod bundle;
mod depot;
mod fetching;
mod frontier;

pub use archiving::{TakeError, Taken, Taking, Told};
pub use bundle::{BundleError, Head, HeadVisit, Sealed, seal, unseal};
pub use depot::{Depot, DepotError};
pub use fetching::{Fetching, Happened};
pub use frontier::{
    AT_ONCE, Answer, Archived, Citation, Due, Finish, Frontier, FrontierError, Lease, Postgres,
    Sqlite, Status, Visited, Waiting, open,
};
