//! Changes of `b2c.toml` and `.env` are taken over while the process runs: by the web app and by the
//! service, or by neither.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tower_b2c::{B2cLayer, BearerLayer, ReloadError};

/// Looks every two seconds whether the files have changed; `at_once` does not wait for that.
pub async fn on_change(sign_in: B2cLayer, bearer: BearerLayer, at_once: Arc<Notify>) {
    let (mut last, mut taken) = (None, None);
    loop {
        let told = tokio::select! {
            () = tokio::time::sleep(BETWEEN_LOOKS) => false,
            () = at_once.notified() => true,
        };
        let files = look().await;
        // A file that is still being written is another one the next time.
        let settled = last.replace(files) == Some(files);
        if told || (settled && taken != Some(files)) {
            // What was refused is tried again: the cause may be in a file that it refers to.
            let reloaded = reload(&sign_in, &bearer).await;
            taken = reloaded.is_ok().then_some(files);
        }
    }
}

/// Has the service follow only what the web app has taken over: the one asks for tokens for the
/// audience that the other accepts.
///
/// # Errors
///
/// The settings have mistakes, or differ in what only a restart takes over. What is wrong is in the
/// log as well.
pub async fn reload(sign_in: &B2cLayer, bearer: &BearerLayer) -> Result<(), ReloadError> {
    sign_in.reload().await?;
    bearer.reload().await?;
    Ok(())
}

/// What the files say, in short.
async fn look() -> Option<u64> {
    // They may be on a disk that hangs.
    let look = tokio::task::spawn_blocking(|| {
        let mut hasher = DefaultHasher::new();
        for file in ["b2c.toml", ".env"] {
            std::fs::read(file).ok().hash(&mut hasher);
        }
        hasher.finish()
    });
    look.await.ok()
}

const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
