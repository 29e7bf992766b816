//! The frontier in PostgreSQL.

mod link;
mod tls;

use std::time::Duration;

use tokio_postgres::{Row, types::Type};

use super::{
    Answer, Archived, Citation, Due, Finish, Found, Frontier, FrontierError, Lease, Status,
    Waiting, host_of, hosts_of, key_of, state_of, state_text, uri_of,
};
use crate::{
    clock::Instant,
    fetch::{self, Next},
    host::{HostState, Origin},
    uri::TargetUri,
};
use link::{Link, count, fault};

/// How many citations are sent in one statement.
const TOGETHER: usize = 500;

/// The frontier in PostgreSQL.
#[derive(Debug)]
pub struct Postgres(Link);

impl Postgres {
    /// A frontier in the database at that address. `roots` are certificates (DER) of additional trusted authorities.
    ///
    /// # Errors
    /// The address cannot be understood.
    pub fn new(address: &str, roots: Vec<Vec<u8>>) -> Result<Self, FrontierError> {
        Link::new(address, roots).map(Self)
    }

    async fn leased(&self, worker: &str, lease: Duration) -> Result<Option<Lease>, FrontierError> {
        let rows = self
            .0
            .rows(
                "SELECT c_host, c_fence, c_now, c_seed, c_uri, c_condition, c_lists FROM stillsays.claim($1, $2)",
                &[
                    (&worker, Type::TEXT),
                    (&lease.as_secs_f64(), Type::FLOAT8),
                ],
            )
            .await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let host: String = first.try_get(0).map_err(fault)?;
        let mut seeds = Vec::new();
        for row in &rows {
            seeds.push(Due {
                seed: row.try_get(3).map_err(fault)?,
                uri: uri_of(row.try_get(4).map_err(fault)?)?,
                condition: row.try_get(5).map_err(fault)?,
                lists: row
                    .try_get::<_, Option<_>>(6)
                    .map_err(fault)?
                    .unwrap_or_default(),
            });
        }
        Ok(Some(Lease {
            fence: first.try_get(1).map_err(fault)?,
            now: first.try_get(2).map_err(fault)?,
            seeds,
            states: self.states_of(&host).await?,
            host,
        }))
    }

    async fn states_of(&self, host: &str) -> Result<Vec<(Origin, HostState)>, FrontierError> {
        let sql = "SELECT name, state FROM stillsays.origin WHERE host = $1 ORDER BY name";
        let rows = self.0.rows(sql, &[(&host, Type::TEXT)]).await?;
        let state = |row: &Row| {
            let name: &str = row.try_get(0).map_err(fault)?;
            state_of(name, row.try_get(1).map_err(fault)?)
        };
        rows.iter().map(state).collect()
    }

