//! The emulator's own time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

/// The wall clock plus an offset, or a clock that stands still.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    hands: Mutex<Hands>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Hands {
    offset: i64,
    frozen_at: Option<i64>,
}

impl Clock {
    /// Seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.lock().time()
    }

    /// How far the clock is ahead of this machine's.
    pub(crate) fn offset(&self) -> i64 {
        self.lock().offset
    }

    /// When it stands still: the time that it shows.
    pub(crate) fn frozen_at(&self) -> Option<i64> {
        self.lock().frozen_at
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut hands = self.lock();
        match hands.frozen_at {
            Some(at) => hands.frozen_at = Some(printable(at.saturating_add(seconds))),
            None => hands.offset = within_a_century(hands.offset.saturating_add(seconds)),
        }
    }

    /// Offsets beyond a century are cut there, so that times stay printable. A clock that stood
    /// still runs again.
    pub(crate) fn set_offset(&self, seconds: i64) {
        *self.lock() = Hands {
            offset: within_a_century(seconds),
            frozen_at: None,
        };
    }

    /// Stops at a time, or now.
    pub(crate) fn freeze(&self, at: Option<i64>) {
        let mut hands = self.lock();
        hands.frozen_at = Some(printable(at.unwrap_or_else(|| hands.time())));
    }

    /// Runs again from the time that it shows.
    pub(crate) fn release(&self) {
        let mut hands = self.lock();
        if let Some(at) = hands.frozen_at.take() {
            hands.offset = within_a_century(at.saturating_sub(machine_time()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hands {
    fn time(&self) -> i64 {
        self.frozen_at
            .unwrap_or_else(|| machine_time().saturating_add(self.offset))
    }
}

fn machine_time() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

fn within_a_century(seconds: i64) -> i64 {
    seconds.clamp(-CENTURY, CENTURY)
}

fn printable(at: i64) -> i64 {
    at.clamp(0, 3 * CENTURY)
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

/// Formats `at` as Entra prints it in an assertion's range: `2026-01-15T09:50:39.0000000Z`.
pub(crate) fn instant(at: i64) -> String {
    timestamp(at).replace(' ', "T").replace('Z', ".0000000Z")
}

/// Formats `at` as Entra prints a certificate's range: `01/15/2026 09:50:39`.
pub(crate) fn utc(at: i64) -> String {
    let format = time::macros::format_description!("[month]/[day]/[year] [hour]:[minute]:[second]");
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
        assert_eq!(instant(1_768_470_639), "2026-01-15T09:50:39.0000000Z");
        assert_eq!(utc(1_768_470_639), "01/15/2026 09:50:39");
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

    #[test]
    fn stands_still_and_runs_on_from_there() {
        let clock = Clock::default();
        clock.freeze(Some(1_768_470_639));
        assert_eq!(clock.now(), 1_768_470_639);
        clock.advance(60);
        assert_eq!(clock.frozen_at(), Some(1_768_470_699));
        clock.release();
        assert!((1_768_470_699..1_768_470_759).contains(&clock.now()));
        clock.freeze(Some(i64::MAX));
        clock.advance(i64::MAX);
        assert!(timestamp(clock.now()).ends_with('Z'));
    }
}
