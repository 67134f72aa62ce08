//! The contract, as statements.

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{Decode, Postgres, Row as _, Type};
use tokio::sync::OnceCell;

use super::connections::Repeat;
use super::database::Database;
use super::listener::Listener;
use super::migration;
use super::value::Value;
use crate::config::{PostgresSettings, SqlName};
use crate::future::BoxFuture;
use crate::secret::Secret;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::sql::expired::{Expiring as _, Sweeper};
use crate::session::store::sql::named;
use crate::session::store::sql::time::{millis, moment};
use crate::session::store::{
    Invalidations, Lease, LockKey, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

/// Sessions in PostgreSQL 12 or newer (feature `postgres`).
///
/// Each operation is one statement and one transaction; nothing is kept on a connection, so that a
/// pooler may stand between. Writes are told on a channel (`LISTEN`, `NOTIFY`) in the same transaction,
/// so that what ends on one instance ends on all at once. A server that does not answer within
/// [`timeout`](Self::timeout), or whose connections are all in use for so long, is an error, not a wait;
/// the next request tries anew, and nothing has to be restarted when the server is back.
///
/// The tables are made at the first use; instances that start together do it once. Expired rows are
/// removed in the background, by one instance that the others elect.
///
/// The configuration file knows it as `session.store = "postgres"` with `[session.postgres]`; in code:
///
/// ```no_run
/// # fn run() -> Result<(), tower_b2c::StoreError> {
/// use tower_b2c::{PostgresStore, Secret};
///
/// let url = Secret::new("postgres://shop:password@db.contoso.com/shop?sslmode=verify-full");
/// let store = PostgresStore::new(&url)?.schema("sessions")?;
/// # Ok(())
/// # }
/// ```
pub struct PostgresStore {
    connect: PgConnectOptions,
    listen: Option<PgConnectOptions>,
    settings: Settings,
    open: OnceCell<Open>,
}

/// What can be set.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) schema: Option<SqlName>,
    pub(super) prefix: SqlName,
    pub(super) timeout: Duration,
    pub(super) connections: usize,
    pub(super) migrates: bool,
    pub(super) prepares: bool,
    pub(super) sweeps_every: Duration,
}

/// What there is from the first use on.
struct Open {
    database: Arc<Database>,
    _sweeper: Sweeper,
}

impl PostgresStore {
    /// Prepares a store at a URL: `postgres://user:password@host[:port]/database[?sslmode=verify-full]`.
    /// It connects, and makes its tables, when it is first used.
    ///
    /// # Errors
    ///
    /// When the URL is not one of PostgreSQL.
    pub fn new(url: &Secret) -> Result<Self, StoreError> {
        Ok(Self {
            connect: read_url(url)?,
            listen: None,
            settings: Settings {
                schema: None,
                prefix: SqlName::default_prefix(),
                timeout: Duration::from_secs(1),
                connections: 10,
                migrates: true,
                prepares: true,
                sweeps_every: Duration::from_secs(60),
            },
            open: OnceCell::new(),
        })
    }

    /// As the operator wants it.
    pub(crate) fn configured(settings: &PostgresSettings) -> Result<Self, StoreError> {
        let mut store = Self::new(&settings.url)?;
        if let Some(url) = &settings.listen_url {
            store = store.listen_url(url)?;
        }
        store.settings = Settings {
            schema: settings.schema.clone(),
            prefix: settings.prefix.clone(),
            timeout: settings.timeout,
            connections: settings.connections,
            migrates: settings.migrate,
            prepares: settings.prepared_statements,
            ..store.settings
        };
        Ok(store)
    }

    /// The schema of the tables; made if it is missing. Default: the first of the server's
    /// `search_path`, which is `public` as a rule.
    ///
    /// # Errors
    ///
    /// When it is not 1 to 30 lower-case letters, digits and `_`.
    pub fn schema(mut self, schema: &str) -> Result<Self, StoreError> {
        self.settings.schema = Some(named("schema", schema)?);
        Ok(self)
    }

