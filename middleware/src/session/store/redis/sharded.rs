//! The contract on a cluster: a record on one server, its index sets on others.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use redis::{FromRedisValue, Script, Value};
use tokio::task::JoinSet;

use super::cluster::Cluster;
use super::keys::{Keys, micros, millis, moment, name, read_name};
use super::link::Repeat;
use super::listener::{Listener, Source};
use super::one_server::{read_record, read_replaced};
use super::{record_scripts as steps, scripts};
use crate::future::BoxFuture;
use crate::session::index::{IndexEntry, IndexKey, IndexedSession};
use crate::session::store::{
    Invalidations, Lease, LockKey, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

/// Every key where its slot is.
#[derive(Clone)]
pub(super) struct Sharded {
    keys: Keys,
    cluster: Arc<Cluster>,
}

/// A record's marker, and the keys of its index sets.
type Indexes = (Option<String>, Option<String>, Option<String>);

/// Expiry, summary, and the keys of its index sets.
type Shown = (Option<u64>, Option<Vec<u8>>, Option<String>, Option<String>);

impl Sharded {
    pub(super) fn new(keys: Keys, cluster: Arc<Cluster>) -> Self {
        Self { keys, cluster }
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        key: &str,
        arguments: &[&[u8]],
        repeat: Repeat,
    ) -> Result<T, StoreError> {
        let mut invocation = script.key(key);
        for argument in arguments {
            invocation.arg(*argument);
        }
        self.cluster.run(key, &invocation, repeat).await
    }

    /// Runs a script on each index set, wherever that is.
    async fn at_each(
        &self,
        indexes: impl IntoIterator<Item = String>,
        script: &'static Script,
        arguments: &[&str],
    ) -> Result<(), StoreError> {
        let mut running = JoinSet::new();
        for index in indexes {
            let arguments: Vec<_> = arguments.iter().map(|text| (*text).to_owned()).collect();
            let store = self.clone();
            running.spawn(async move {
                let arguments: Vec<_> = arguments.iter().map(String::as_bytes).collect();
                let ran = store.run::<Value>(script, &index, &arguments, Repeat::Once);
                ran.await
            });
        }
        while let Some(ran) = running.join_next().await {
            ran.map_err(StoreError::new)??;
        }
        Ok(())
    }

    /// Makes the entries of a record last at least till then; tells whether there is one.
    async fn prolong(&self, record: &str, name: &str, expiry: &str) -> Result<bool, StoreError> {
        let (version, first, second): Indexes =
            self.run(&steps::INDEXES, record, &[], Repeat::Once).await?;
        if version.is_none() {
            return Ok(false);
        }
        let indexes = [first, second].into_iter().flatten();
        self.at_each(indexes, &steps::ENTER, &[name, expiry])
            .await?;
        Ok(true)
    }

    /// Removes a record, if it is in this index set, and then its entries; tells whether it was there.
    async fn remove(&self, name: &str, within: &str) -> Result<bool, StoreError> {
        let channel = self.keys.channel();
        let arguments = [name.as_bytes(), channel.as_bytes(), within.as_bytes()];
        let record = self.keys.record(name);
        let (version, first, second): Indexes = self
            .run(&steps::DELETE, &record, &arguments, Repeat::Never)
            .await?;
        let indexes = [first, second].into_iter().flatten();
        // An entry without a record counts for nothing, and expires.
        let _ = self.at_each(indexes, &steps::LEAVE, &[name]).await;
        Ok(version.is_some())
    }

    async fn names(
        &self,
        index: &str,
        first: usize,
        last: isize,
    ) -> Result<Vec<String>, StoreError> {
        let (first, last) = (first.to_string(), last.to_string());
        let arguments = [first.as_bytes(), last.as_bytes()];
        self.run(&steps::NAMES, index, &arguments, Repeat::Once)
            .await
    }

    /// What a list shows of a record, if it is in this index set.
    async fn show(&self, name: &str, index: &str) -> Result<Option<IndexedSession>, StoreError> {
        let record = self.keys.record(name);
        let (expiry, summary, first, second): Shown =
            self.run(&steps::SHOW, &record, &[], Repeat::Once).await?;
        let is_in = [first, second].iter().flatten().any(|key| key == index);
        let shown = || {
            Some(IndexedSession {
                key: read_name(name)?,
                expires_at: moment(expiry?),
                summary: summary?,
            })
        };
        Ok(if is_in { shown() } else { None })
    }

    /// Does something to many records, some at a time; what it says of each.
    async fn each<T, F>(
        &self,
        names: Vec<String>,
        work: impl Fn(Self, String) -> F,
    ) -> Result<Vec<T>, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let mut working = JoinSet::new();
        let mut done = Vec::new();
        for name in names {
            if working.len() >= AT_ONCE
                && let Some(one) = working.join_next().await
            {
                done.push(one.map_err(StoreError::new)??);
            }
            working.spawn(work(self.clone(), name));
        }
        while let Some(one) = working.join_next().await {
            done.push(one.map_err(StoreError::new)??);
        }
        Ok(done)
    }

    async fn hold(&self, lease: Lease, lasts: Duration) -> Result<bool, StoreError> {
        let (token, lasts) = (lease.token.to_string(), micros(lasts).to_string());
        let arguments = [token.as_bytes(), lasts.as_bytes()];
        let lock = self.keys.lock(lease.key);
        self.run(&scripts::HOLD, &lock, &arguments, Repeat::Never)
            .await
    }
}

