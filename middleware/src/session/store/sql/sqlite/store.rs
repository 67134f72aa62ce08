//! The contract, as statements.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Sqlite, Type};
use tokio::sync::OnceCell;

use super::database::{Database, Value};
use super::file;
use crate::config::{SqlName, SqliteSettings};
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::sql::expired::{Expiring as _, Sweeper};
use crate::session::store::sql::named;
use crate::session::store::sql::time::{millis, moment};
use crate::session::store::{
    Lease, LockKey, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

/// Sessions in a SQLite file (feature `sqlite`), for the instances of one machine.
///
/// The file is made at the first use, readable for this user alone, with write-ahead logging; one
/// connection of each process writes and several read. What is written is on the disk before it is
/// answered. Whoever finds the file locked waits for [`timeout`](Self::timeout) and then fails.
///
/// A process does not hear of another's writes: a sign-out there is seen here within
/// `session.revalidate_seconds`. The file has to be on a disk of the machine: SQLite's locks do not hold
/// on network file systems.
///
/// The configuration file knows it as `session.store = "sqlite"` with `[session.sqlite]`; in code:
///
/// ```no_run
/// # fn run() -> Result<(), tower_b2c::StoreError> {
/// let store = tower_b2c::SqliteStore::new("/var/lib/shop/sessions.db")?;
/// # Ok(())
/// # }
/// ```
pub struct SqliteStore {
    path: PathBuf,
    prefix: SqlName,
    timeout: Duration,
    sweeps_every: Duration,
    open: OnceCell<Open>,
}

/// What there is from the first use on.
struct Open {
    database: Arc<Database>,
    _sweeper: Sweeper,
}

impl SqliteStore {
    /// Prepares a store in a file, which is opened, and made if it is missing, at the first use.
    ///
    /// # Errors
    ///
    /// When the path is not a file's (`:memory:`), or its directory is missing.
    pub fn new(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        file::check(&path)?;
        Ok(Self {
            path,
            prefix: SqlName::default_prefix(),
            timeout: Duration::from_secs(1),
            sweeps_every: Duration::from_secs(60),
            open: OnceCell::new(),
        })
    }

    /// As the operator wants it.
    pub(crate) fn configured(settings: &SqliteSettings) -> Result<Self, StoreError> {
        let mut store = Self::new(&settings.path)?.timeout(settings.timeout);
        store.prefix = settings.prefix.clone();
        Ok(store)
    }

    /// What the names of the tables begin with. Default: `b2c_`.
    ///
    /// # Errors
    ///
    /// When it is not 1 to 30 lower-case letters, digits and `_`.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, StoreError> {
        self.prefix = named("prefix", prefix)?;
        Ok(self)
    }

    /// How long an answer may take, others' writes included. Default: 1 second.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often expired rows are removed, by one process for all. Default: 60 seconds.
    pub fn remove_expired_every(mut self, interval: Duration) -> Self {
        self.sweeps_every = interval;
        self
    }

    /// The file, with its tables made and its expired rows looked after.
    async fn database(&self) -> Result<&Database, StoreError> {
        let opened = self.open.get_or_try_init(async || {
            let database = Arc::new(Database::new(&self.path, &self.prefix, self.timeout));
            database.prepare().await?;
            Ok::<_, StoreError>(Open {
                _sweeper: Sweeper::start(Arc::clone(&database), self.sweeps_every),
                database,
            })
        });
        Ok(&opened.await?.database)
    }
}

impl SessionStore for SqliteStore {
    fn backend(&self) -> &'static str {
        "sqlite"
    }

    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let index_key = |number: usize| match index.keys.get(number) {
                Some(key) => Value::Bytes(key.as_bytes()),
                None => Value::NoBytes,
            };
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(millis(record.expires_at)),
                Value::Bytes(&record.bytes),
                Value::Bytes(&index.summary),
                index_key(0),
                index_key(1),
            ];
            Ok(database
                .writes(&database.statements.insert, &values)
                .await?
                == 1)
        })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let values = [Value::Bytes(key.as_bytes())];
            let found = database.rows(&database.statements.load, &values);
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
            let database = self.database().await?;
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(expected.cast_signed()),
                Value::Number(millis(record.expires_at)),
                Value::Bytes(&record.bytes),
            ];
            if database
                .writes(&database.statements.replace, &values)
                .await?
                == 1
            {
                return Ok(Replaced::Done);
            }
            Ok(match self.load(key).await? {
                Some(_) => Replaced::Conflict,
                None => Replaced::Missing,
            })
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let values = [
                Value::Bytes(key.as_bytes()),
                Value::Number(millis(expires_at)),
            ];
            Ok(database.writes(&database.statements.touch, &values).await? == 1)
        })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let values = [Value::Bytes(key.as_bytes())];
            Ok(database
                .writes(&database.statements.delete, &values)
                .await?
                == 1)
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
            let found = database.rows(&database.statements.find, &values);
            found.await?.iter().map(read_indexed).collect()
        })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let database = self.database().await?;
            let values = [
                Value::Bytes(index.as_bytes()),
                match &except {
                    Some(key) => Value::Bytes(key.as_bytes()),
                    None => Value::NoBytes,
                },
                Value::Number(AT_ONCE),
            ];
            let mut total = 0;
            loop {
                let ended = database.writes(&database.statements.delete_some, &values);
                let ended = usize::try_from(ended.await?).map_err(StoreError::new)?;
                total += ended;
                if ended == 0 {
                    return Ok(total);
                }
            }
        })
    }

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

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn read_indexed(row: &SqliteRow) -> Result<IndexedSession, StoreError> {
    let key: Vec<u8> = column(row, 0)?;
    let key = key.try_into();
    let key = key.map_err(|_| StoreError::new("a key in the table has not 32 bytes"))?;
    Ok(IndexedSession {
        key: SessionKey::from_bytes(key),
        expires_at: moment(column(row, 1)?),
        summary: column(row, 2)?,
    })
}

fn column<'r, T>(row: &'r SqliteRow, index: usize) -> Result<T, StoreError>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.try_get(index).map_err(StoreError::new)
}

/// How many sessions one statement ends, while nobody else can write.
const AT_ONCE: i64 = 500;