    /// What the names of the tables and of the channel begin with; the same on all instances of an app
    /// and another for each app in a schema. Default: `b2c_`.
    ///
    /// # Errors
    ///
    /// When it is not 1 to 30 lower-case letters, digits and `_`.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, StoreError> {
        self.settings.prefix = named("prefix", prefix)?;
        Ok(self)
    }

    /// How long an answer may take, a free connection included. Default: 1 second.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How many connections there are at most, beside the one that listens. Default: 10.
    pub fn connections(mut self, connections: usize) -> Self {
        self.settings.connections = connections.max(1);
        self
    }

    /// Whether tables that are missing are made at the first use. Default: `true`. With `false` run
    /// [`migration`](Self::migration) beforehand.
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.settings.migrates = migrate;
        self
    }

    /// Whether statements stay prepared on their connection. Default: `true`. With `false` nothing stays
    /// there, as a pooler in transaction mode (PgBouncer) has it.
    pub fn prepared_statements(mut self, prepared: bool) -> Self {
        self.settings.prepares = prepared;
        self
    }

    /// Another way to the same database for `LISTEN`, past a pooler in transaction mode, which has no
    /// use for it. Default: the store's own URL.
    ///
    /// # Errors
    ///
    /// When the URL is not one of PostgreSQL.
    pub fn listen_url(mut self, url: &Secret) -> Result<Self, StoreError> {
        self.listen = Some(read_url(url)?);
        Ok(self)
    }

    /// How often expired rows are removed, by one instance for all. Default: 60 seconds.
    pub fn remove_expired_every(mut self, interval: Duration) -> Self {
        self.settings.sweeps_every = interval;
        self
    }

    /// The SQL that makes the tables; running it again changes nothing.
    pub fn migration(&self) -> String {
        migration::script(self.settings.schema.as_ref(), &self.settings.prefix)
    }

    /// The database, with its tables made and its expired rows looked after.
    async fn database(&self) -> Result<&Database, StoreError> {
        let opened = self.open.get_or_try_init(async || {
            let database = Arc::new(Database::new(&self.connect, &self.settings));
            if self.settings.migrates {
                database.migrate(&self.settings).await?;
            }
            let every = self.settings.sweeps_every;
            Ok::<_, StoreError>(Open {
                _sweeper: Sweeper::start(Arc::clone(&database), every),
                database,
            })
        });
        // Whoever waits here waits for another's first use.
        let opened = tokio::time::timeout(self.settings.timeout, opened).await;
        let late = || Err(StoreError::new("PostgreSQL has not made the tables yet"));
        Ok(&opened.unwrap_or_else(|_| late())?.database)
    }

    /// What changes one row, or none.
    async fn changes(
        &self,
        pick: impl Fn(&super::statements::Statements) -> &String,
        values: &[Value<'_>],
        repeat: Repeat,
    ) -> Result<bool, StoreError> {
        let database = self.database().await?;
        database
            .concerns(pick(&database.statements), values, repeat)
            .await
    }
}

impl Settings {
    /// The options with what the store wants of a connection.
    pub(super) fn dressed(&self, options: &PgConnectOptions) -> PgConnectOptions {
        // Poolers do not know the setting, and the store has no fractions.
        let options = options.clone().extra_float_digits(None);
        if !self.prepares {
            return options.statement_cache_capacity(0);
        }
        // The server gives up, too, what nobody waits for any more.
        options.options([("statement_timeout", self.timeout.as_millis().to_string())])
    }
}

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

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn read_url(url: &Secret) -> Result<PgConnectOptions, StoreError> {
    // The cause may quote the URL, which has a password in it.
    let unusable = || StoreError::new("the URL is not one of PostgreSQL (postgres://)");
    let text = url.expose();
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err(unusable());
    }
    PgConnectOptions::from_str(text).map_err(|_| unusable())
}

fn column<'r, T>(row: &'r PgRow, index: usize) -> Result<T, StoreError>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    row.try_get(index).map_err(StoreError::new)
}

/// How many sessions one statement ends: some milliseconds of the database's time.
const AT_ONCE: i64 = 500;