    async fn finished(&self, done: &Finish) -> Result<bool, FrontierError> {
        let (digest, bytes) = done.bundle.clone().unzip();
        let bytes = bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        let seeds: Vec<i64> = done.visited.iter().map(|visited| visited.seed).collect();
        let came: Vec<&str> = done
            .visited
            .iter()
            .map(|visited| visited.came.as_str())
            .collect();
        let origins: Vec<&str> = done
            .states
            .iter()
            .map(|(origin, _)| origin.as_str())
            .collect();
        let hosts: Vec<String> = done
            .states
            .iter()
            .map(|(origin, _)| host_of(origin))
            .collect();
        let states = done.states.iter().map(|(_, state)| state_text(state));
        let states = states.collect::<Result<Vec<String>, _>>()?;
        self.0
            .value(
                "SELECT stillsays.finish($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                &[
                    (&done.host, Type::TEXT),
                    (&done.fence, Type::INT8),
                    (&done.worker, Type::TEXT),
                    (&digest, Type::TEXT),
                    (&bytes, Type::INT8),
                    (&seeds, Type::INT8_ARRAY),
                    (&came, Type::TEXT_ARRAY),
                    (&origins, Type::TEXT_ARRAY),
                    (&hosts, Type::TEXT_ARRAY),
                    (&states, Type::TEXT_ARRAY),
                    (&done.leave.as_secs_f64(), Type::FLOAT8),
                ],
            )
            .await
    }

    async fn cite_all(&self, archive: &str, cited: &[Citation]) -> Result<(), FrontierError> {
        for some in cited.chunks(TOGETHER) {
            let keys: Vec<Vec<u8>> = some.iter().map(|it| key_of(&it.uri).to_vec()).collect();
            let uris: Vec<&str> = some.iter().map(|it| it.uri.as_str()).collect();
            let of: Vec<String> = some.iter().map(|it| fetch::host_name(&it.uri)).collect();
            let dues: Vec<Option<Instant>> = some.iter().map(|it| it.due).collect();
            let conditions: Vec<Option<&str>> =
                some.iter().map(|it| it.condition.as_deref()).collect();
            let lists: Vec<Option<&str>> = some.iter().map(|it| it.lists.as_deref()).collect();
            self.0
                .rows(
                    "SELECT stillsays.cite($1, $2, $3, $4, $5, $6, $7, $8)::text",
                    &[
                        (&archive, Type::TEXT),
                        (&keys, Type::BYTEA_ARRAY),
                        (&uris, Type::TEXT_ARRAY),
                        (&of, Type::TEXT_ARRAY),
                        (&dues, Type::TIMESTAMPTZ_ARRAY),
                        (&conditions, Type::TEXT_ARRAY),
                        (&lists, Type::TEXT_ARRAY),
                        (&hosts_of(some.iter().map(|it| &it.uri)), Type::TEXT_ARRAY),
                    ],
                )
                .await?;
        }
        Ok(())
    }

    async fn retract_all(&self, archive: &str, uris: &[TargetUri]) -> Result<(), FrontierError> {
        for some in uris.chunks(TOGETHER) {
            let keys: Vec<Vec<u8>> = some.iter().map(|uri| key_of(uri).to_vec()).collect();
            self.0
                .rows(
                    "SELECT stillsays.retract($1, $2, $3)::text",
                    &[
                        (&archive, Type::TEXT),
                        (&keys, Type::BYTEA_ARRAY),
                        (&hosts_of(some.iter()), Type::TEXT_ARRAY),
                    ],
                )
                .await?;
        }
        Ok(())
    }

    async fn all_cited(&self, archive: &str) -> Result<Vec<Citation>, FrontierError> {
        let sql = "SELECT s.uri, c.due_at, c.condition, c.lists FROM stillsays.archive a
             JOIN stillsays.citation c ON c.archive = a.id JOIN stillsays.seed s ON s.id = c.seed WHERE a.name = $1";
        let rows = self.0.rows(sql, &[(&archive, Type::TEXT)]).await?;
        let citation = |row: &Row| {
            Ok(Citation {
                uri: uri_of(row.try_get(0).map_err(fault)?)?,
                due: row.try_get(1).map_err(fault)?,
                condition: row.try_get(2).map_err(fault)?,
                lists: row.try_get(3).map_err(fault)?,
            })
        };
        rows.iter().map(citation).collect()
    }

    async fn state(&self) -> Result<Status, FrontierError> {
        let rows = self
            .0
            .rows(
                "SELECT hosts, due, leased, blocked, seeds, due_seeds, oldest_s, visits_last_minute, late FROM stillsays.status",
                &[],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(Status::default());
        };
        let mut status = Status {
            hosts: count(row, 0)?,
            due: count(row, 1)?,
            leased: count(row, 2)?,
            blocked: count(row, 3)?,
            seeds: count(row, 4)?,
            due_seeds: count(row, 5)?,
            oldest_s: row.try_get(6).map_err(fault)?,
            visits_last_minute: count(row, 7)?,
            late: count(row, 8)?,
            archives: Vec::new(),
        };
        let sql = "SELECT name, cited, waiting, lag_s, seen_s FROM stillsays.archive_status ORDER BY name";
        for row in &self.0.rows(sql, &[]).await? {
            status.archives.push(Archived {
                name: row.try_get(0).map_err(fault)?,
                cited: count(row, 1)?,
                waiting: count(row, 2)?,
                lag_s: row.try_get(3).map_err(fault)?,
                seen_s: row.try_get(4).map_err(fault)?,
            });
        }
        Ok(status)
    }
}

