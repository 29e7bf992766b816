//! What a visit brought, as far as a comparison can distinguish it from another visit.

use rusqlite::Connection;

use super::{Fault, checksum};
use crate::capture::is_redirect;

/// What a visit brought, as far as a comparison can distinguish it from another visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Brought {
    /// A digest of what the visit brought.
    pub(super) essence: i64,
    /// Whether it brought no page, although there may be one.
    pub(super) bad: bool,
}

/// What a visit brought, including the visits of its further pages.
pub(super) fn brought(connection: &Connection, visit: i64) -> Result<Brought, Fault> {
    let (mut text, bad) = brought_alone(connection, visit)?;
    for page in super::further::pages_of(connection, visit)? {
        text.push_str("further\n");
        text.push_str(&brought_alone(connection, page)?.0);
    }
    Ok(Brought {
        essence: checksum([text.as_bytes()]),
        bad,
    })
}

/// A digest of what a visit brought: the same for visits that a comparison cannot distinguish.
pub(super) fn essence_of(connection: &Connection, visit: i64) -> Result<i64, Fault> {
    Ok(brought(connection, visit)?.essence)
}

/// What a visit brought, as text: where its redirects led, and what the last capture is; and whether it is bad. "Not modified" brings
/// what was there before. A payload without bytes becomes something else after each removal.
fn brought_alone(connection: &Connection, visit: i64) -> Result<(String, bool), Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT capture.uri, outcome, status, failure_kind, payload.digest,
             CASE WHEN payload.bytes IS NULL
                 THEN coalesce((SELECT max(id) FROM removal WHERE removal.payload = payload.id), -1) ELSE 0 END,
             truncated, connection.untrusted
         FROM capture LEFT JOIN payload ON payload.id = capture.payload
             LEFT JOIN connection ON connection.id = capture.connection WHERE visit = ?1 ORDER BY hop",
    )?;
    let mut rows = statement.query([visit])?;
    // Each hop's line, and whether it is a redirect.
    let mut hops: Vec<(String, bool)> = Vec::new();
    let mut bad = true;
    while let Some(row) = rows.next()? {
        let outcome: String = row.get(1)?;
        let status = match outcome.as_str() {
            "server-not-modified" => Some(200),
            _ => row.get::<_, Option<u16>>(2)?,
        };
        bad = match status {
            Some(404 | 410) => false,
            Some(status) => status >= 400,
            None => outcome == "failure",
        };
        let untrusted: Option<String> = row.get(7)?;
        let line = format!(
            "{} {status:?} {:?} {:?} {} {:?}{}\n",
            row.get::<_, i64>(0)?,
            row.get::<_, Option<String>>(3)?,
            row.get::<_, Option<[u8; 32]>>(4)?,
            row.get::<_, i64>(5)?,
            row.get::<_, Option<String>>(6)?,
            untrusted
                .map(|untrusted| format!(" {untrusted}"))
                .unwrap_or_default(),
        );
        // A page can send a browser elsewhere with a status of success.
        let leads_on = |it| is_redirect(it) || matches!(it, 200..=299);
        hops.push((line, status.is_some_and(leads_on)));
    }
    let last = hops.pop().unwrap_or_default();
    // An attempt that was repeated says nothing about the page.
    let mut text: String = hops
        .into_iter()
        .filter(|hop| hop.1)
        .map(|hop| hop.0)
        .collect();
    text.push_str(&last.0);
    Ok((text, bad))
}
