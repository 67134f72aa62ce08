//! The contract, as commands.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::ScriptInvocation;

use super::address::Address;
use super::link::{Link, Repeat};
use super::listener::Listener;
use super::opener::Opener;
use super::scripts;
use crate::future::BoxFuture;
use crate::secret::Secret;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::{
    Invalidations, Lease, LockKey, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

/// Sessions in Redis 7 or Valkey (feature `redis`), one server with or without TLS.
///
/// Each operation is one command, a script that the server runs as a whole; all requests share one
/// connection, and their commands travel together. Writes are published in the same step, so that
/// what ends on one instance ends on all at once. A server that does not answer within
/// [`timeout`](Self::timeout) is an error, not a wait; the next request tries anew, and nothing has
/// to be restarted when the server is back.
///
/// Records expire by themselves. Set `maxmemory-policy` to `noeviction` or `volatile-ttl`: any other
/// throws sessions out that are in use. Redis Cluster is not for this store: a user's sessions are
/// found over several keys.
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
    address: Address,
    prefix: String,
    timeout: Duration,
    link: Link,
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
        let address = Address::parse(url)?;
        let timeout = Duration::from_secs(1);
        Ok(Self {
            link: Link::new(Opener::new(address.clone(), timeout)),
            prefix: "b2c:".to_owned(),
            timeout,
            address,
        })
    }

    /// What all keys begin with, and the channel of the writes; the same on all instances of an app
    /// and another for each app. Default: `b2c:`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long an answer may take, the connection included. Default: 1 second.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self.link = Link::new(Opener::new(self.address.clone(), timeout));
        self
    }

    fn record(&self, name: &str) -> String {
        format!("{}s:{name}", self.prefix)
    }

    fn index(&self, index: IndexKey) -> String {
        format!("{}i:{}", self.prefix, name(index.as_bytes()))
    }

    fn channel(&self) -> String {
        format!("{}writes", self.prefix)
    }

    /// A script about one record: its key, and its name as the first argument.
    fn about(&self, script: &'static redis::Script, key: SessionKey) -> ScriptInvocation<'static> {
        let name = name(key.as_bytes());
        let mut invocation = script.key(self.record(&name));
        invocation.arg(name);
        invocation
    }

    async fn hold(&self, lease: Lease, lasts: Duration) -> Result<bool, StoreError> {
        let mut script = scripts::HOLD.key(self.lock_name(lease.key));
        script.arg(lease.token).arg(micros(lasts));
        self.link.run(&script, Repeat::Never).await
    }

    fn lock_name(&self, key: LockKey) -> String {
        format!("{}l:{}", self.prefix, name(key.as_bytes()))
    }
}

impl SessionStore for RedisStore {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut script = self.about(&scripts::INSERT, key);
            for index in index.keys {
                script.key(self.index(index));
            }
            script
                .arg(millis(record.expires_at))
                .arg(record.bytes)
                .arg(index.summary);
            self.link.run(&script, Repeat::Never).await
        })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async move {
            let script = self.about(&scripts::LOAD, key);
            let (version, expiry, bytes): (Option<u64>, Option<u64>, Option<Vec<u8>>) =
                self.link.run(&script, Repeat::Once).await?;
            Ok(version
                .zip(expiry)
                .zip(bytes)
                .map(|((version, expiry), bytes)| StoredRecord {
                    version,
                    expires_at: moment(expiry),
                    bytes,
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
            let mut script = self.about(&scripts::REPLACE, key);
            script
                .arg(expected)
                .arg(millis(record.expires_at))
                .arg(record.bytes);
            script.arg(self.channel());
            let answer: String = self.link.run(&script, Repeat::Never).await?;
            match answer.as_str() {
                "done" => Ok(Replaced::Done),
                "conflict" => Ok(Replaced::Conflict),
                "missing" => Ok(Replaced::Missing),
                _ => Err(StoreError::new(
                    "Redis answered a replacement with something else",
                )),
            }
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut script = self.about(&scripts::TOUCH, key);
            script.arg(millis(expires_at));
            self.link.run(&script, Repeat::Once).await
        })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut script = self.about(&scripts::DELETE, key);
            script.arg(self.channel());
            self.link.run(&script, Repeat::Never).await
        })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move {
            let mut script = scripts::FIND.key(self.index(index));
            script.arg(self.record("")).arg(limit);
            let found: Vec<(String, u64, Vec<u8>)> = self.link.run(&script, Repeat::Once).await?;
            let read = found.into_iter().map(|(name, expiry, summary)| {
                Some(IndexedSession {
                    key: read_name(&name)?,
                    expires_at: moment(expiry),
                    summary,
                })
            });
            Ok(read.flatten().collect())
        })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let spared = except.map(|key| name(key.as_bytes())).unwrap_or_default();
            let mut script = scripts::DELETE_SOME.key(self.index(index));
            script
                .arg(self.record(""))
                .arg(self.channel())
                .arg(spared)
                .arg(BATCH);
            let mut total = 0;
            loop {
                let (seen, ended): (usize, usize) = self.link.run(&script, Repeat::Never).await?;
                total += ended;
                if seen == 0 {
                    return Ok(total);
                }
            }
        })
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        Box::pin(async move {
            let (sender, pushes) = tokio::sync::mpsc::unbounded_channel();
            let connection = self.link.subscribe(&self.channel(), sender).await?;
            let listener: Box<dyn Invalidations> = Box::new(Listener::new(connection, pushes));
            Ok(Some(listener))
        })
    }

    /// By the server's clock.
    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move {
            let until = SystemTime::now() + lasts;
            let mut script = scripts::LOCK.key(self.lock_name(key));
            script.arg(micros(lasts));
            let token: Option<u64> = self.link.run(&script, Repeat::Never).await?;
            Ok(token.map(|token| Lease { key, token, until }))
        })
    }

    fn renew(
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

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(self.hold(lease, Duration::ZERO))
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

/// A key as text: 43 characters of base64url.
fn name(key: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

pub(super) fn read_name(name: &str) -> Option<SessionKey> {
    let mut bytes = [0; 32];
    let exact = URL_SAFE_NO_PAD.decode_slice(name, &mut bytes) == Ok(bytes.len());
    exact.then(|| SessionKey::from_bytes(bytes))
}

fn millis(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn moment(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

/// How many sessions one script ends: a millisecond or so of the server's time.
const BATCH: usize = 500;
