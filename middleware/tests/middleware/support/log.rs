//! What the app logs while a test runs.

use std::cell::RefCell;
use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::Level;
use tracing::dispatcher::{DefaultGuard, Dispatch};
use tracing_subscriber::fmt::format::FmtSpan;

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

    /// Listens to each event and span of every crate, and to what crates tell the `log` facade.
    pub fn of_everything() -> (Self, LogGuard) {
        let log = Self::default();
        let writer = log.clone();
        let other = Dispatch::new(tracing_subscriber::registry());
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        // There is one logger in a process; it writes to the log of the thread.
        let _ = log::set_logger(&Facade);
        log::set_max_level(log::LevelFilter::Trace);
        FACADE.with_borrow_mut(|open| *open = Some(log.clone()));
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

struct Facade;

impl log::Log for Facade {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        FACADE.with_borrow(|open| {
            if let Some(log) = open {
                let _ = writeln!(log.clone(), "{} {}", record.target(), record.args());
            }
        });
    }

    fn flush(&self) {}
}

thread_local! {
    static FACADE: RefCell<Option<Log>> = const { RefCell::new(None) };
}
