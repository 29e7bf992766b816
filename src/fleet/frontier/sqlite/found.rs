//! Bundles in the depot that no row names, in an SQLite file.

use rusqlite::{Transaction, params};

use crate::fleet::{Found, FrontierError, frontier::key_of};

/// Which of these bundles no row names.
pub(super) fn unknown(
    transaction: &Transaction<'_>,
    digests: Vec<String>,
) -> Result<Vec<String>, FrontierError> {
    let mut unknown = Vec::new();
    let mut select =
        transaction.prepare_cached("SELECT EXISTS (SELECT 1 FROM bundle WHERE digest = ?1)")?;
    for digest in digests {
        if !select.query_row([&digest], |row| row.get(0))? {
            unknown.push(digest);
        }
    }
    Ok(unknown)
}

/// Delivers a bundle; false if it cannot be yet.
pub(super) fn adopt(
    transaction: &Transaction<'_>,
    now: i64,
    found: &Found,
) -> Result<bool, FrontierError> {
    let (digest, bytes) = &found.bundle;
    let is_held: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM host WHERE name = ?1 AND fence = ?2 AND worker = ?3 AND lease_until >= ?4)",
        )?
        .query_row(params![found.host, found.fence, found.worker, now], |row| row.get(0))?;
    if is_held || unknown(transaction, vec![digest.clone()])?.is_empty() {
        return Ok(false);
    }
    let mut seeds: Vec<i64> = Vec::new();
    let mut cited = transaction.prepare_cached(
        "SELECT id FROM seed WHERE key = ?1 AND EXISTS (SELECT 1 FROM citation WHERE seed = seed.id)",
    )?;
    for page in &found.pages {
        for seed in cited.query_map([key_of(page)], |row| row.get(0))? {
            seeds.push(seed?);
        }
    }
    if seeds.is_empty() {
        return Ok(false);
    }
    let bundle = transaction
        .prepare_cached(
            "INSERT INTO bundle (digest, host, worker, fence, visits, bytes, late, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, TRUE, ?7)",
        )?
        .insert(params![
            digest,
            found.host,
            found.worker,
            found.fence,
            i64::try_from(seeds.len()).unwrap_or(i64::MAX),
            i64::try_from(*bytes).unwrap_or(i64::MAX),
            now
        ])?;
    for seed in seeds {
        transaction
            .prepare_cached("INSERT INTO delivery (archive, bundle, seed) SELECT archive, ?1, seed FROM citation WHERE seed = ?2")?
            .execute(params![bundle, seed])?;
        transaction
            .prepare_cached("UPDATE seed SET late = late + 1, visited_at = ?2 WHERE id = ?1")?
            .execute(params![seed, now])?;
    }
    Ok(true)
}
