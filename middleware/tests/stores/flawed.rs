//! Stores that are wrong in one way each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tower_b2c::{
    BoxFuture, IndexEntry, IndexKey, IndexedSession, Invalidation, Invalidations, Lease, LockKey,
    MemoryStore, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};

/// What is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flaw {
    Away,
    CutsLargeRecords,
    DeleteClaimsSuccess,
    DeleteRaces,
    ExpiresAtFirstExpiry,
    IndexDeleteIgnoresException,
    IndexDeleteStopsAtBatch,
    IndexHasOneKey,
    IndexKeepsFirstExpiry,
    IndexOutlivesExpired,
    InsertOverwrites,
    InsertRaces,
    LockIsShared,
    LockNeverEnds,
    RenewalOnlyPretends,
    ReplaceCreates,
    ReplaceIgnoresVersions,
    ReplaceRaces,
    TellsOfNothing,
    TouchClaimsSuccess,
    TouchCountsAsWrite,
    TouchOnlyPretends,
    TouchResurrects,
    VersionsStartAtZero,
}

/// The memory store with one flaw.
#[derive(Clone)]
pub struct Flawed {
    flaw: Flaw,
    store: Arc<MemoryStore>,
    first_expiries: Arc<Mutex<HashMap<SessionKey, SystemTime>>>,
}

impl Flawed {
    pub fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            store: Arc::default(),
            first_expiries: Arc::default(),
        }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn first_expiry(&self, key: SessionKey) -> Option<SystemTime> {
        self.first_expiries.lock().unwrap().get(&key).copied()
    }
}

impl SessionStore for Flawed {
    fn insert(
        &self,
        key: SessionKey,
        record: StoredRecord,
        mut index: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        let expiry = record.expires_at;
        self.first_expiries
            .lock()
            .unwrap()
            .entry(key)
            .or_insert(expiry);
        if self.has(Flaw::IndexHasOneKey) {
            index.keys.truncate(1);
        }
        Box::pin(async move {
            match self.flaw {
                Flaw::Away => Err(StoreError::new("away")),
                Flaw::InsertOverwrites => {
                    self.store.delete(key).await?;
                    self.store.insert(key, record, index).await
                }
                Flaw::InsertRaces => {
                    let free = self.store.load(key).await?.is_none();
                    hesitate().await;
                    if free {
                        self.store.delete(key).await?;
                        self.store.insert(key, record, index).await?;
                    }
                    Ok(free)
                }
                _ => self.store.insert(key, record, index).await,
            }
        })
    }

