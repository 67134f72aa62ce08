//! Locks that end by themselves, over nothing but a store's records.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::contract::SessionStore;
use super::error::StoreError;
use super::stored::{Replaced, SessionKey, StoredRecord};
use crate::crypto::sha256;
use crate::session::index::{IndexEntry, IndexKey};

/// What a lock is about: a SHA-256 of its name.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct LockKey([u8; 32]);

impl LockKey {
    /// The lock of this name; all instances that share a store mean the same one.
    pub fn named(name: &str) -> Self {
        Self(sha256(&[b"tower-b2c lock\0", name.as_bytes()].concat()))
    }

    /// The lock on what is done for this session.
    pub(crate) fn of_session(deed: &str, session: SessionKey) -> Self {
        Self::about(deed, session.as_bytes())
    }

    /// The lock on what is done for this user.
    pub(crate) fn of_user(deed: &str, user: IndexKey) -> Self {
        Self::about(deed, user.as_bytes())
    }

    /// The 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn about(deed: &str, whom: &[u8; 32]) -> Self {
        let text: [&[u8]; 4] = [b"tower-b2c lock\0", deed.as_bytes(), b"\0", whom];
        Self(sha256(&text.concat()))
    }

    /// Session ids are 16 bytes and names with their prefix more, so their hashes differ.
    fn record(self) -> SessionKey {
        SessionKey::from_bytes(self.0)
    }
}

impl fmt::Debug for LockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, ..] = self.0;
        write!(f, "LockKey({first:02x}{second:02x}{third:02x}…)")
    }
}

/// A lock that is held, until its time is up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lease {
    /// What is locked.
    pub key: LockKey,
    /// The fencing token: greater than that of every earlier lease of this lock. What the lock
    /// protects can refuse a holder that is late.
    pub token: u64,
    /// When the lock is anybody's again.
    pub until: SystemTime,
}

/// As [`SessionStore::lock`] promises, by insert-if-absent and compare-and-swap.
pub(super) async fn lock<S: SessionStore + ?Sized>(
    store: &S,
    key: LockKey,
    lasts: Duration,
) -> Result<Option<Lease>, StoreError> {
    for _ in 0..ATTEMPTS {
        let now = SystemTime::now();
        let until = now + lasts;
        let Some(present) = store.load(key.record()).await? else {
            let lease = Lease {
                key,
                token: micros(now),
                until,
            };
            let nowhere = IndexEntry {
                keys: Vec::new(),
                summary: Vec::new(),
            };
            if store.insert(key.record(), record(&lease), nowhere).await? {
                return Ok(Some(lease));
            }
            continue;
        };
        let before = read(key, &present)?;
        if before.until > now {
            return Ok(None);
        }
        let token = micros(now).max(before.token.saturating_add(1));
        let lease = Lease { key, token, until };
        match store
            .replace(key.record(), present.version, record(&lease))
            .await?
        {
            Replaced::Done => return Ok(Some(lease)),
            Replaced::Conflict => return Ok(None),
            Replaced::Missing => {}
        }
    }
    Ok(None)
}

/// As [`SessionStore::renew`] promises.
pub(super) async fn renew<S: SessionStore + ?Sized>(
    store: &S,
    lease: Lease,
    lasts: Duration,
) -> Result<Option<Lease>, StoreError> {
    let now = SystemTime::now();
    let renewed = Lease {
        until: now + lasts,
        ..lease
    };
    Ok(swap(store, lease, renewed, now).await?.then_some(renewed))
}

/// As [`SessionStore::unlock`] promises. The record stays for a while, so that tokens go on rising.
pub(super) async fn unlock<S: SessionStore + ?Sized>(
    store: &S,
    lease: Lease,
) -> Result<bool, StoreError> {
    let freed = Lease {
        until: UNIX_EPOCH,
        ..lease
    };
    swap(store, lease, freed, SystemTime::now()).await
}

/// Puts a lease in place of one that is still held.
async fn swap<S: SessionStore + ?Sized>(
    store: &S,
    held: Lease,
    by: Lease,
    now: SystemTime,
) -> Result<bool, StoreError> {
    let key = held.key;
    let Some(present) = store.load(key.record()).await? else {
        return Ok(false);
    };
    let current = read(key, &present)?;
    if current.token != held.token || current.until <= now {
        return Ok(false);
    }
    let swapped = store
        .replace(key.record(), present.version, record(&by))
        .await?;
    Ok(swapped == Replaced::Done)
}

fn record(lease: &Lease) -> StoredRecord {
    let numbers = [lease.token.to_be_bytes(), micros(lease.until).to_be_bytes()];
    StoredRecord {
        version: 0,
        expires_at: lease.until.max(SystemTime::now()) + REMEMBERED,
        bytes: numbers.concat(),
    }
}

fn read(key: LockKey, record: &StoredRecord) -> Result<Lease, StoreError> {
    let number = |at: usize| {
        let bytes = record.bytes.get(at..at + 8)?;
        Some(u64::from_be_bytes(bytes.try_into().ok()?))
    };
    match (number(0), number(8)) {
        (Some(token), Some(until)) => Ok(Lease {
            key,
            token,
            until: UNIX_EPOCH + Duration::from_micros(until),
        }),
        _ => Err(StoreError::new(format!(
            "what is under {key:?} is not a lock"
        ))),
    }
}

fn micros(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// How often a lock is tried again that was freed, and forgotten, meanwhile.
const ATTEMPTS: usize = 3;
/// How long a lock that nobody holds is remembered. After it tokens begin anew, at the present
/// microsecond, which is greater still while clocks go forward.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
