//! Locks that end by themselves.

use std::time::{Duration, Instant};

use super::bench::{Bench, Breach, MINUTE, Verdict, ensure};
use super::races::at_once;
use crate::crypto::random;
use crate::session::store::{Lease, LockKey, SessionStore};

pub(super) async fn exclusive(bench: &Bench) -> Verdict {
    for _ in 0..ROUNDS {
        let key = fresh_lock();
        let held = at_once(bench, move |store, _| async move {
            store.lock(key, MINUTE).await
        });
        let held: Vec<_> = held.await?.into_iter().flatten().collect();
        let [lease] = held[..] else {
            return ensure(false, || {
                format!("of many at once {} hold the lock", held.len())
            });
        };
        let again = bench.other.lock(key, MINUTE).await?;
        ensure(again.is_none(), || {
            "a lock that is held was given to another".into()
        })?;
        let freed = bench.one.unlock(lease).await?;
        ensure(freed, || {
            "unlock of a lock that is held answered false".into()
        })?;
        let next = take(&*bench.other, key, MINUTE).await?;
        ensure(next.token > lease.token, || {
            "the next holder's token is not greater".into()
        })?;
        bench.other.unlock(next).await?;
    }
    Ok(())
}

pub(super) async fn expires(bench: &Bench) -> Verdict {
    let key = fresh_lock();
    let late = take(&*bench.one, key, SHORT).await?;
    tokio::time::sleep(SHORT * 2).await;
    let next = take(&*bench.other, key, MINUTE).await?;
    ensure(next.token > late.token, || {
        "the next holder's token is not greater".into()
    })?;
    let renewed = bench.one.renew(late, MINUTE).await?;
    ensure(renewed.is_none(), || {
        "a lease that was lost was renewed".into()
    })?;
    let freed = bench.one.unlock(late).await?;
    ensure(!freed, || {
        "a lease that was lost freed the lock of the next holder".into()
    })?;
    let held = bench.one.lock(key, MINUTE).await?;
    ensure(held.is_none(), || {
        "the next holder does not hold the lock any more".into()
    })?;
    bench.other.unlock(next).await?;
    Ok(())
}

pub(super) async fn renewed(bench: &Bench) -> Verdict {
    let (key, lease, renewed) = loop {
        let began = Instant::now();
        let key = fresh_lock();
        let lease = take(&*bench.one, key, SHORT).await?;
        match bench.one.renew(lease, MINUTE).await? {
            Some(renewed) => break (key, lease, renewed),
            None if began.elapsed() < SHORT => {
                return Err(Breach("a lock that is held was not renewed".into()));
            }
            // It was over by then: a busy store keeps everybody waiting.
            None => {}
        }
    };
    ensure(renewed.token == lease.token, || {
        "renewal changed the token".into()
    })?;
    tokio::time::sleep(SHORT * 2).await;
    let other = bench.other.lock(key, MINUTE).await?;
    ensure(other.is_none(), || {
        "a renewed lock ended at its old time".into()
    })?;
    let freed = bench.one.unlock(renewed).await?;
    ensure(freed, || "unlock of a renewed lock answered false".into())
}

async fn take(store: &dyn SessionStore, key: LockKey, lasts: Duration) -> Result<Lease, Breach> {
    let lease = store.lock(key, lasts).await?;
    lease.ok_or_else(|| Breach("a lock that nobody holds was not given".into()))
}

fn fresh_lock() -> LockKey {
    let number: [u8; 16] = random();
    LockKey::named(&format!("conformance {number:?}"))
}

const ROUNDS: usize = 10;
const SHORT: Duration = Duration::from_millis(300);
