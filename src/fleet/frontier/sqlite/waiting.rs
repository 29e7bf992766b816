//! The bundles that an archive has not taken yet, in an SQLite file.

use rusqlite::{Transaction, params};

use crate::fleet::{FrontierError, Waiting, frontier::BUNDLES};

/// The oldest of them, in order.
pub(super) fn waiting(
    transaction: &Transaction<'_>,
    archive: &str,
) -> Result<Vec<Waiting>, FrontierError> {
    let sql = format!(
        "SELECT DISTINCT bundle.id, bundle.digest FROM archive JOIN delivery ON delivery.archive = archive.id
             JOIN bundle ON bundle.id = delivery.bundle WHERE archive.name = ?1 ORDER BY bundle.id LIMIT {BUNDLES}"
    );
    let bundles: Vec<(i64, String)> = transaction
        .prepare_cached(&sql)?
        .query_map([archive], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut waiting = Vec::new();
    for (bundle, digest) in bundles {
        let sql = "SELECT seed.uri FROM delivery JOIN seed ON seed.id = delivery.seed JOIN archive ON archive.id = delivery.archive
             WHERE archive.name = ?1 AND delivery.bundle = ?2 ORDER BY seed.id";
        let seeds = transaction
            .prepare_cached(sql)?
            .query_map(params![archive, bundle], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        waiting.push(Waiting {
            bundle,
            digest,
            seeds,
        });
    }
    Ok(waiting)
}
