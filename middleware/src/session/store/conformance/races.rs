//! What holds when many instances write at once.

use std::future::Future;
use std::sync::Arc;

use super::bench::{
    Bench, Breach, MINUTE, Verdict, ensure, entry, fresh_index, fresh_key, later, record,
};
use crate::session::store::{Replaced, SessionKey, SessionStore, StoreError, StoredRecord};

pub(super) async fn inserts(bench: &Bench) -> Verdict {
    for _ in 0..ROUNDS {
        let (key, user) = (fresh_key(), fresh_index());
        let won = at_once(bench, move |store, number| async move {
            store
                .insert(key, record(&number.to_string(), MINUTE), entry(&[user]))
                .await
        });
        let won = one_of(&won.await?, "inserts under one key")?;
        let bytes = bench.loaded(key).await?.bytes;
        ensure(bytes == won.to_string().as_bytes(), || {
            "the record is not the winner's".into()
        })?;
        bench.one.delete(key).await?;
    }
    Ok(())
}

pub(super) async fn replaces(bench: &Bench) -> Verdict {
    for _ in 0..ROUNDS {
        let (key, _) = bench.session("first").await?;
        let won = at_once(bench, move |store, number| async move {
            let answer = store
                .replace(key, 1, record(&number.to_string(), MINUTE))
                .await?;
            Ok(answer == Replaced::Done)
        });
        let won = one_of(&won.await?, "replaces of one version")?;
        let loaded = bench.loaded(key).await?;
        let is_winners = loaded.version == 2 && loaded.bytes == won.to_string().as_bytes();
        ensure(is_winners, || "the record is not the winner's".into())?;
        bench.one.delete(key).await?;
    }
    Ok(())
}

pub(super) async fn deletes(bench: &Bench) -> Verdict {
    for _ in 0..ROUNDS {
        let (key, user) = bench.session("text").await?;
        let won = at_once(
            bench,
            move |store, _| async move { store.delete(key).await },
        );
        one_of(&won.await?, "deletes of one record")?;
        bench.is_gone(key, user, "delete").await?;
    }
    Ok(())
}

/// A counter that every task moves on by compare-and-swap.
pub(super) async fn updates(bench: &Bench) -> Verdict {
    let (key, _) = bench.session("").await?;
    let counted = at_once(bench, move |store, _| async move {
        for _ in 0..ROUNDS {
            loop {
                let Some(present) = store.load(key).await? else {
                    return Ok(false);
                };
                let mut next = StoredRecord {
                    version: 0,
                    ..present.clone()
                };
                next.bytes.push(b'+');
                if store.replace(key, present.version, next).await? == Replaced::Done {
                    break;
                }
            }
        }
        Ok(true)
    });
    let all = counted.await?.into_iter().all(|went_on| went_on);
    let expected = TASKS * ROUNDS;
    let loaded = bench.loaded(key).await?;
    ensure(all && loaded.bytes.len() == expected, || {
        format!(
            "of {expected} updates {} are in the record",
            loaded.bytes.len()
        )
    })?;
    ensure(loaded.version == expected as u64 + 1, || {
        format!("after {expected} updates the version is {}", loaded.version)
    })?;
    bench.one.delete(key).await?;
    Ok(())
}

/// A sign-out among writes and visits.
pub(super) async fn resurrection(bench: &Bench) -> Verdict {
    for _ in 0..ROUNDS {
        let (key, user) = bench.session("text").await?;
        let ended = at_once(bench, move |store, number| async move {
            if number == TASKS / 2 {
                return store.delete(key).await;
            }
            write(&*store, key).await.map(|()| true)
        });
        let deleted = ended.await?.into_iter().all(|done| done);
        ensure(deleted, || {
            "delete among other writes answered false".into()
        })?;
        bench
            .is_gone(key, user, "delete among other writes")
            .await?;
    }
    Ok(())
}

/// A sign-out everywhere among writes and visits.
pub(super) async fn ends_all(bench: &Bench) -> Verdict {
    for _ in 0..ROUNDS {
        let user = fresh_index();
        let keys: [SessionKey; TASKS] = std::array::from_fn(|_| fresh_key());
        for key in keys {
            bench.add(key, record("text", MINUTE), &[user]).await?;
        }
        let ended = at_once(bench, move |store, number| async move {
            if number == TASKS / 2 {
                return Ok(store.delete_indexed(user, None).await? == TASKS);
            }
            write(&*store, keys[number]).await.map(|()| true)
        });
        let counted = ended.await?.into_iter().all(|done| done);
        ensure(counted, || "not every session was counted as ended".into())?;
        for key in keys {
            bench
                .is_gone(key, user, "delete_indexed among other writes")
                .await?;
        }
    }
    Ok(())
}

/// One visit and one update.
async fn write(store: &dyn SessionStore, key: SessionKey) -> Result<(), StoreError> {
    store.touch(key, later(2 * MINUTE)).await?;
    store.replace(key, 1, record("newer", MINUTE)).await?;
    store.touch(key, later(3 * MINUTE)).await?;
    Ok(())
}

/// Runs one thing on all handles at once.
pub(super) async fn at_once<T, F>(
    bench: &Bench,
    run: impl Fn(Arc<dyn SessionStore>, usize) -> F,
) -> Result<Vec<T>, Breach>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    let handles = bench.handles(TASKS).into_iter().enumerate();
    let tasks: Vec<_> = handles
        .map(|(number, store)| tokio::spawn(run(store, number)))
        .collect();
    let mut outcomes = Vec::with_capacity(TASKS);
    for task in tasks {
        let outcome = task
            .await
            .map_err(|_| Breach("the store panicked".into()))?;
        outcomes.push(outcome?);
    }
    Ok(outcomes)
}

/// The number of the one that was told so.
fn one_of(won: &[bool], what: &str) -> Result<usize, Breach> {
    let winners = won.iter().filter(|won| **won).count();
    ensure(winners == 1, || {
        format!("of {TASKS} {what} at once {winners} were told that they won")
    })?;
    Ok(won.iter().position(|won| *won).unwrap_or_default())
}

const TASKS: usize = 8;
const ROUNDS: usize = 25;