impl Frontier for Postgres {
    fn init(&self) -> Answer<'_, ()> {
        Box::pin(self.0.migrate())
    }

    fn claim<'a>(&'a self, worker: &'a str, lease: Duration) -> Answer<'a, Option<Lease>> {
        Box::pin(self.leased(worker, lease))
    }

    fn extend<'a>(&'a self, host: &'a str, fence: i64, lease: Duration) -> Answer<'a, bool> {
        Box::pin(async move {
            let lease = lease.as_secs_f64();
            self.0
                .value(
                    "SELECT stillsays.extend($1, $2, $3)",
                    &[
                        (&host, Type::TEXT),
                        (&fence, Type::INT8),
                        (&lease, Type::FLOAT8),
                    ],
                )
                .await
        })
    }

    fn turn<'a>(&'a self, next: &'a Next) -> Answer<'a, Duration> {
        Box::pin(async move {
            let addresses: Vec<String> = next.addresses.iter().map(ToString::to_string).collect();
            let wait: f64 = self
                .0
                .value(
                    "SELECT stillsays.turn($1, $2, $3, $4, $5)",
                    &[
                        (&next.host, Type::TEXT),
                        (&next.pause.as_secs_f64(), Type::FLOAT8),
                        (&next.most.as_secs_f64(), Type::FLOAT8),
                        (&addresses, Type::TEXT_ARRAY),
                        (&next.address_pause.as_secs_f64(), Type::FLOAT8),
                    ],
                )
                .await?;
            Ok(Duration::try_from_secs_f64(wait).unwrap_or_default())
        })
    }

    fn leave_alone<'a>(
        &'a self,
        host: &'a str,
        wait: Duration,
        why: Option<&'a str>,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            self.0
                .rows(
                    "SELECT stillsays.leave_alone($1, $2, $3)::text",
                    &[
                        (&host, Type::TEXT),
                        (&wait.as_secs_f64(), Type::FLOAT8),
                        (&why, Type::TEXT),
                    ],
                )
                .await
                .map(drop)
        })
    }

    fn finish<'a>(&'a self, done: &'a Finish) -> Answer<'a, bool> {
        Box::pin(self.finished(done))
    }

    fn reap(&self) -> Answer<'_, u64> {
        Box::pin(async move {
            let count: i64 = self.0.value("SELECT stillsays.reap()", &[]).await?;
            Ok(count.unsigned_abs())
        })
    }

    fn unknown<'a>(&'a self, digests: &'a [String]) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let sql = "SELECT d FROM unnest($1) AS it (d) WHERE NOT EXISTS (SELECT 1 FROM stillsays.bundle WHERE digest = d)";
            let rows = self.0.rows(sql, &[(&digests, Type::TEXT_ARRAY)]).await?;
            let digest = |row: &Row| row.try_get(0).map_err(fault);
            rows.iter().map(digest).collect()
        })
    }

    fn adopt<'a>(&'a self, found: &'a Found) -> Answer<'a, bool> {
        Box::pin(async move {
            let keys: Vec<Vec<u8>> = found.pages.iter().map(|it| key_of(it).to_vec()).collect();
            let (digest, bytes) = &found.bundle;
            self.0
                .value(
                    "SELECT stillsays.adopt($1, $2, $3, $4, $5, $6)",
                    &[
                        (&found.host, Type::TEXT),
                        (&found.fence, Type::INT8),
                        (&found.worker, Type::TEXT),
                        (digest, Type::TEXT),
                        (&i64::try_from(*bytes).unwrap_or(i64::MAX), Type::INT8),
                        (&keys, Type::BYTEA_ARRAY),
                    ],
                )
                .await
        })
    }

    fn cite<'a>(&'a self, archive: &'a str, cited: &'a [Citation]) -> Answer<'a, ()> {
        Box::pin(self.cite_all(archive, cited))
    }

    fn retract<'a>(&'a self, archive: &'a str, uris: &'a [TargetUri]) -> Answer<'a, ()> {
        Box::pin(self.retract_all(archive, uris))
    }

    fn cited<'a>(&'a self, archive: &'a str) -> Answer<'a, Vec<Citation>> {
        Box::pin(self.all_cited(archive))
    }

    fn attend<'a>(
        &'a self,
        archive: &'a str,
        writer: &'a str,
        lease: Duration,
    ) -> Answer<'a, bool> {
        Box::pin(async move {
            self.0
                .value(
                    "SELECT stillsays.attend($1, $2, $3)",
                    &[
                        (&archive, Type::TEXT),
                        (&writer, Type::TEXT),
                        (&lease.as_secs_f64(), Type::FLOAT8),
                    ],
                )
                .await
        })
    }

    fn waiting<'a>(&'a self, archive: &'a str) -> Answer<'a, Vec<Waiting>> {
        Box::pin(async move {
            let sql = "SELECT bundle, digest, uris FROM stillsays.waiting($1)";
            let rows = self.0.rows(sql, &[(&archive, Type::TEXT)]).await?;
            let waiting = |row: &Row| {
                Ok(Waiting {
                    bundle: row.try_get(0).map_err(fault)?,
                    digest: row.try_get(1).map_err(fault)?,
                    seeds: row.try_get(2).map_err(fault)?,
                })
            };
            rows.iter().map(waiting).collect()
        })
    }

    fn taken<'a>(&'a self, archive: &'a str, bundle: i64) -> Answer<'a, ()> {
        Box::pin(async move {
            let sql = "SELECT stillsays.taken($1, $2)::text";
            self.0
                .rows(sql, &[(&archive, Type::TEXT), (&bundle, Type::INT8)])
                .await
                .map(drop)
        })
    }

    fn is_pending(&self, within: Duration) -> Answer<'_, bool> {
        Box::pin(async move {
            let sql = "SELECT EXISTS (SELECT 1 FROM stillsays.host
                 WHERE due_at <= now() AND (worker IS NOT NULL OR next_at <= now() + make_interval(secs => $1)))";
            self.0
                .value(sql, &[(&within.as_secs_f64(), Type::FLOAT8)])
                .await
        })
    }

    fn now(&self) -> Answer<'_, Instant> {
        Box::pin(self.0.value("SELECT clock_timestamp()", &[]))
    }

    fn states<'a>(&'a self, host: &'a str) -> Answer<'a, Vec<(Origin, HostState)>> {
        Box::pin(self.states_of(host))
    }

    fn status(&self) -> Answer<'_, Status> {
        Box::pin(self.state())
    }
}
