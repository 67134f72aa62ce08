//! The store: its settings, and what it opens at its first use.

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::sync::OnceCell;

use super::database::Database;
use super::migration;
use crate::config::{PostgresSettings, SqlName};
use crate::secret::Secret;
use crate::session::store::StoreError;
use crate::session::store::sql::expired::Sweeper;
use crate::session::store::sql::named;

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
    pub(super) connect: PgConnectOptions,
    pub(super) listen: Option<PgConnectOptions>,
    pub(super) settings: Settings,
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
    pub(super) async fn database(&self) -> Result<&Database, StoreError> {
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
