//! Work that blocks, perhaps for ever: a disk that hangs ends no read.

use std::io;
use std::thread;

use tokio::sync::oneshot;

/// Does it on a thread of this name. It is none of the runtime's, whose end waits for what those have begun;
/// who does not wait any longer is not told what it came to.
///
/// # Errors
///
/// The system has no thread for it, or it panicked.
pub(crate) async fn run<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (tell, told) = oneshot::channel();
    let thread = thread::Builder::new().name(name.to_owned());
    thread.spawn(move || {
        let _ = tell.send(work());
    })?;
    told.await.map_err(io::Error::other)
}
