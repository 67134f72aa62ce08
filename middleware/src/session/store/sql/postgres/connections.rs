//! Connections that are used in turn, each for a bounded time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::sync::Semaphore;

use super::value::{Value, bound, written_out};
use crate::future::BoxFuture;
use crate::session::store::StoreError;

/// A pool that waits for nothing longer than its timeout: neither for a free connection, nor for a
/// new one, nor for an answer, nor for one that is given back.
///
/// A connection is used again only after an answer. One that a caller has left, that was late or that
/// brought an error is dropped, so that a server which does not answer holds nobody's place.
pub(super) struct Connections {
    options: PgConnectOptions,
    timeout: Duration,
    /// Whether statements are kept prepared on their connection.
    prepares: bool,
    count: usize,
    permits: Semaphore,
    idle: Mutex<Vec<Opened>>,
}

struct Opened {
    connection: PgConnection,
    since: Instant,
    used: Instant,
}

/// Whether a statement that may or may not have been carried out can be sent again.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Repeat {
    Once,
    Never,
}

impl Connections {
    pub(super) fn new(
        options: PgConnectOptions,
        timeout: Duration,
        prepares: bool,
        count: usize,
    ) -> Self {
        Self {
            options,
            timeout,
            prepares,
            count,
            permits: Semaphore::new(count),
            idle: Mutex::default(),
        }
    }

    /// The rows that one statement answers with; fails rather than waits.
    pub(super) async fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        repeat: Repeat,
    ) -> Result<Vec<PgRow>, StoreError> {
        let started = tokio::time::Instant::now();
        let waited = self.timeout.as_millis();
        let Ok(Ok(_place)) = tokio::time::timeout(self.timeout, self.permits.acquire()).await
        else {
            let count = self.count;
            return Err(StoreError::new(format!(
                "none of {count} connections to PostgreSQL was free within {waited} ms"
            )));
        };
        let answer = self.try_ask(sql, values, repeat);
        match tokio::time::timeout_at(started + self.timeout, answer).await {
            Ok(answer) => answer.map_err(StoreError::new),
            Err(_) => {
                // The others lead to the same server.
                self.idle().clear();
                Err(StoreError::new(format!(
                    "PostgreSQL did not answer within {waited} ms"
                )))
            }
        }
    }

    async fn try_ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        repeat: Repeat,
    ) -> sqlx::Result<Vec<PgRow>> {
        if let Some(mut opened) = self.used_before(repeat).await {
            match self.send(&mut opened.connection, sql, values).await {
                Ok(rows) => {
                    self.give_back(opened);
                    return Ok(rows);
                }
                Err(error) if is_broken(&error) => {
                    self.idle().clear();
                    if repeat == Repeat::Never {
                        return Err(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let now = Instant::now();
        let mut opened = Opened {
            connection: PgConnection::connect_with(&self.options).await?,
            since: now,
            used: now,
        };
        let rows = self.send(&mut opened.connection, sql, values).await?;
        self.give_back(opened);
        Ok(rows)
    }

    /// A connection that is open; if the statement can be sent only once, one that has just answered.
    async fn used_before(&self, repeat: Repeat) -> Option<Opened> {
        let mut opened = self.idle().pop()?;
        if repeat == Repeat::Never && opened.connection.ping().await.is_err() {
            self.idle().clear();
            return None;
        }
        Some(opened)
    }

    fn send<'a>(
        &self,
        connection: &'a mut PgConnection,
        sql: &'a str,
        values: &'a [Value<'a>],
    ) -> BoxFuture<'a, sqlx::Result<Vec<PgRow>>> {
        if self.prepares && !values.is_empty() {
            return Box::pin(bound(sql, values).fetch_all(connection));
        }
        let text = written_out(sql, values);
        Box::pin(async move { connection.fetch_all(text.as_str()).await })
    }

    fn give_back(&self, mut opened: Opened) {
        opened.used = Instant::now();
        let mut idle = self.idle();
        // The one that was used last is used next, so that the first is the one to spare.
        if idle
            .first()
            .is_some_and(|first| first.used.elapsed() > IDLE)
        {
            idle.remove(0);
        }
        if opened.since.elapsed() < LIFETIME {
            idle.push(opened);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Opened>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the next statement should have another connection: also when the server shuts down, or was
/// the primary and is none any more (PostgreSQL, Appendix A: classes 08 and 57P, `25006`).
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("57P") || code == "25006"
        }),
        _ => true,
    }
}

/// How long a connection is spared for a busier time.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// How long one is used, so that the load is spread again after a fail-over.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
