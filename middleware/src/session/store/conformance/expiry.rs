//! What time does to records.

use std::time::{Duration, Instant, SystemTime};

use super::bench::{Bench, MINUTE, Verdict, ensure, fresh_index, fresh_key, later, record};

/// A visit, or a write, outlasts the expiry that was there before, in the record and in the index.
pub(super) async fn touched(bench: &Bench) -> Verdict {
    let (user, touched, replaced) = loop {
        let user = fresh_index();
        let (touched, replaced) = (fresh_key(), fresh_key());
        let began = Instant::now();
        bench.add(touched, record("text", SHORT), &[user]).await?;
        bench.one.touch(touched, later(MINUTE)).await?;
        let touching = began.elapsed();
        let began = Instant::now();
        bench.add(replaced, record("text", SHORT), &[user]).await?;
        let minute = record("text", MINUTE);
        bench.one.replace(replaced, 1, minute).await?;
        // Else one may have been over by then: a busy store keeps everybody waiting.
        if touching.max(began.elapsed()) < AT_LEAST {
            break (user, touched, replaced);
        }
        bench.one.delete_indexed(user, None).await?;
    };
    tokio::time::sleep(PAST).await;
    for (key, change) in [(touched, "touched"), (replaced, "replaced")] {
        let there = bench.load(key).await?.is_some() && bench.found(user).await?.contains(&key);
        ensure(there, || {
            format!("a record that was {change} went at its old expiry")
        })?;
    }
    let count = bench.one.delete_indexed(user, None).await?;
    ensure(count == 2, || {
        format!("two had to end; {count} are said to have")
    })
}

/// What is past its expiry is gone, or is seen to be past it; the index never lists what is gone.
pub(super) async fn expired(bench: &Bench) -> Verdict {
    let user = fresh_index();
    let (short, long) = (fresh_key(), fresh_key());
    bench.add(short, record("short", SHORT), &[user]).await?;
    bench.add(long, record("long", MINUTE), &[user]).await?;
    tokio::time::sleep(PAST).await;
    let listed = bench.other.find_indexed(user, 10).await?;
    let loaded = bench.load(short).await?;
    let now = SystemTime::now();
    let past = loaded
        .as_ref()
        .is_none_or(|record| record.expires_at <= now);
    ensure(past, || {
        "a record that is past its expiry says that it is not".into()
    })?;
    let entry = listed.iter().find(|session| session.key == short);
    let past = entry.is_none_or(|session| session.expires_at <= now);
    ensure(past, || {
        "the index lists a session past its expiry and does not say so".into()
    })?;
    let outlives = entry.is_some() && loaded.is_none();
    ensure(!outlives, || {
        "the index lists a session that has expired and is gone".into()
    })?;
    let kept = listed.iter().any(|session| session.key == long);
    ensure(kept, || {
        "the expiry of one session took another of the user from the index".into()
    })?;
    bench.loaded(long).await?;
    bench.one.delete_indexed(user, None).await?;
    bench
        .is_gone(short, user, "expiry and delete_indexed")
        .await?;
    bench.is_gone(long, user, "delete_indexed").await
}

const SHORT: Duration = Duration::from_secs(2);
/// An expiry has whole seconds, so a record lives for one at least.
const AT_LEAST: Duration = Duration::from_secs(1);
const PAST: Duration = Duration::from_millis(2300);
