//! What instances hear of each other.

use std::collections::HashSet;
use std::time::Duration;

use super::bench::{Bench, MINUTE, Verdict, ensure, fresh_index, fresh_key, later, record};
use crate::session::store::{Invalidation, Invalidations};

/// A store that does not tell keeps the rule, too.
pub(super) async fn told(bench: &Bench) -> Verdict {
    let (Some(mut here), Some(mut there)) = (
        bench.one.invalidations().await?,
        bench.other.invalidations().await?,
    ) else {
        return Ok(());
    };
    let user = fresh_index();
    let keys: [_; 3] = std::array::from_fn(|_| fresh_key());
    for key in keys {
        bench.add(key, record("text", MINUTE), &[user]).await?;
    }
    let [key, ..] = keys;
    bench.one.touch(key, later(2 * MINUTE)).await?;
    bench.one.replace(key, 1, record("newer", MINUTE)).await?;
    for stream in [&mut here, &mut there] {
        let wanted = Invalidation::Changed { key, version: 2 };
        let heard = until(&mut **stream, |heard| *heard == wanted).await;
        ensure(heard, || {
            "a replaced record is not told of within 10 s".into()
        })?;
    }
    bench.one.delete(key).await?;
    bench.other.delete_indexed(user, None).await?;
    for stream in [&mut here, &mut there] {
        let mut left = HashSet::from(keys);
        let all = until(&mut **stream, |heard| {
            if let Invalidation::Ended(key) = heard {
                left.remove(key);
            }
            left.is_empty()
        });
        let all = all.await;
        ensure(all, || {
            format!(
                "of 3 deleted records {} are not told of within 10 s",
                left.len()
            )
        })?;
    }
    Ok(())
}

/// Listens until this has come; `Missed` stands for everything.
async fn until(
    stream: &mut dyn Invalidations,
    mut comes: impl FnMut(&Invalidation) -> bool,
) -> bool {
    let heard = async {
        loop {
            match stream.next().await {
                Ok(heard) if heard == Invalidation::Missed || comes(&heard) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), heard)
        .await
        .unwrap_or(false)
}
