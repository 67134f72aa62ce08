//! Looks whether files have changed.

use std::sync::Weak;
use std::time::Duration;

use super::turns::{Reloadable, look, reload};

/// Looks this often, for as long as the layer is in use, and reloads when files have changed.
pub(crate) async fn watch<R: Reloadable>(what: Weak<R>, every: Duration) {
    let mut seen = None;
    loop {
        let Some(what) = what.upgrade() else {
            return;
        };
        if what.follows() {
            return;
        }
        let settled = settled(&*what).await;
        // It may follow by now, and what was read is of no use to it.
        if what.follows() {
            return;
        }
        // What was complained of may have been a file that it refers to.
        if settled.is_some() && (settled != seen || what.reloads().problem().is_some()) {
            seen = settled;
            let _ = reload(&*what).await;
        }
        drop(what);
        tokio::time::sleep(every).await;
    }
}

/// What the files say, once nobody writes them any more.
async fn settled<R: Reloadable>(what: &R) -> Option<[u8; 32]> {
    let mut last = None;
    for _ in 0..MOST_LOOKS {
        let digest = look(what).await?;
        if last == Some(digest) {
            return last;
        }
        last = Some(digest);
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    last
}

/// For as long a file that is being written may stand half-written.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
const MOST_LOOKS: usize = 20;
