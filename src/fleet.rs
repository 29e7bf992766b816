//! A fleet: fetchers on several machines that share a frontier, and archives that take what the fetchers bring.
//!
//! The [`Frontier`] says what is due, who has it, and when each host may be asked again. Fetchers put what they bring into the
//! [`Depot`] as sealed bundles, and only then say so to the frontier. Each archive takes the bundles with pages that it cites, in
//! order, into its own store.

mod adopting;
mod archiving;
mod brought;
mod bundle;
mod depot;
mod fetching;
mod following;
mod frontier;

pub use adopting::{Adopted, adopt};
pub use archiving::{TakeError, Taken, Taking, Told};
pub use bundle::{Bound, BundleError, Head, HeadVisit, Sealed, Unsealed, seal, unseal};
pub use depot::{Depot, DepotError};
pub use fetching::{Fetching, Happened};
pub use frontier::{
    AT_ONCE, Answer, Archived, Citation, Due, Finish, Found, Frontier, FrontierError, Lease,
    Postgres, Sqlite, Status, Visited, Waiting, open,
};
