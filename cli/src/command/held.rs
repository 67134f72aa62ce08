//! Ctrl-C while files are written: not in the middle of a change.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use b2c_emulator::cli::Interrupt;

/// Keeps Ctrl-C from ending the process from now on, and remembers it. Taken last, when nobody is asked
/// anything any more.
pub(super) struct Held(Arc<AtomicBool>);

impl Held {
    /// From now on. Where signals cannot be listened to, an interrupted change is taken back at the
    /// next start instead.
    pub(super) fn start() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        if let Ok(runtime) = runtime {
            let listening = {
                let _context = runtime.enter();
                Interrupt::listen()
            };
            if let Ok(mut interrupt) = listening {
                let asked = Arc::clone(&asked);
                std::thread::spawn(move || {
                    runtime.block_on(interrupt.wait());
                    asked.store(true, Ordering::SeqCst);
                });
            }
        }
        Self(asked)
    }

    /// Whether Ctrl-C was pressed meanwhile.
    pub(super) fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
