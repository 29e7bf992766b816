//! Checks derived rows: compares each with what the other rows make of it.

use rusqlite::Connection;

use super::{Problem, attempt};
use crate::store::{Fault, answers, aside, checksum, readings, schema, spans, visits};

/// The rules: a name for the place, what is wrong, and the query for rows that differ from what other rows make of them.
const RULES: &[(&str, &str, &str)] = &[
    (
        "visit",
        "its date is not that of its first capture",
        "SELECT visit.id FROM visit LEFT JOIN capture ON capture.visit = visit.id AND capture.hop = 0
         WHERE capture.date IS NOT visit.date",
    ),
    (
        "seed",
        "its latest visit, or the number of its visits, is different",
        "SELECT seed.uri FROM seed
         WHERE visits <> (SELECT count(*) FROM visit WHERE visit.seed = seed.uri)
            OR (visit, date) IS NOT
               (SELECT visit.id, visit.date FROM visit WHERE visit.seed = seed.uri ORDER BY date DESC, id DESC LIMIT 1)
            OR (outcome, status) IS NOT
               (SELECT capture.outcome, capture.status FROM capture WHERE capture.visit = seed.visit ORDER BY hop DESC LIMIT 1)",
    ),
    (
        "seed",
        "it was visited and is missing from the list of seeds",
        "SELECT DISTINCT seed FROM visit WHERE seed NOT IN (SELECT uri FROM seed)
             AND NOT EXISTS (SELECT 1 FROM capture WHERE capture.visit = visit.id AND source IS NOT NULL)",
    ),
    (
        "visit",
        "some of its captures were copied from another archive, and some were not, or its seed is that of another visit",
        "SELECT visit.id FROM visit JOIN capture ON capture.visit = visit.id GROUP BY visit.id
         HAVING count(capture.source) NOT IN (0, count(*)) OR (count(capture.source) > 0) = (visit.seed IN (SELECT uri FROM seed))",
    ),
    (
        "seed",
        "its stored state for scheduling is different",
        "SELECT seed.uri FROM seed JOIN uri ON uri.id = seed.uri LEFT JOIN head ON head.uri = uri.uri
         WHERE (head.date, head.state) IS NOT (seed.date, seed.visits * 4096
             + CASE seed.outcome WHEN 'response' THEN 0 WHEN 'failure' THEN 2048 ELSE 1024 END + coalesce(seed.status, 0))
         UNION ALL SELECT coalesce(uri.id, 0) FROM head LEFT JOIN uri ON uri.uri = head.uri
         WHERE uri.id IS NULL OR uri.id NOT IN (SELECT uri FROM seed)",
    ),
    (
        "seed",
        "its stored conditions for the next visit, or the date of its last change, are different",
        "SELECT seed.uri FROM seed
         WHERE held IS NOT (SELECT capture.id FROM visit JOIN capture ON capture.visit = visit.id
                 WHERE visit.seed = seed.uri AND payload IS NOT NULL AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
                 ORDER BY visit.date DESC, visit.id DESC LIMIT 1)
            OR brought IS NOT (SELECT capture.id FROM visit JOIN capture ON capture.visit = visit.id
                 WHERE visit.seed = seed.uri AND outcome = 'response' AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
                     AND payload = (SELECT payload FROM capture WHERE id = seed.held)
                 ORDER BY visit.date DESC, visit.id DESC LIMIT 1)
            OR changed IS NOT (SELECT id FROM (SELECT capture.id, payload, visit.date, visit.id AS visit,
                     lag(payload) OVER (ORDER BY visit.date, visit.id) AS before
                 FROM visit JOIN capture ON capture.visit = visit.id
                 WHERE visit.seed = seed.uri AND payload IS NOT NULL AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed))
                 WHERE before <> payload ORDER BY date DESC, visit DESC LIMIT 1)
            OR modified IS NOT (SELECT visit.id FROM visit JOIN capture ON capture.visit = visit.id
                 WHERE visit.seed = seed.uri AND outcome <> 'server-not-modified'
                     AND hop = (SELECT max(hop) FROM capture WHERE visit = visit.id)
                     AND NOT EXISTS (SELECT 1 FROM capture WHERE visit = visit.id AND asked IS NOT NULL AND +uri = visit.seed)
                 ORDER BY visit.date DESC, visit.id DESC LIMIT 1)",
    ),
    (
        "further page",
        "it is the first page of its list, or belongs to another list",
        "SELECT further.page FROM further JOIN visit ON visit.id = further.visit JOIN visit AS page ON page.id = further.page
         WHERE page.seed = visit.seed OR further.seed <> visit.seed",
    ),
    (
        "address",
        "its exchanges are stored against that of another address",
        "SELECT uri.id FROM uri WHERE exchange_base IS NOT
             (SELECT max(exchange.id) FROM capture JOIN exchange ON exchange.id = capture.exchange
              WHERE capture.uri = uri.id AND exchange.base IS NULL)",
    ),
    (
        "payload",
        "the chain that it is stored against is inconsistent",
        "SELECT payload.id FROM payload LEFT JOIN payload AS base ON base.id = payload.base
         WHERE payload.bytes IS NOT NULL
           AND (payload.depth <> coalesce(base.depth + 1, 0) OR payload.cost <> payload.length + coalesce(base.cost, 0)
                OR (payload.encoding = 'zstd-prefix') <> (payload.base IS NOT NULL))",
    ),
    (
        "payload",
        "its bytes are gone, and no removal says why",
        "SELECT payload.id FROM payload
         WHERE bytes IS NULL AND (length IS NOT NULL OR encoding IS NOT NULL OR base IS NOT NULL OR depth <> 0 OR cost <> 0
                OR EXISTS (SELECT 1 FROM capture WHERE capture.payload = payload.id AND capture.outcome = 'response'))
           AND id NOT IN (SELECT payload FROM removal)",
    ),
];

