//! The file, open: one connection writes, several read.

use std::path::Path;
use std::time::{Duration, SystemTime};

use sqlx::error::DatabaseError;
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{Connection as _, Executor as _, Row as _, Sqlite, SqliteConnection, query};

use super::file;
use super::statements::Statements;
use crate::config::SqlName;
use crate::future::BoxFuture;
use crate::session::store::sql::expired::{BATCH, Expiring};
use crate::session::store::sql::time::{micros, millis};
use crate::session::store::{Lease, LockKey, StoreError};

/// A file with the tables in it.
pub(super) struct Database {
    pub(super) statements: Statements,
    options: SqliteConnectOptions,
    writer: SqlitePool,
    readers: SqlitePool,
    timeout: Duration,
}

/// What can be a parameter, in the order of the statement's.
pub(super) enum Value<'a> {
    Bytes(&'a [u8]),
    NoBytes,
    Number(i64),
}

impl Database {
    pub(super) fn new(path: &Path, prefix: &SqlName, timeout: Duration) -> Self {
        // SQLite gives up a little earlier than who waits for it, and can say why.
        let patience = timeout * 9 / 10;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(patience)
            .journal_mode(SqliteJournalMode::Wal)
            // A sign-out that is lost with the power would be a session that comes back.
            .synchronous(SqliteSynchronous::Full);
        // Nothing is looked after in the background, so that no runtime is needed yet.
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(patience)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                .connect_lazy_with(options.clone())
        };
        Self {
            statements: Statements::new(prefix),
            writer: pool(1),
            readers: pool(READERS),
            options,
            timeout,
        }
    }

    /// Makes the file and the tables where they are missing.
    pub(super) async fn prepare(&self) -> Result<(), StoreError> {
        file::create(self.options.get_filename())?;
        self.bounded(async {
            loop {
                match self.migrate().await {
                    // Another process turns the file to write-ahead logging, which SQLite does not
                    // wait for; whoever waits for us sets the limit.
                    Err(error) if is_busy(&error) => tokio::time::sleep(PAUSE).await,
                    outcome => return outcome,
                }
            }
        })
        .await
    }

    pub(super) fn rows<'a>(
        &'a self,
        sql: &'a str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, Result<Vec<SqliteRow>, StoreError>> {
        Box::pin(self.bounded(bound(sql, values).fetch_all(&self.readers)))
    }

    /// How many rows a write has changed.
    pub(super) fn writes<'a>(
        &'a self,
        sql: &'a str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        let written = self.bounded(bound(sql, values).execute(&self.writer));
        Box::pin(async { Ok(written.await?.rows_affected()) })
    }

    /// The row that a write answers with.
    fn writes_one<'a>(
        &'a self,
        sql: &'a str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, Result<Option<SqliteRow>, StoreError>> {
        Box::pin(self.bounded(bound(sql, values).fetch_optional(&self.writer)))
    }

    pub(super) async fn hold(&self, lease: Lease, lasts: Duration) -> Result<bool, StoreError> {
        let token = i64::try_from(lease.token).map_err(StoreError::new)?;
        let now = now_micros();
        let values = [
            Value::Bytes(lease.key.as_bytes()),
            Value::Number(token),
            Value::Number(now),
            Value::Number(now.saturating_add(micros(lasts))),
        ];
        Ok(self.writes(&self.statements.hold, &values).await? > 0)
    }

    fn migrate(&self) -> BoxFuture<'_, sqlx::Result<()>> {
        Box::pin(async {
            // A connection of its own: one that fails half-way is not used again.
            let mut connection = SqliteConnection::connect_with(&self.options).await?;
            connection
                .execute(self.statements.migration.as_str())
                .await?;
            connection.close().await
        })
    }

    async fn bounded<T>(
        &self,
        work: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(self.timeout, work).await {
            Ok(done) => done.map_err(StoreError::new),
            Err(_) => {
                let waited = self.timeout.as_millis();
                Err(StoreError::new(format!(
                    "the file was locked for {waited} ms"
                )))
            }
        }
    }
}

impl Expiring for Database {
    fn remove_expired(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let now = SystemTime::now();
            let values = [
                Value::Number(millis(now)),
                Value::Number(BATCH.cast_signed()),
            ];
            let removed = self.writes(&self.statements.remove_expired, &values);
            let removed = removed.await?;
            if removed < BATCH {
                let forgotten = Value::Number(now_micros() - micros(REMEMBERED));
                self.writes(&self.statements.remove_forgotten_locks, &[forgotten])
                    .await?;
            }
            Ok(removed)
        })
    }

    fn elect(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move {
            let until = SystemTime::now() + lasts;
            let now = now_micros();
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(now),
                Value::Number(now.saturating_add(micros(lasts))),
            ];
            let answer = self.writes_one(&self.statements.lock, &values);
            let Some(row) = answer.await? else {
                return Ok(None);
            };
            let token: i64 = row.try_get(0).map_err(StoreError::new)?;
            let token = token.cast_unsigned();
            Ok(Some(Lease { key, token, until }))
        })
    }

    fn keep(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move {
            let until = SystemTime::now() + lasts;
            let held = self.hold(lease, lasts).await?;
            Ok(held.then_some(Lease { until, ..lease }))
        })
    }
}

fn bound<'q>(sql: &'q str, values: &'q [Value<'q>]) -> Query<'q, Sqlite, SqliteArguments<'q>> {
    values.iter().fold(query(sql), |query, value| match value {
        Value::Bytes(bytes) => query.bind(*bytes),
        Value::NoBytes => query.bind(None::<&[u8]>),
        Value::Number(number) => query.bind(*number),
    })
}

/// SQLite's primary code is in the lowest byte (SQLITE_BUSY 5, SQLITE_LOCKED 6).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

/// All who share the file have this clock.
fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    micros(since.unwrap_or_default())
}

/// Readers do not wait for the one who writes.
const READERS: u32 = 4;
/// How long a lock that nobody holds is remembered; see the lease.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
const PAUSE: Duration = Duration::from_millis(20);
