//! The state of the fleet, from an SQLite file.

use rusqlite::{Row, Transaction};

use crate::fleet::{Archived, FrontierError, Status};

/// Reads it, all in one transaction.
pub(super) fn read(it: &Transaction<'_>, now: i64) -> Result<Status, FrontierError> {
    let minute = now - 60_000_000;
    let count = |sql: &str, of: i64| -> Result<u64, FrontierError> {
        let count: i64 = it.prepare_cached(sql)?.query_row([of], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    let oldest: Option<i64> = it
        .prepare_cached("SELECT min(due_at) FROM seed WHERE due_at <= ?1")?
        .query_row([now], |row| row.get(0))?;
    let of_row = |row: &Row<'_>| {
        let (oldest, seen): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
        Ok(Archived {
            name: row.get(0)?,
            cited: row.get::<_, i64>(1)?.unsigned_abs(),
            waiting: row.get::<_, i64>(2)?.unsigned_abs(),
            lag_s: oldest.map_or(0.0, |at| seconds(now - at)),
            seen_s: seen.map(|at| seconds(now - at)),
        })
    };
    let archives = it
        .prepare_cached(
            "SELECT name, (SELECT count(*) FROM citation WHERE archive = archive.id),
                 (SELECT count(DISTINCT bundle) FROM delivery WHERE archive = archive.id),
                 (SELECT min(at) FROM delivery JOIN bundle ON bundle.id = delivery.bundle WHERE archive = archive.id), seen_at
             FROM archive ORDER BY name",
        )?
        .query_map((), of_row)?
        .collect::<Result<_, _>>()?;
    Ok(Status {
        hosts: count("SELECT count(DISTINCT host) FROM seed WHERE ?1", 1)?,
        due: count("SELECT count(*) FROM host WHERE ready_at <= ?1", now)?,
        leased: count(
            "SELECT count(*) FROM host WHERE worker IS NOT NULL AND ?1",
            1,
        )?,
        blocked: count(
            "SELECT count(*) FROM host WHERE next_at > ?1 AND reason IS NOT NULL",
            now,
        )?,
        seeds: count("SELECT count(*) FROM seed WHERE ?1", 1)?,
        due_seeds: count("SELECT count(*) FROM seed WHERE due_at <= ?1", now)?,
        oldest_s: oldest.map_or(0.0, |at| seconds(now - at)),
        visits_last_minute: count(
            "SELECT coalesce(sum(visits), 0) FROM bundle WHERE at > ?1",
            minute,
        )?,
        late: count(
            "SELECT coalesce(sum(visits), 0) FROM bundle WHERE late AND ?1",
            1,
        )?,
        archives,
    })
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}