    fn load(&self, key: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async move {
            let mut found = self.store.load(key).await?;
            let expires_at = match self.flaw {
                Flaw::ExpiresAtFirstExpiry => self.first_expiry(key),
                Flaw::IndexOutlivesExpired => found.as_ref().map(|record| record.expires_at),
                _ => None,
            };
            if expires_at.is_some_and(|expires_at| expires_at <= SystemTime::now()) {
                return Ok(None);
            }
            if let Some(record) = &mut found {
                record.version -= u64::from(self.has(Flaw::VersionsStartAtZero));
                if self.has(Flaw::CutsLargeRecords) {
                    record.bytes.truncate(65_535);
                }
            }
            Ok(found)
        })
    }

    fn replace(
        &self,
        key: SessionKey,
        expected: u64,
        record: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        Box::pin(async move {
            let present = self.store.load(key).await?.map(|record| record.version);
            match self.flaw {
                Flaw::ReplaceIgnoresVersions => {
                    let version = present.unwrap_or(expected);
                    self.store.replace(key, version, record).await
                }
                Flaw::ReplaceRaces if present == Some(expected) => {
                    hesitate().await;
                    self.store.replace(key, expected, record).await?;
                    Ok(Replaced::Done)
                }
                Flaw::ReplaceCreates if present.is_none() => {
                    let nowhere = IndexEntry {
                        keys: Vec::new(),
                        summary: Vec::new(),
                    };
                    self.store.insert(key, record, nowhere).await?;
                    Ok(Replaced::Done)
                }
                _ => self.store.replace(key, expected, record).await,
            }
        })
    }

    fn touch(
        &self,
        key: SessionKey,
        expires_at: SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            let present = self.store.load(key).await?;
            match (self.flaw, present) {
                (Flaw::TouchClaimsSuccess, None) | (Flaw::TouchOnlyPretends, Some(_)) => Ok(true),
                (Flaw::TouchCountsAsWrite, Some(present)) => {
                    let record = StoredRecord {
                        expires_at,
                        ..present.clone()
                    };
                    self.store.replace(key, present.version, record).await?;
                    Ok(true)
                }
                (Flaw::TouchResurrects, Some(present)) => {
                    hesitate().await;
                    let nowhere = IndexEntry {
                        keys: Vec::new(),
                        summary: Vec::new(),
                    };
                    let record = StoredRecord {
                        expires_at,
                        ..present
                    };
                    self.store.insert(key, record, nowhere).await?;
                    self.store.touch(key, expires_at).await
                }
                _ => self.store.touch(key, expires_at).await,
            }
        })
    }

    fn delete(&self, key: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async move {
            match self.flaw {
                Flaw::DeleteClaimsSuccess => {
                    self.store.delete(key).await?;
                    Ok(true)
                }
                Flaw::DeleteRaces => {
                    let there = self.store.load(key).await?.is_some();
                    hesitate().await;
                    self.store.delete(key).await?;
                    Ok(there)
                }
                _ => self.store.delete(key).await,
            }
        })
    }

    fn find_indexed(
        &self,
        index: IndexKey,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async move {
            let mut found = self.store.find_indexed(index, limit).await?;
            if self.has(Flaw::IndexKeepsFirstExpiry) {
                for session in &mut found {
                    let first = self.first_expiry(session.key);
                    session.expires_at = first.unwrap_or(session.expires_at);
                }
            }
            Ok(found)
        })
    }

    fn delete_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async move {
            match self.flaw {
                Flaw::IndexDeleteIgnoresException => self.store.delete_indexed(index, None).await,
                Flaw::IndexDeleteStopsAtBatch => {
                    let found = self.store.find_indexed(index, 1000).await?;
                    let keys = found.iter().map(|session| session.key);
                    let mut ended = 0;
                    for key in keys.filter(|key| Some(*key) != except) {
                        ended += usize::from(self.store.delete(key).await?);
                    }
                    Ok(ended)
                }
                _ => self.store.delete_indexed(index, except).await,
            }
        })
    }

    fn invalidations(&self) -> BoxFuture<'_, Result<Option<Box<dyn Invalidations>>, StoreError>> {
        Box::pin(async move {
            let silent: Box<dyn Invalidations> = Box::new(Silence);
            Ok(self.has(Flaw::TellsOfNothing).then_some(silent))
        })
    }

    fn lock(
        &self,
        key: LockKey,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move {
            match self.flaw {
                Flaw::LockIsShared => Ok(Some(Lease {
                    key,
                    token: 1,
                    until: SystemTime::now() + lasts,
                })),
                Flaw::LockNeverEnds => self.store.lock(key, Duration::from_secs(60)).await,
                _ => self.store.lock(key, lasts).await,
            }
        })
    }

    fn renew(
        &self,
        lease: Lease,
        lasts: Duration,
    ) -> BoxFuture<'_, Result<Option<Lease>, StoreError>> {
        Box::pin(async move {
            let renewed = self.store.renew(lease, lasts);
            if self.has(Flaw::RenewalOnlyPretends) {
                let present = self.store.renew(lease, Duration::ZERO).await?;
                return Ok(present.map(|_| lease));
            }
            renewed.await
        })
    }

    fn unlock(&self, lease: Lease) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.store.unlock(lease)
    }
}

/// A stream that never says anything.
struct Silence;

impl Invalidations for Silence {
    fn next(&mut self) -> BoxFuture<'_, Result<Invalidation, StoreError>> {
        Box::pin(std::future::pending())
    }
}

/// Long enough for another task to get between, on a busy machine, too.
async fn hesitate() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}
