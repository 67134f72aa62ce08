//! The tables, ready to be asked.

use std::time::{Duration, SystemTime};

use sqlx::Row as _;
use sqlx::postgres::{PgConnectOptions, PgRow};

use super::connections::{Connections, Repeat};
use super::migration;
use super::statements::Statements;
use super::store::Settings;
use super::value::Value;
use crate::future::BoxFuture;
use crate::session::store::sql::expired::{BATCH, Expiring};
use crate::session::store::sql::time::micros;
use crate::session::store::{Lease, LockKey, StoreError};

/// A database with the tables in it.
pub(super) struct Database {
    connections: Connections,
    pub(super) statements: Statements,
}

impl Database {
    pub(super) fn new(options: &PgConnectOptions, settings: &Settings) -> Self {
        Self {
            connections: Connections::new(
                settings.dressed(options),
                settings.timeout,
                settings.prepares,
                settings.connections,
            ),
            statements: Statements::new(settings.schema.as_ref(), &settings.prefix),
        }
    }

    pub(super) async fn ask(
        &self,
        sql: &str,
        values: &[Value<'_>],
        repeat: Repeat,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.connections.ask(sql, values, repeat).await
    }

    /// Whether the statement concerned a row.
    pub(super) async fn concerns(
        &self,
        sql: &str,
        values: &[Value<'_>],
        repeat: Repeat,
    ) -> Result<bool, StoreError> {
        Ok(!self.ask(sql, values, repeat).await?.is_empty())
    }

    /// Makes the tables where they are missing.
    pub(super) async fn migrate(&self, settings: &Settings) -> Result<(), StoreError> {
        let schema = settings.schema.as_ref();
        let question = migration::question(schema, &settings.prefix);
        let answer = self.ask(&question, &[], Repeat::Once).await?;
        if answer
            .first()
            .is_some_and(|row| matches!(row.try_get(0), Ok(true)))
        {
            return Ok(());
        }
        let script = migration::script(schema, &settings.prefix);
        self.ask(&script, &[], Repeat::Never).await?;
        Ok(())
    }

    pub(super) async fn hold(&self, lease: Lease, lasts: Duration) -> Result<bool, StoreError> {
        let token = i64::try_from(lease.token).map_err(StoreError::new)?;
        let values = [
            Value::Bytes(lease.key.as_bytes()),
            Value::Number(token),
            Value::Number(micros(lasts)),
        ];
        self.concerns(&self.statements.hold, &values, Repeat::Never)
            .await
    }
}

impl Expiring for Database {
    fn remove_expired(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let statements = &self.statements;
            let values = [Value::Number(BATCH.cast_signed())];
            let removed = self.ask(&statements.remove_expired, &values, Repeat::Never);
            let removed = removed.await?.len() as u64;
            if removed < BATCH {
                self.ask(&statements.remove_forgotten_locks, &[], Repeat::Never)
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
            let values = [Value::Bytes(key.as_bytes()), Value::Number(micros(lasts))];
            let answer = self.ask(&self.statements.lock, &values, Repeat::Never);
            let Some(row) = answer.await?.pop() else {
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