/// Checks all rules.
pub(super) fn check(connection: &Connection, problems: &mut Vec<Problem>) {
    attempt(problems, "schema", |it| schema_as_made(connection, it));
    for (place, detail, rule) in RULES {
        attempt(problems, place, |problems| {
            let mut statement = connection.prepare(rule)?;
            let mut rows = statement.query(())?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                problems.push(Problem::new(format!("{place} {id}"), detail));
            }
            Ok(())
        });
    }
    attempt(problems, "addresses", |it| keys(connection, it));
    attempt(problems, "validators", |it| validators(connection, it));
    attempt(problems, "hosts", |it| hosts(connection, it));
    attempt(problems, "readings", |it| kept_readings(connection, it));
    attempt(problems, "spans", |it| kept_spans(connection, it));
    attempt(problems, "answers", |it| kept_answers(connection, it));
}

/// Checks that the tables and indices are those that the steps create.
fn schema_as_made(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    const OBJECTS: &str = "SELECT type || ' ' || name, sql FROM sqlite_schema ORDER BY type, name";
    let objects = |of: &Connection| {
        let mut statement = of.prepare(OBJECTS)?;
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<Vec<(String, Option<String>)>, _>>()
    };
    let made = Connection::open_in_memory()?;
    for step in schema::STEPS {
        made.execute_batch(step.sql)?;
    }
    let (found, expected) = (objects(connection)?, objects(&made)?);
    for (name, _) in found.iter().filter(|found| !expected.contains(found)) {
        problems.push(Problem::new(name, "it is not as this version makes it"));
    }
    for (name, _) in &expected {
        if found.iter().all(|it| it.0 != *name) {
            problems.push(Problem::new(name, "it is missing"));
        }
    }
    Ok(())
}

/// Checks the sort keys of addresses.
fn keys(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let mut statement = connection.prepare("SELECT id, uri, surt FROM uri")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (id, uri, surt): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let is_right = uri.parse().is_ok_and(|it: crate::uri::TargetUri| {
            it.as_str() == uri && it.surt().as_str() == surt
        });
        if !is_right {
            problems.push(Problem::new(
                format!("address {id} ({uri})"),
                "it is not an address, or its sort key is different",
            ));
        }
    }
    Ok(())
}

