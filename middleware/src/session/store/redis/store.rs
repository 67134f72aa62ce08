//! Sessions in Redis: how it is reached, by whoever keeps the contract there.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use super::address::Address;
use super::cluster::Cluster;
use super::identity::Identity;
use super::keys::Keys;
use super::link::Link;
use super::one_server::OneServer;
use super::opener::Place;
use super::sentinel::Sentinels;
use super::sharded::Sharded;
use super::tokens::RedisTokens;
use crate::future::BoxFuture;
use crate::secret::Secret;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::{
    Invalidations, Lease, LockKey, Replaced, SessionKey, SessionStore, StoreConcern, StoreError,
    StoredRecord,
};

/// Sessions in Redis 7 or Valkey (feature `redis`): one server, a master that Sentinels watch over, or
/// a cluster, with or without TLS.
///
/// On one server, and on a master, each operation is one command, a script that the server runs as a
/// whole; on a cluster it is one to each server that has a part of it. All requests share one
/// connection to each server, and their commands travel together. Writes are published in the same
/// step, so that what ends on one instance ends on all at once. A server that does not answer within
/// [`timeout`](Self::timeout) is an error, not a wait; while it is away it is tried in growing pauses
/// of 2 seconds at most, and nothing has to be restarted when it, or its heir, is back.
///
/// Records expire by themselves. Set `maxmemory-policy` to `noeviction` or `volatile-ttl`: any other
/// throws sessions out that are in use. Replicas lag behind: with `min-replicas-to-write 1` a master
/// that was cut off takes no writes that its heir does not know.
///
/// Over TLS (`rediss://`) the authorities of the system are trusted, or those in the file that
/// `SSL_CERT_FILE` names, and a certificate has to name what the server is reached by: the host in the
/// URL, and behind Sentinel or in a cluster also the address, or with `announce-hostnames` the name,
/// that Sentinels and servers tell.
///
/// The configuration file knows it as `session.store = "redis"` with `[session.redis]`; in code:
///
/// ```no_run
/// # fn run() -> Result<(), tower_b2c::StoreError> {
/// use tower_b2c::{RedisStore, Secret};
///
/// let store = RedisStore::new(&Secret::new("rediss://:password@cache.contoso.com:6380"))?;
/// # Ok(())
/// # }
/// ```
pub struct RedisStore {
    servers: Servers,
    password: Option<(Option<String>, Secret)>,
    identity: Option<Arc<Identity>>,
    prefix: String,
    timeout: Duration,
    /// Made when it is first used.
    contract: OnceLock<Box<dyn SessionStore>>,
}

/// Where the sessions are.
enum Servers {
    One(Address),
    Watched(Sentinels),
    Cluster { any: Address, seeds: Vec<Address> },
}

impl RedisStore {
    /// Prepares a store at a URL: `redis://[user:password@]host[:port][/database]`, `rediss://` with
    /// TLS. It connects when it is first used.
    ///
    /// Where the process has no default cryptography for rustls, TLS makes aws-lc-rs the default.
    ///
    /// # Errors
    ///
    /// When the URL is not one of Redis.
    pub fn new(url: &Secret) -> Result<Self, StoreError> {
        Ok(Self::at(Servers::One(Address::parse(url)?)))
    }

    /// Prepares a store on the master of this name, which Sentinels watch over: a fail-over is
    /// followed. URLs are as in [`new`](Self::new), with the Sentinels' own user and password; whether
    /// the first speaks TLS, and its database, is true of the servers, too. Their user and password are
    /// [`password`](Self::password).
    ///
    /// # Errors
    ///
    /// When there is no URL, or one is not of Redis.
    pub fn sentinel(sentinels: &[Secret], master: impl Into<String>) -> Result<Self, StoreError> {
        let (first, sentinels) = addresses(sentinels)?;
        let sentinels = sentinels.iter().map(Address::without_database);
        Ok(Self::at(Servers::Watched(Sentinels {
            watchers: sentinels.collect(),
            master: master.into(),
            server: first.asked_by_nobody(),
        })))
    }

    /// Prepares a store on a cluster, some of whose servers are at these URLs; the others they name.
    /// User, password and TLS of the first are those of all, unless there is a
    /// [`password`](Self::password).
    ///
    /// # Errors
    ///
    /// When there is no URL, or one is not of Redis.
    pub fn cluster(urls: &[Secret]) -> Result<Self, StoreError> {
        let (any, seeds) = addresses(urls)?;
        Ok(Self::at(Servers::Cluster { any, seeds }))
    }

    /// The password of all servers but Sentinels, in place of the URLs'; without a user the default
    /// user's.
    pub fn password(mut self, user: Option<&str>, password: Secret) -> Self {
        self.password = Some((user.map(str::to_owned), password));
        self
    }

