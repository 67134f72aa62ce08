//! The contract on one server, or on a master and its replicas: each operation is one script.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use redis::ScriptInvocation;

use super::concerns::concerns;
use super::keys::{Keys, micros, millis, moment, name, read_name};
use super::link::{Link, Repeat};
use super::listener::{Listener, Source};
use super::scripts;
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::{
    Invalidations, Lease, LockKey, Replaced, SessionKey, SessionStore, StoreConcern, StoreError,
    StoredRecord,
};

/// Everything in one place.
pub(super) struct OneServer {
    keys: Keys,
    link: Arc<Link>,
}

impl OneServer {
    pub(super) fn new(keys: Keys, link: Link) -> Self {
        let link = Arc::new(link);
        Self { keys, link }
    }

    /// A script about one record: its key, and its name as the first argument.
    fn about(&self, script: &'static redis::Script, key: SessionKey) -> ScriptInvocation<'static> {
        let name = name(key);
        let mut invocation = script.key(self.keys.record(&name));
        invocation.arg(name);
        invocation
    }

    async fn hold(&self, lease: Lease, lasts: Duration) -> Result<bool, StoreError> {
        let mut script = scripts::HOLD.key(self.keys.lock(lease.key));
        script.arg(lease.token).arg(micros(lasts));
        self.link.run(&script, Repeat::Never).await
    }
}

impl SessionStore for OneServer {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut script = self.about(&scripts::INSERT, key);
            for index in index.keys {
                script.key(self.keys.index(index));
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
            Ok(read_record(self.link.run(&script, Repeat::Once).await?))
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
            script.arg(self.keys.channel());
            let answer: String = self.link.run(&script, Repeat::Never).await?;
            read_replaced(&answer)
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
            script.arg(self.keys.channel());
            self.link.run(&script, Repeat::Never).await
        })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move {
            let mut script = scripts::FIND.key(self.keys.index(index));
            script.arg(self.keys.record("")).arg(limit);
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
            let spared = except.map(name).unwrap_or_default();
            let mut script = scripts::DELETE_SOME.key(self.keys.index(index));
            script
                .arg(self.keys.record(""))
                .arg(self.keys.channel())
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
            let source = Source::One(Arc::clone(&self.link));
            let listener = Listener::open(source, &self.keys.channel()).await?;
            Ok(Some(Box::new(listener) as Box<dyn Invalidations>))
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
            let mut script = scripts::LOCK.key(self.keys.lock(key));
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

    fn concerns(&self) -> BoxFuture<'_, Result<Vec<StoreConcern>, StoreError>> {
        Box::pin(async move {
            let script = scripts::INFO.key(self.keys.channel());
            let told: String = self.link.run(&script, Repeat::Once).await?;
            Ok(concerns(&told))
        })
    }
}

/// Version, expiry and bytes, as [`LOAD`](scripts::LOAD) answers.
pub(super) fn read_record(
    (version, expiry, bytes): (Option<u64>, Option<u64>, Option<Vec<u8>>),
) -> Option<StoredRecord> {
    Some(StoredRecord {
        version: version?,
        expires_at: moment(expiry?),
        bytes: bytes?,
    })
}

/// What [`REPLACE`](scripts::REPLACE) answers.
pub(super) fn read_replaced(answer: &str) -> Result<Replaced, StoreError> {
    match answer {
        "done" => Ok(Replaced::Done),
        "conflict" => Ok(Replaced::Conflict),
        "missing" => Ok(Replaced::Missing),
        _ => Err(StoreError::new(
            "Redis answered a replacement with something else",
        )),
    }
}

/// How many sessions one script ends: a millisecond or so of the server's time.
const BATCH: usize = 500;
