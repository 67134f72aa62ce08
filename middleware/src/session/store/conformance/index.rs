//! How sessions are found and ended together.

use std::collections::HashSet;

use super::bench::{
    Bench, MINUTE, SUMMARY, Verdict, ensure, entry, fresh_index, fresh_key, later, record,
};

pub(super) async fn finds(bench: &Bench) -> Verdict {
    let (user, at_provider) = (fresh_index(), fresh_index());
    let (first, second) = (fresh_key(), fresh_key());
    bench
        .add(first, record("first", MINUTE), &[user, at_provider])
        .await?;
    bench.add(second, record("second", MINUTE), &[user]).await?;
    let found = bench.found(user).await?;
    let both = found.len() == 2 && found.contains(&first) && found.contains(&second);
    ensure(both, || {
        format!("two sessions are under one key; it finds {}", found.len())
    })?;
    let found = bench.found(at_provider).await?;
    ensure(found == [first], || {
        "a session is not found by its second key alone".into()
    })?;
    let found = bench.found(fresh_index()).await?;
    ensure(found.is_empty(), || {
        "a key that was never used finds a session".into()
    })?;
    bench.one.delete(first).await?;
    bench.is_gone(first, user, "delete").await?;
    bench.is_gone(first, at_provider, "delete").await?;
    let found = bench.found(user).await?;
    ensure(found == [second], || {
        "delete of one session removed another's entry".into()
    })?;
    bench.one.delete(second).await?;
    Ok(())
}

pub(super) async fn follows(bench: &Bench) -> Verdict {
    let (key, user) = bench.session("first").await?;
    let touched = later(3 * MINUTE);
    bench.one.touch(key, touched).await?;
    let replaced = record("second", 5 * MINUTE);
    for (expires_at, change) in [(touched, "touch"), (replaced.expires_at, "replace")] {
        if change == "replace" {
            bench.one.replace(key, 1, replaced.clone()).await?;
        }
        let found = bench.other.find_indexed(user, 10).await?;
        let [session] = &found[..] else {
            return ensure(false, || {
                format!("after {change} the index finds {}", found.len())
            });
        };
        ensure(session.expires_at == expires_at, || {
            format!("after {change} the index does not tell the record's expiry")
        })?;
        ensure(session.summary == SUMMARY, || {
            format!("after {change} the summary is another")
        })?;
    }
    bench.one.delete(key).await?;
    Ok(())
}

pub(super) async fn deletes(bench: &Bench) -> Verdict {
    let (user, at_provider, stranger) = (fresh_index(), fresh_index(), fresh_index());
    let (current, gone, theirs) = (fresh_key(), fresh_key(), fresh_key());
    bench
        .add(current, record("current", MINUTE), &[user])
        .await?;
    bench
        .add(gone, record("gone", MINUTE), &[user, at_provider])
        .await?;
    bench
        .add(theirs, record("theirs", MINUTE), &[stranger])
        .await?;
    let count = bench.one.delete_indexed(user, Some(current)).await?;
    ensure(count == 1, || {
        format!("one session had to end; {count} are said to have")
    })?;
    bench.is_gone(gone, user, "delete_indexed").await?;
    bench
        .is_gone(gone, at_provider, "delete_indexed by another of its keys")
        .await?;
    bench.loaded(current).await?;
    bench.loaded(theirs).await?;
    let found = bench.found(user).await?;
    ensure(found == [current], || {
        "the session that was to stay is not found any more".into()
    })?;
    let count = bench.other.delete_indexed(user, Some(fresh_key())).await?;
    ensure(count == 1, || {
        "an exception that is not there changed what ends".into()
    })?;
    let count = bench.one.delete_indexed(user, None).await?;
    ensure(count == 0, || {
        format!("nothing was left to end; {count} are said to have")
    })?;
    bench.one.delete(theirs).await?;
    Ok(())
}

pub(super) async fn many(bench: &Bench) -> Verdict {
    let user = fresh_index();
    let keys: Vec<_> = (0..MANY).map(|_| fresh_key()).collect();
    for key in &keys {
        bench.add(*key, record("text", MINUTE), &[user]).await?;
    }
    let all: HashSet<_> = bench.found(user).await?.into_iter().collect();
    ensure(all == keys.iter().copied().collect(), || {
        format!("{MANY} sessions are under one key; it finds {}", all.len())
    })?;
    let some = bench.other.find_indexed(user, 100).await?;
    let some: HashSet<_> = some.iter().map(|session| session.key).collect();
    let enough = some.len() >= 100 && some.is_subset(&all);
    ensure(enough, || {
        format!("asked for 100 of {MANY} the index finds {}", some.len())
    })?;
    let count = bench.one.delete_indexed(user, Some(keys[0])).await?;
    ensure(count == MANY - 1, || {
        format!("{} had to end; {count} are said to have", MANY - 1)
    })?;
    let found = bench.found(user).await?;
    ensure(found == [keys[0]], || {
        format!("{} of {} are still found", found.len() - 1, MANY - 1)
    })?;
    for key in &keys[1..] {
        let loaded = bench.load(*key).await?;
        ensure(loaded.is_none(), || {
            "a session that had to end can still be loaded".into()
        })?;
    }
    bench
        .one
        .insert(keys[1], record("again", MINUTE), entry(&[user]))
        .await?;
    let count = bench.one.delete_indexed(user, None).await?;
    ensure(count == 2, || {
        format!("two had to end; {count} are said to have")
    })
}

/// Sessions of one user: more than any batch.
const MANY: usize = 1500;
