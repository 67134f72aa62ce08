//! What each write does, one at a time.

use super::bench::{
    Bench, MINUTE, SUMMARY, Verdict, ensure, entry, fresh_index, fresh_key, later, record,
};
use crate::session::store::{Replaced, StoredRecord};

pub(super) async fn insert(bench: &Bench) -> Verdict {
    let (key, user) = bench.session("first").await?;
    let second = record("second", MINUTE);
    let stranger = fresh_index();
    let again = bench.other.insert(key, second, entry(&[stranger])).await?;
    ensure(!again, || "insert under a taken key answered true".into())?;
    let bytes = bench.loaded(key).await?.bytes;
    ensure(bytes == b"first", || {
        "insert under a taken key overwrote the record".into()
    })?;
    let found = bench.found(stranger).await?;
    ensure(found.is_empty(), || {
        "insert under a taken key added its index entries".into()
    })?;
    bench.one.delete(key).await?;
    bench.is_gone(key, user, "delete").await
}

pub(super) async fn load(bench: &Bench) -> Verdict {
    let nobody = bench.load(fresh_key()).await?;
    ensure(nobody.is_none(), || {
        "there is a record under a key that was never used".into()
    })?;
    let (key, written) = (fresh_key(), record("text", MINUTE));
    bench.add(key, written.clone(), &[]).await?;
    let expected = StoredRecord {
        version: 1,
        ..written
    };
    let loaded = bench.loaded(key).await?;
    ensure(loaded == expected, || {
        format!("inserted {expected:?}, loaded {loaded:?}")
    })?;
    bench.one.delete(key).await?;
    Ok(())
}

pub(super) async fn replace(bench: &Bench) -> Verdict {
    let (key, user) = bench.session("first").await?;
    let second = record("second", 2 * MINUTE);
    let done = bench.one.replace(key, 1, second.clone()).await?;
    ensure(done == Replaced::Done, || {
        format!("replace of the current version answered {done:?}")
    })?;
    for outdated in [1, 3] {
        let third = record("third", MINUTE);
        let answer = bench.other.replace(key, outdated, third).await?;
        ensure(answer == Replaced::Conflict, || {
            format!("replace of version {outdated} where it is 2 answered {answer:?}")
        })?;
    }
    let expected = StoredRecord {
        version: 2,
        ..second
    };
    let loaded = bench.loaded(key).await?;
    ensure(loaded == expected, || {
        format!("replaced by {expected:?}, loaded {loaded:?}")
    })?;
    let found = bench.other.find_indexed(user, 10).await?;
    let kept = found.len() == 1 && found[0].summary == SUMMARY;
    ensure(kept, || "replace changed the index entries".into())?;
    bench.one.delete(key).await?;
    bench.is_gone(key, user, "delete").await
}

pub(super) async fn replace_missing(bench: &Bench) -> Verdict {
    for expected in [0, 1] {
        let key = fresh_key();
        let answer = bench
            .one
            .replace(key, expected, record("text", MINUTE))
            .await?;
        ensure(answer == Replaced::Missing, || {
            format!("replace of version {expected} where there is no record answered {answer:?}")
        })?;
        let loaded = bench.load(key).await?;
        ensure(loaded.is_none(), || "replace created a record".into())?;
    }
    let (key, user) = bench.session("signed out").await?;
    bench.one.delete(key).await?;
    let answer = bench.other.replace(key, 1, record("text", MINUTE)).await?;
    ensure(answer == Replaced::Missing, || {
        format!("replace after delete answered {answer:?}")
    })?;
    bench.is_gone(key, user, "delete and replace").await
}

pub(super) async fn touch(bench: &Bench) -> Verdict {
    let (key, _) = bench.session("text").await?;
    for expires_at in [later(10 * MINUTE), later(2 * MINUTE)] {
        let there = bench.one.touch(key, expires_at).await?;
        ensure(there, || {
            "touch of a record that is there answered false".into()
        })?;
        let loaded = bench.loaded(key).await?;
        let expected = StoredRecord {
            version: 1,
            expires_at,
            bytes: b"text".to_vec(),
        };
        ensure(loaded == expected, || {
            format!("touched to {expected:?}, loaded {loaded:?}")
        })?;
    }
    bench.one.delete(key).await?;
    Ok(())
}

pub(super) async fn touch_missing(bench: &Bench) -> Verdict {
    let (key, user) = bench.session("signed out").await?;
    bench.one.delete(key).await?;
    for key in [key, fresh_key()] {
        let there = bench.other.touch(key, later(MINUTE)).await?;
        ensure(!there, || {
            "touch where there is no record answered true".into()
        })?;
        bench.is_gone(key, user, "touch").await?;
    }
    Ok(())
}

pub(super) async fn delete(bench: &Bench) -> Verdict {
    let (key, user) = bench.session("text").await?;
    let (neighbour, _) = bench.session("neighbour").await?;
    let was_there = bench.one.delete(key).await?;
    ensure(was_there, || {
        "delete of a record that is there answered false".into()
    })?;
    bench.is_gone(key, user, "delete").await?;
    let again = bench.other.delete(key).await?;
    ensure(!again, || {
        "delete of a record that is gone answered true".into()
    })?;
    bench.loaded(neighbour).await?;
    bench.one.delete(neighbour).await?;
    Ok(())
}
