//! What the app logs while a test runs.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::Level;
use tracing::dispatcher::{DefaultGuard, Dispatch};

/// The log lines of this thread from here on.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

/// Keeps the log open.
pub struct LogGuard {
    _guard: DefaultGuard,
    /// While there is but one subscriber in the process, tracing asks the thread that comes first
    /// to a log line whether it matters, and that thread may have none.
    _other: Dispatch,
}

impl Log {
    /// Listens to what is at least this important.
    pub fn open(level: Level) -> (Self, LogGuard) {
        let log = Self::default();
        let writer = log.clone();
        let other = Dispatch::new(tracing_subscriber::registry());
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let guard = LogGuard {
            _guard: guard,
            _other: other,
        };
        (log, guard)
    }

    /// What was logged, and forgets it.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        String::from_utf8(bytes).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