    /// Tokens that end in place of a password, of all servers but Sentinels. Each connection says who
    /// it is again (`AUTH`) with each new token, which is asked for when a quarter of the last one's
    /// time is left: without an answer it stays as it is, and is tried again in growing pauses. With
    /// [Microsoft Entra ID](https://learn.microsoft.com/azure/redis/entra-for-authentication) the user
    /// is the object id of the service principal or the managed identity, and the token one of the
    /// scope `https://redis.azure.com/.default`; the configuration knows it as
    /// `[session.redis.entra]`, in code it is any source:
    ///
    /// ```no_run
    /// # use tower_b2c::{AppTokens, RedisStore, RedisToken, Secret, StoreError};
    /// # fn run(tokens: AppTokens) -> Result<(), StoreError> {
    /// let store = RedisStore::new(&Secret::new("rediss://cache.redis.azure.net:10000"))?.tokens(
    ///     "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb",
    ///     move || {
    ///         let tokens = tokens.clone();
    ///         async move {
    ///             let token = tokens.access_token(&["https://redis.azure.com/.default"]).await;
    ///             let token = token.map_err(StoreError::new)?;
    ///             Ok(RedisToken::new(Secret::new(token.secret()), token.expires_at()))
    ///         }
    ///     },
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn tokens(mut self, user: impl Into<String>, source: impl RedisTokens) -> Self {
        self.identity = Some(Identity::new(user.into(), Arc::new(source)));
        self
    }

    /// The password of Sentinels, in place of their URLs'.
    pub fn sentinel_password(mut self, user: Option<&str>, password: &Secret) -> Self {
        if let Servers::Watched(watched) = &mut self.servers {
            for sentinel in &mut watched.watchers {
                *sentinel = sentinel.asked_by(user, password);
            }
        }
        self
    }

    /// What all keys begin with, and the channel of the writes; the same on all instances of an app
    /// and another for each app. Default: `b2c:`. Part of a prefix in braces would put all keys of a
    /// cluster on one server.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long an answer may take, the connection included. Default: 1 second.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn at(servers: Servers) -> Self {
        Self {
            servers,
            password: None,
            identity: None,
            prefix: "b2c:".to_owned(),
            timeout: Duration::from_secs(1),
            contract: OnceLock::new(),
        }
    }

    fn contract(&self) -> &dyn SessionStore {
        &**self.contract.get_or_init(|| self.begin())
    }

    fn begin(&self) -> Box<dyn SessionStore> {
        let prefix = self.prefix.clone();
        let (keys, timeout) = (Keys { prefix }, self.timeout);
        match &self.servers {
            Servers::One(address) => {
                let place = Place::At(self.asked_by_us(address));
                Box::new(OneServer::new(keys, Link::new(place, timeout)))
            }
            Servers::Watched(watched) => {
                let place = Place::Master(Sentinels {
                    server: self.asked_by_us(&watched.server),
                    ..watched.clone()
                });
                Box::new(OneServer::new(keys, Link::new(place, timeout)))
            }
            Servers::Cluster { any, seeds } => {
                let seeds = seeds.iter().map(|seed| self.asked_by_us(seed)).collect();
                let cluster = Cluster::new(self.asked_by_us(any), seeds, timeout);
                Box::new(Sharded::new(keys, cluster))
            }
        }
    }

    fn asked_by_us(&self, address: &Address) -> Address {
        match (&self.identity, &self.password) {
            (Some(identity), _) => address.asked_with_tokens_of(identity),
            (None, Some((user, password))) => address.asked_by(user.as_deref(), password),
            (None, None) => address.clone(),
        }
    }
}

impl SessionStore for RedisStore {
    fn backend(&self) -> &'static str {
        "redis"
    }

    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.contract().insert(key, record, index)
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        self.contract().load(key)
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        self.contract().replace(key, expected, record)
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.contract().touch(key, expires_at)
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.contract().delete(key)
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        self.contract().find_indexed(index, limit)
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.contract().delete_indexed(index, except)
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        self.contract().invalidations()
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.contract().lock(key, lasts)
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        self.contract().renew(lease, lasts)
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.contract().unlock(lease)
    }

    fn concerns(&self) -> BoxFuture<'_, Result<Vec<StoreConcern>, StoreError>> {
        self.contract().concerns()
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The first, and all.
fn addresses(urls: &[Secret]) -> Result<(Address, Vec<Address>), StoreError> {
    let parsed: Result<Vec<_>, _> = urls.iter().map(Address::parse).collect();
    let parsed = parsed?;
    let first = parsed.first().cloned();
    let first = first.ok_or_else(|| StoreError::new("there has to be at least one URL"))?;
    Ok((first, parsed))
}
