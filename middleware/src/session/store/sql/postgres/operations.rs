//! The contract, as statements.

use std::time::{Duration, SystemTime};

use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use super::connections::Repeat;
use super::listener::Listener;
use super::statements::Statements;
use super::store::PostgresStore;
use super::value::Value;
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::sql::expired::Expiring as _;
use crate::session::store::sql::time::{millis, moment};
use crate::session::store::{
    Invalidations, Lease, LockKey, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

impl SessionStore for PostgresStore {
    fn backend(&self) -> &'static str {
        "postgresql"
    }

    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut index_keys = index.keys.iter().map(IndexKey::as_bytes);
            let mut index_key = || match index_keys.next() {
                Some(key) => Value::Bytes(key),
                None => Value::NoBytes,
            };
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(millis(record.expires_at)),
                Value::Bytes(&record.bytes),
                Value::Bytes(&index.summary),
                index_key(),
                index_key(),
            ];
            self.changes(|sql| &sql.insert, &values, Repeat::Never)
                .await
        })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let values = [Value::Bytes(key.as_bytes())];
            let found = database.ask(&database.statements.load, &values, Repeat::Once);
            let Some(row) = found.await?.pop() else {
                return Ok(None);
            };
            let version: i64 = column(&row, 0)?;
            Ok(Some(StoredRecord {
                version: version.cast_unsigned(),
                expires_at: moment(column(&row, 1)?),
                bytes: column(&row, 2)?,
            }))
        })
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        Box::pin(async move {
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(expected.cast_signed()),
                Value::Number(millis(record.expires_at)),
                Value::Bytes(&record.bytes),
            ];
            if self
                .changes(|sql| &sql.replace, &values, Repeat::Never)
                .await?
            {
                return Ok(Replaced::Done);
            }
            let is_there = self.changes(|sql| &sql.is_there, &values[..1], Repeat::Once);
            if is_there.await? {
                return Ok(Replaced::Conflict);
            }
            Ok(Replaced::Missing)
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(millis(expires_at)),
            ];
            self.changes(|sql| &sql.touch, &values, Repeat::Once).await
        })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let values = [Value::Bytes(key.as_bytes())];
            self.changes(|sql| &sql.delete, &values, Repeat::Never)
                .await
        })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let values = [Value::Bytes(index.as_bytes()), Value::Number(limit)];
            let found = database.ask(&database.statements.find, &values, Repeat::Once);
            let read = |row: &PgRow| {
                let key: Vec<u8> = column(row, 0)?;
                let key = key.try_into();
                let key =
                    key.map_err(|_| StoreError::new("a key in the table has not 32 bytes"))?;
                Ok(IndexedSession {
                    key: SessionKey::from_bytes(key),
                    expires_at: moment(column(row, 1)?),
                    summary: column(row, 2)?,
                })
            };
            found.await?.iter().map(read).collect()
        })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let spared = except.as_ref().map(SessionKey::as_bytes);
            let values = [
                Value::Bytes(index.as_bytes()),
                spared.map_or(Value::NoBytes, |key| Value::Bytes(key)),
                Value::Number(AT_ONCE),
            ];
            let mut total = 0;
            loop {
                let some = database.ask(&database.statements.delete_some, &values, Repeat::Never);
                let ended = some.await?.len();
                total += ended;
                if ended == 0 {
                    return Ok(total);
                }
            }
        })
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        Box::pin(async move {
            let options = self.listen.as_ref().unwrap_or(&self.connect);
            let options = options.clone().extra_float_digits(None);
            let channel = &self.database().await?.statements.channel;
            let opened = Listener::open(options, channel, self.settings.timeout);
            let listener: Box<dyn Invalidations> = Box::new(opened.await?);
            Ok(Some(listener))
        })
    }

    /// By the database's clock.
    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move { self.database().await?.elect(key, lasts).await })
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move { self.database().await?.keep(lease, lasts).await })
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { self.database().await?.hold(lease, Duration::ZERO).await })
    }
}

impl PostgresStore {
    /// What changes one row, or none.
    async fn changes(
        &self,
        pick: impl Fn(&Statements) -> &String,
        values: &[Value<'_>],
        repeat: Repeat,
    ) -> Result<bool, StoreError> {
        let database = self.database().await?;
        database
            .concerns(pick(&database.statements), values, repeat)
            .await
    }
}

fn column<'r, T>(row: &'r PgRow, index: usize) -> Result<T, StoreError>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    row.try_get(index).map_err(StoreError::new)
}

/// How many sessions one statement ends: some milliseconds of the database's time.
const AT_ONCE: i64 = 500;
