//! The end of the process, as others ask for it.

use std::io;
use std::time::Duration;

/// Resolves on Ctrl-C, and where the platform has it on SIGTERM; what comes from now on counts, even
/// before somebody waits for it.
///
/// # Errors
///
/// When signals cannot be listened to.
#[cfg(unix)]
pub fn signal() -> io::Result<impl Future<Output = ()> + Send + use<>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves on Ctrl-C.
///
/// # Errors
///
/// None here.
#[cfg(not(unix))]
pub fn signal() -> io::Result<impl Future<Output = ()> + Send + use<>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// How long what has begun is given: a provider has ten seconds for each answer, and the end of a sign-in
/// needs five at most, while secrets and keys are being exchanged. The rest is the session store's.
pub const LONGEST_REQUEST: Duration = Duration::from_secs(60);
/// How long the session store is given for what it has yet to hear of.
pub const LONGEST_WRITES: Duration = Duration::from_secs(10);