/// Checks which payload came under which validator of a seed.
fn validators(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let mut kept =
        connection.prepare("SELECT hash, payload FROM validator WHERE seed = ?1 ORDER BY hash")?;
    visits::each_validators(connection, &mut |seed, expected| {
        let is_misled: bool = connection
            .prepare_cached("SELECT coalesce((SELECT misled FROM seed WHERE uri = ?1), 0)")?
            .query_row([seed], |row| row.get(0))?;
        let found = kept.query_map([seed], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found = found.collect::<Result<std::collections::BTreeMap<i64, i64>, _>>()?;
        if is_misled != expected.is_none() || found != expected.unwrap_or_default() {
            problems.push(Problem::new(
                format!("seed {seed}"),
                "the validators of its page are different",
            ));
        }
        Ok(())
    })
}

fn hosts(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let mut statement = connection.prepare("SELECT origin, state, checksum FROM host")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (origin, state): (String, String) = (row.get(0)?, row.get(1)?);
        if row.get::<_, Option<i64>>(2)? != Some(checksum([origin.as_bytes(), state.as_bytes()])) {
            problems.push(Problem::new(
                format!("host {origin}"),
                "it is not as it was kept",
            ));
        }
    }
    Ok(())
}

fn kept_readings(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let mut statement = connection.prepare(
        "SELECT reading.id, reading.checksum, digest, key, reading.length, reading.bytes
         FROM reading JOIN payload ON payload.id = reading.payload",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        if row.get::<_, Option<i64>>(1)? != Some(readings::checksum_of(row, 2)?) {
            let id: i64 = row.get(0)?;
            problems.push(Problem::new(
                format!("reading {id}"),
                "it is not as it was kept",
            ));
        }
    }
    Ok(())
}

/// Checks that what is set aside matches the reviews, and that the spans match the other visits.
fn kept_spans(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let (kept, made) = (aside::kept(connection)?, aside::made(connection)?);
    let seeds = kept.keys().chain(made.keys());
    for seed in seeds.filter(|seed| kept.get(seed) != made.get(seed)) {
        let place = format!("captures of seed {seed} that are set aside");
        problems.push(Problem::new(place, "they do not match the reviews"));
    }
    let left_out = spans::left_out(connection)?;
    let seeds: Vec<i64> = connection
        .prepare("SELECT uri FROM seed UNION SELECT seed FROM span")?
        .query_map((), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for seed in seeds {
        if spans::kept(connection, seed)? != spans::made(connection, seed, &left_out)? {
            let place = format!("spans of seed {seed}");
            problems.push(Problem::new(place, "they do not match its visits"));
        }
    }
    Ok(())
}

/// Checks the stored answers about claims.
fn kept_answers(connection: &Connection, problems: &mut Vec<Problem>) -> Result<(), Fault> {
    let changed = "it is not as it was kept";
    let mut statement = connection.prepare(
        "SELECT profile, part, reference, basis, chain, until, length, bytes, checksum FROM answer",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (profile, part): (String, String) = (row.get(0)?, row.get(1)?);
        let sum = answers::checksum_of(
            (&profile, &part, row.get(2)?),
            &row.get(3)?,
            [row.get(4)?, row.get(5)?, row.get(6)?],
            row.get_ref(7)?.as_blob().map_err(Fault::damaged)?,
        );
        if sum != row.get::<_, i64>(8)? {
            let place = format!("answer {profile} {part}");
            problems.push(Problem::new(place, changed));
        }
    }
    let mut statement = connection.prepare("SELECT profile, digest, checksum FROM basis")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let profile: String = row.get(0)?;
        if answers::basis_checksum(&profile, &row.get(1)?) != row.get::<_, i64>(2)? {
            problems.push(Problem::new(format!("basis {profile}"), changed));
        }
    }
    Ok(())
}