impl SessionStore for Sharded {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let (name, expiry) = (name(key), millis(record.expires_at).to_string());
            let indexes: Vec<_> = index.keys.iter().map(|key| self.keys.index(*key)).collect();
            let entry = [&*name, &*expiry];
            self.at_each(indexes.clone(), &steps::ENTER, &entry).await?;
            let mut arguments = vec![expiry.as_bytes(), &record.bytes, &index.summary];
            arguments.extend(indexes.iter().map(String::as_bytes));
            let record = self.keys.record(&name);
            self.run(&steps::INSERT, &record, &arguments, Repeat::Never)
                .await
        })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async move {
            let record = self.keys.record(&name(key));
            let loaded = self.run(&scripts::LOAD, &record, &[], Repeat::Once).await?;
            Ok(read_record(loaded))
        })
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        Box::pin(async move {
            let (name, expiry) = (name(key), millis(record.expires_at).to_string());
            let at = self.keys.record(&name);
            if !self.prolong(&at, &name, &expiry).await? {
                return Ok(Replaced::Missing);
            }
            let (expected, channel) = (expected.to_string(), self.keys.channel());
            let arguments = [
                name.as_bytes(),
                expected.as_bytes(),
                expiry.as_bytes(),
                &record.bytes,
                channel.as_bytes(),
            ];
            let answer: String = self
                .run(&steps::REPLACE, &at, &arguments, Repeat::Never)
                .await?;
            read_replaced(&answer)
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let (name, expiry) = (name(key), millis(expires_at).to_string());
            let record = self.keys.record(&name);
            if !self.prolong(&record, &name, &expiry).await? {
                return Ok(false);
            }
            self.run(&steps::TOUCH, &record, &[expiry.as_bytes()], Repeat::Once)
                .await
        })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move { self.remove(&name(key), "").await })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move {
            let index = self.keys.index(index);
            let (mut found, mut next) = (Vec::new(), 0);
            while found.len() < limit {
                let last = isize::try_from(next + PAGE - 1).unwrap_or(-1);
                let names = self.names(&index, next, last).await?;
                let count = names.len();
                let shown = self.each(names, |store, name| {
                    let index = index.clone();
                    async move { store.show(&name, &index).await }
                });
                found.extend(shown.await?.into_iter().flatten());
                if count < PAGE {
                    break;
                }
                next += PAGE;
            }
            found.truncate(limit);
            Ok(found)
        })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            let (index, spared) = (self.keys.index(index), except.map(name));
            let mut names = self.names(&index, 0, -1).await?;
            names.retain(|name| Some(name) != spared.as_ref());
            let removed = self.each(names, |store, name| {
                let index = index.clone();
                async move { store.remove(&name, &index).await }
            });
            Ok(removed
                .await?
                .into_iter()
                .filter(|removed| *removed)
                .count())
        })
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        Box::pin(async move {
            let source = Source::Cluster(Arc::clone(&self.cluster));
            let listener = Listener::open(source, &self.keys.channel()).await?;
            Ok(Some(Box::new(listener) as Box<dyn Invalidations>))
        })
    }

    /// By the clock of the server that has the lock.
    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move {
            let until = SystemTime::now() + lasts;
            let lasts = micros(lasts).to_string();
            let lock = self.keys.lock(key);
            let token: Option<u64> = self
                .run(&scripts::LOCK, &lock, &[lasts.as_bytes()], Repeat::Never)
                .await?;
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

/// How many records are asked about at the same time.
const AT_ONCE: usize = 128;
/// How many names are fetched at a time.
const PAGE: usize = 1000;
