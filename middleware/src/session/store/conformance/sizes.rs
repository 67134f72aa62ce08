//! Records as small and as large as they come.

use super::bench::{Bench, MINUTE, Verdict, ensure, fresh_key, record};
use crate::session::index::IndexEntry;
use crate::session::store::{Replaced, StoredRecord};

pub(super) async fn any(bench: &Bench) -> Verdict {
    let key = fresh_key();
    bench.add(key, record("", MINUTE), &[]).await?;
    for (version, size) in (1_u64..).zip([256, 64 * 1024, 512 * 1024]) {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
        let large = StoredRecord {
            bytes: bytes.clone(),
            ..record("", MINUTE)
        };
        let answer = bench.one.replace(key, version, large).await?;
        ensure(answer == Replaced::Done, || {
            format!("{size} bytes: replace answered {answer:?}")
        })?;
        let loaded = bench.loaded(key).await?.bytes;
        ensure(loaded == bytes, || {
            format!("of {size} bytes {} came back, or others", loaded.len())
        })?;
    }
    bench.one.delete(key).await?;
    Ok(())
}

/// What the layer remembers besides sessions: neither contents nor index.
pub(super) async fn bare(bench: &Bench) -> Verdict {
    let key = fresh_key();
    let nowhere = || IndexEntry {
        keys: Vec::new(),
        summary: Vec::new(),
    };
    let first = bench.one.insert(key, record("", MINUTE), nowhere()).await?;
    let second = bench
        .other
        .insert(key, record("", MINUTE), nowhere())
        .await?;
    ensure(first && !second, || {
        format!("two inserts of a bare record: {first}, {second}")
    })?;
    let bytes = bench.loaded(key).await?.bytes;
    ensure(bytes.is_empty(), || {
        "an empty record came back with contents".into()
    })?;
    let deleted = bench.one.delete(key).await?;
    ensure(deleted, || "delete of a bare record answered false".into())
}
