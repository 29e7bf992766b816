//! Bundles that no row of the database names, because their fetcher died before it could say so, or the database was lost: they are
//! delivered as what came after its lease.

use super::{Depot, DepotError, Found, Frontier, TakeError, Unsealed, unseal};
use crate::{clock::Instant, text::with_causes};

/// What became of the bundles that no row named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// The bundles that were delivered.
    pub delivered: usize,
    /// The bundles whose fetcher can still report them, or with pages that no archive cites.
    pub left: usize,
    /// Those that cannot be read, with the reason.
    pub lost: Vec<String>,
}

/// Looks for bundles in the depot that no row names, and delivers them, the oldest first. The archives must have said what they
/// cite: a bundle is delivered to those that cite its pages now.
///
/// # Errors
/// The database or the depot fails. What was delivered before stays so.
pub async fn adopt(frontier: &dyn Frontier, depot: &Depot) -> Result<Adopted, TakeError> {
    let mut found: Vec<(Instant, String)> = Vec::new();
    let take = async |some: Vec<(Instant, String)>| {
        let digests: Vec<String> = some.iter().map(|it| it.1.clone()).collect();
        let unknown = frontier.unknown(&digests).await?;
        found.extend(some.into_iter().filter(|it| unknown.contains(&it.1)));
        Ok::<(), TakeError>(())
    };
    depot.each(take).await?;
    found.sort();
    let mut adopted = Adopted::default();
    for (_, digest) in found {
        let bytes = match depot.get(&digest).await {
            Ok(bytes) => bytes,
            Err(error @ (DepotError::Missing(_) | DepotError::Damaged(_))) => {
                adopted.lost.push(error.to_string());
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let Unsealed { head, visits, .. } = match unseal(&digest, &bytes) {
            Ok(unsealed) => unsealed,
            Err(error) => {
                adopted.lost.push(with_causes(&error));
                continue;
            }
        };
        let found = Found {
            host: head.host,
            fence: head.fence,
            worker: head.worker,
            bundle: (digest, bytes.len() as u64),
            pages: visits.into_iter().map(|visit| visit.seed).collect(),
        };
        if frontier.adopt(&found).await? {
            adopted.delivered += 1;
        } else {
            adopted.left += 1;
        }
    }
    Ok(adopted)
}
