//! Turns of hosts and addresses, in an SQLite file.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::micros;
use crate::{fetch::Next, fleet::FrontierError};

/// Reserves the next request, unless it is too far away; returns how long to wait before it.
pub(super) fn turn(
    transaction: &Transaction<'_>,
    now: i64,
    next: &Next,
) -> Result<Duration, FrontierError> {
    let mut at: i64 = transaction
        .prepare_cached("INSERT INTO host (name) VALUES (?1) ON CONFLICT DO UPDATE SET name = name RETURNING next_at")?
        .query_row([&next.host], |row| row.get(0))?;
    for address in &next.addresses {
        let free: Option<i64> = transaction
            .prepare_cached("SELECT next_at FROM address WHERE name = ?1")?
            .query_row([address.to_string()], |row| row.get(0))
            .optional()?;
        at = at.max(free.unwrap_or_default());
    }
    at = at.max(now);
    let wait = Duration::from_micros((at - now).unsigned_abs());
    if wait > next.most {
        // Not claimed before its addresses can be asked.
        transaction
            .prepare_cached("UPDATE host SET next_at = ?2 WHERE name = ?1 AND next_at < ?2")?
            .execute(params![next.host, at])?;
        return Ok(wait);
    }
    transaction
        .prepare_cached("UPDATE host SET next_at = ?2, reason = NULL WHERE name = ?1")?
        .execute(params![next.host, at + micros(next.pause)])?;
    for address in &next.addresses {
        transaction
            .prepare_cached("INSERT INTO address (name, next_at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET next_at = excluded.next_at")?
            .execute(params![address.to_string(), at + micros(next.address_pause)])?;
    }
    Ok(wait)
}

/// Leaves a host alone until then, unless it is left alone for longer.
pub(super) fn leave_alone(
    transaction: &Transaction<'_>,
    host: &str,
    until: i64,
    why: Option<&str>,
) -> Result<(), FrontierError> {
    transaction
        .prepare_cached(
            "INSERT INTO host (name, next_at, reason) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET next_at = excluded.next_at, reason = excluded.reason WHERE next_at < excluded.next_at",
        )?
        .execute(params![host, until, why])?;
    Ok(())
}
