//! The emulator's own time.

use std::sync::atomic::{AtomicI64, Ordering};

use time::OffsetDateTime;

/// The wall clock plus an offset that a test can move.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset: AtomicI64,
}

impl Clock {
    /// Seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        OffsetDateTime::now_utc()
            .unix_timestamp()
            .saturating_add(self.offset.load(Ordering::Relaxed))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let moved = self.offset.load(Ordering::Relaxed).saturating_add(seconds);
        self.set_offset(moved);
    }

    /// Offsets beyond a century are cut there, so that times stay printable.
    pub(crate) fn set_offset(&self, seconds: i64) {
        let offset = seconds.clamp(-CENTURY, CENTURY);
        self.offset.store(offset, Ordering::Relaxed);
    }
}

/// Formats `at` as B2C prints it: `2026-01-15 09:50:39Z`.
pub(crate) fn timestamp(at: i64) -> String {
    let format =
        time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|moment| moment.format(&format).ok())
        .unwrap_or_else(|| at.to_string())
}

const CENTURY: i64 = 100 * 366 * 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_times_as_b2c_does() {
        assert_eq!(timestamp(1_768_470_639), "2026-01-15 09:50:39Z");
    }

    #[test]
    fn moves_only_when_told() {
        let clock = Clock::default();
        let before = clock.now();
        clock.advance(3600);
        assert!(clock.now() >= before + 3600);
        clock.set_offset(i64::MIN);
        assert!(clock.now() < before);
    }
}
