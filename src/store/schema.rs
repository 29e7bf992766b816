//! The numbered steps that bring a file to the schema of this version, all in one transaction.

use std::path::Path;

use rusqlite::Connection;

use super::{
    backup::{put_in_place, remove_if_there},
    beside,
    error::{Fault, StoreError},
    ledger, spans, visits,
};

/// The `application_id` that SQLite stores in the file of a stillsays store: the letters `stls`.
const APPLICATION: i32 = 0x7374_6c73;

/// One step for each version: the first turns an empty file into version 1, each later one migrates from the version before.
pub(super) const STEPS: &[Step] = &[
    Step {
        sql: include_str!("schema/1.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/2.sql"),
        then: Some(ledger::begin),
    },
    Step {
        sql: include_str!("schema/3.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/4.sql"),
        then: Some(visits::mark_asked),
    },
    Step {
        sql: include_str!("schema/5.sql"),
        then: Some(spans::begin),
    },
    Step {
        sql: include_str!("schema/6.sql"),
        then: Some(visits::begin_states),
    },
    Step {
        sql: include_str!("schema/7.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/8.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/9.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/10.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/11.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/12.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/13.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/14.sql"),
        then: None,
    },
    Step {
        sql: include_str!("schema/15.sql"),
        then: None,
    },
];

/// The migration from one version to the next.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// The statements.
    pub(super) sql: &'static str,
    /// What SQL cannot express about existing rows; done after the statements of all steps.
    pub(super) then: Option<Act>,
}

/// Work inside the transaction of a step.
type Act = fn(&Connection) -> Result<(), Fault>;

/// The version that the last of `steps` leads to.
pub(super) fn version_of(steps: &[Step]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

/// What a file is, before anything is written to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Empty,
    Store { version: u32 },
    Foreign,
}

/// Detects what a file is, from its `application_id`, its version and its tables.
pub(super) fn kind(connection: &Connection) -> rusqlite::Result<Kind> {
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let objects: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    Ok(match (application, version, objects) {
        (0, 0, 0) => Kind::Empty,
        (APPLICATION, version, _) if version > 0 => Kind::Store { version },
        _ => Kind::Foreign,
    })
}

/// Migrates the file through the last of `steps`; a store with content is first copied beside itself.
pub(super) fn migrate(
    connection: &Connection,
    path: &Path,
    steps: &[Step],
) -> Result<(), StoreError> {
    let known = version_of(steps);
    let found = match kind(connection).map_err(|it| Fault::from(it).at(path))? {
        Kind::Foreign => {
            return Err(StoreError::Foreign {
                path: path.to_owned(),
            });
        }
        Kind::Empty => 0,
        Kind::Store { version } => version,
    };
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    if found == known {
        return Ok(());
    }
    let done = if found > 0 {
        copy_aside(connection, path, found)
    } else {
        Ok(())
    };
    done.and_then(|()| climb(connection, steps))
        .map_err(|it| it.at(path))
}

/// `stillsays.db.v1`: the store as it was at version 1. It gets that name once it is complete and durable.
fn copy_aside(connection: &Connection, path: &Path, version: u32) -> Result<(), Fault> {
    let copy = beside(path, &format!(".v{version}"));
    if copy.exists() {
        return Ok(());
    }
    let part = beside(&copy, ".open");
    let failed = |error: std::io::Error| {
        Fault::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    };
    remove_if_there(&part).map_err(failed)?;
    connection.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    put_in_place(&part, &copy).map_err(failed)
}

fn climb(connection: &Connection, steps: &[Step]) -> Result<(), Fault> {
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    let climbed = steps_in_transaction(connection, steps);
    match climbed {
        Ok(()) => Ok(connection.execute_batch("COMMIT")?),
        Err(error) => {
            // The rollback only fails if SQLite has rolled back already; the first error is the one to report.
            let _ = connection.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

fn steps_in_transaction(connection: &Connection, steps: &[Step]) -> Result<(), Fault> {
    // Checked again inside the transaction: another process may have migrated the file in the meantime.
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = || steps.iter().skip(version as usize);
    for step in missing() {
        connection.execute_batch(step.sql)?;
    }
    // They are written for the rows of this version, so all tables must already have the schema of this version.
    for then in missing().filter_map(|it| it.then) {
        then(connection)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", version_of(steps))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_store_is_copied_and_brought_up_with_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        migrate(&connection, &path, &STEPS[..1]).unwrap();
        connection
            .execute(
                "INSERT INTO host (origin, state) VALUES ('https://a', '{}')",
                (),
            )
            .unwrap();
        let later = |sql| Step { sql, then: None };
        let steps = [STEPS[0], later("ALTER TABLE host ADD COLUMN seen INTEGER")];
        migrate(&connection, &path, &steps).unwrap();
        assert_eq!(kind(&connection).unwrap(), Kind::Store { version: 2 });
        let hosts: u32 = connection
            .query_row("SELECT count(*) FROM host WHERE seen IS NULL", (), |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(hosts, 1);
        let before = Connection::open(folder.path().join("a.db.v1")).unwrap();
        assert_eq!(kind(&before).unwrap(), Kind::Store { version: 1 });
    }

    #[test]
    fn a_step_that_fails_leaves_the_store_at_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        migrate(&connection, &path, &STEPS[..1]).unwrap();
        let steps = [
            STEPS[0],
            Step {
                sql: "CREATE TABLE more (a); INSERT INTO nowhere VALUES (1)",
                then: None,
            },
        ];
        migrate(&connection, &path, &steps).unwrap_err();
        assert_eq!(kind(&connection).unwrap(), Kind::Store { version: 1 });
        let more: u32 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'more'",
                (),
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(more, 0);
    }
}
