//! The connection to PostgreSQL, its statements and its errors.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::Mutex;
use tokio_postgres::{
    Client, Config, NoTls, Row, SimpleQueryMessage,
    config::SslMode,
    error::SqlState,
    types::{FromSql, ToSql, Type},
};

use super::tls::Trust;
use crate::{fleet::FrontierError, text::with_causes};

/// The numbered steps: the first makes version 1, each later one migrates from the version before.
const STEPS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql")];

/// The key of the advisory lock that keeps two programs from migrating at once: the letters `stls`.
const MIGRATING: i64 = 0x7374_6c73;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A parameter with its type: statements are not prepared under a name, so that PgBouncer can pool transactions.
type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// The connection to the database. It is made when it is needed, and again after it has ended.
pub(super) struct Link {
    config: Config,
    trust: Trust,
    client: Mutex<Option<Arc<Client>>>,
    /// Whether the tables are known to be those of this program.
    checked: AtomicBool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    /// A link to the database at that address. `roots` are certificates (DER) of additional trusted authorities.
    ///
    /// # Errors
    /// The address cannot be understood.
    pub(super) fn new(address: &str, roots: Vec<Vec<u8>>) -> Result<Self, FrontierError> {
        let mut config: Config = address
            .parse()
            .map_err(|error: tokio_postgres::Error| FrontierError::Address(with_causes(&error)))?;
        config
            .application_name("stillsays")
            .connect_timeout(Duration::from_secs(10))
            .keepalives_idle(Duration::from_secs(30));
        let trust =
            Trust::with(roots).map_err(|error| FrontierError::Address(error.to_string()))?;
        Ok(Self {
            config,
            trust,
            client: Mutex::default(),
            checked: AtomicBool::new(false),
        })
    }

    /// Closes the connection; the next call makes another.
    async fn disconnect(&self) {
        self.client.lock().await.take();
    }

    /// The open connection, or a new one.
    async fn client(&self) -> Result<Arc<Client>, FrontierError> {
        let mut open = self.client.lock().await;
        if let Some(client) = open.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.connect().await?);
        *open = Some(Arc::clone(&client));
        Ok(client)
    }

    async fn connect(&self) -> Result<Client, FrontierError> {
        let ended = |result: Result<(), tokio_postgres::Error>| {
            if let Err(error) = result {
                tracing::debug!(error = %with_causes(&error), "the connection to the database ended");
            }
        };
        if self.config.get_ssl_mode() == SslMode::Disable {
            let (client, connection) = self.config.connect(NoTls).await.map_err(fault)?;
            tokio::spawn(async move { ended(connection.await) });
            return Ok(client);
        }
        let (client, connection) = self
            .config
            .connect(self.trust.clone())
            .await
            .map_err(fault)?;
        tokio::spawn(async move { ended(connection.await) });
        Ok(client)
    }

    /// The rows of one statement.
    pub(super) async fn rows(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, FrontierError> {
        let client = self.client().await?;
        if !self.checked.load(Ordering::Relaxed) {
            let (found, known) = version(&client).await?;
            if found != known {
                return Err(FrontierError::Version { found, known });
            }
            self.checked.store(true, Ordering::Relaxed);
        }
        let asked = client.query_typed(sql, parameters);
        if let Ok(answered) = tokio::time::timeout(PATIENCE, asked).await {
            return answered.map_err(fault);
        }
        self.disconnect().await;
        Err(FrontierError::Slow(PATIENCE))
    }

    /// The first column of the only row.
    pub(super) async fn value<T>(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<T, FrontierError>
    where
        T: for<'a> FromSql<'a>,
    {
        let rows = self.rows(sql, parameters).await?;
        let row = rows
            .first()
            .ok_or_else(|| FrontierError::Damaged("an answer without a row".to_owned()))?;
        row.try_get(0).map_err(fault)
    }

    /// Creates the tables, or brings them to the version of this program.
    pub(super) async fn migrate(&self) -> Result<(), FrontierError> {
        let client = self.client().await?;
        let begin = format!(
            "BEGIN; SELECT pg_advisory_xact_lock({MIGRATING}); CREATE SCHEMA IF NOT EXISTS stillsays; \
             CREATE TABLE IF NOT EXISTS stillsays.version (number integer NOT NULL);"
        );
        let climbed = async {
            client.batch_execute(&begin).await.map_err(fault)?;
            let (found, known) = version(&client).await?;
            if found > known {
                return Err(FrontierError::Version { found, known });
            }
            for step in STEPS.iter().skip(found as usize) {
                client.batch_execute(step).await.map_err(fault)?;
            }
            let end = format!(
                "DELETE FROM stillsays.version; INSERT INTO stillsays.version VALUES ({known}); COMMIT"
            );
            client.batch_execute(&end).await.map_err(fault)
        };
        let climbed = climbed.await;
        if climbed.is_err() {
            // Whatever was left open ends with the connection.
            self.disconnect().await;
        }
        climbed
    }
}

/// The version of the tables, and that of this program.
async fn version(client: &Client) -> Result<(u32, u32), FrontierError> {
    let sql = "SELECT coalesce(max(number), 0) FROM stillsays.version";
    let rows = client.simple_query(sql).await.map_err(fault)?;
    let found = rows.iter().find_map(|row| match row {
        SimpleQueryMessage::Row(row) => row.get(0).and_then(|text| text.parse().ok()),
        _ => None,
    });
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    Ok((found.unwrap_or(0), known))
}

/// A number of things.
pub(super) fn count(row: &Row, place: usize) -> Result<u64, FrontierError> {
    let count: i64 = row.try_get(place).map_err(fault)?;
    Ok(count.unsigned_abs())
}

/// The error of the library as one of ours.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn fault(error: tokio_postgres::Error) -> FrontierError {
    let Some(code) = error.code() else {
        return FrontierError::Away(with_causes(&error));
    };
    // Classes of PostgreSQL's error codes: connection, resources, intervention of an operator, rolled back.
    let class = code.code().get(..2).unwrap_or_default();
    if matches!(class, "08" | "53" | "57" | "40") || *code == SqlState::LOCK_NOT_AVAILABLE {
        return FrontierError::Away(with_causes(&error));
    }
    let is_missing = [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::INVALID_SCHEMA_NAME,
    ];
    if is_missing.contains(code) {
        return FrontierError::Version {
            found: 0,
            known: u32::try_from(STEPS.len()).unwrap_or(u32::MAX),
        };
    }
    FrontierError::Postgres(with_causes(&error))
}
