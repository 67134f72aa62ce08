//! What time it is, as a dependency that tests can move.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ::time::{Date, Month};
use serde::{Deserialize, Serialize};

/// Tells the time to the layer.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> SystemTime;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Seconds since 1970-01-01T00:00:00Z, as JWTs count them (RFC 7519 §2, NumericDate).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub(crate) struct Timestamp(pub(crate) u64);

impl Timestamp {
    pub(crate) fn now(clock: &dyn Clock) -> Self {
        Self::of(clock.now())
    }

    /// A moment in whole seconds; what lies before 1970 is 1970.
    pub(crate) fn of(moment: SystemTime) -> Self {
        let since = moment.duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |elapsed| elapsed.as_secs()))
    }

    /// Time elapsed since `earlier`; zero if that lies ahead.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// Whether less than `span` has passed since `earlier`. Not if that lies ahead: then the clock
    /// was set back, and what was remembered by it counts for nothing.
    pub(crate) fn is_within(self, span: Duration, earlier: Self) -> bool {
        earlier <= self && self.since(earlier) < span
    }

    /// A moment of the Gregorian calendar in UTC; `None` if there is no such day, or it is not between
    /// 1970 and 9999.
    pub(crate) fn of_date(
        (year, month, day): (u64, u64, u64),
        (hour, minute, second): (u64, u64, u64),
    ) -> Option<Self> {
        let narrow = |number: u64| u8::try_from(number).ok();
        let month = Month::try_from(narrow(month)?).ok()?;
        let year = i32::try_from(year).ok().filter(|year| *year <= 9999)?;
        let date = Date::from_calendar_date(year, month, narrow(day)?).ok()?;
        let moment = date.with_hms(narrow(hour)?, narrow(minute)?, narrow(second)?);
        let seconds = moment.ok()?.assume_utc().unix_timestamp();
        u64::try_from(seconds).ok().map(Self)
    }

    /// Whole days from `earlier` until this; negative if this is over.
    pub(crate) fn days_after(self, earlier: Self) -> i64 {
        let seconds = i128::from(self.0) - i128::from(earlier.0);
        i64::try_from(seconds.div_euclid(SECONDS_OF_A_DAY)).unwrap_or(i64::MAX)
    }

    pub(crate) fn to_system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.min(END_OF_9999))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later.as_secs()))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(earlier.as_secs()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

const SECONDS_OF_A_DAY: i128 = 86_400;
/// As far ahead as every platform's `SystemTime` reaches.
const END_OF_9999: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_counted_as_the_calendar_does() {
        let midnight = |date| Timestamp::of_date(date, (0, 0, 0)).map(|moment| moment.0);
        for (date, seconds) in [
            ((1970, 1, 1), Some(0)),
            ((2000, 2, 29), Some(951_782_400)),
            ((2024, 2, 29), Some(1_709_164_800)),
            ((2027, 1, 31), Some(1_801_353_600)),
            ((9999, 12, 31), Some(END_OF_9999 - 86_399)),
            ((2100, 2, 29), None),
            ((2023, 2, 29), None),
            ((2023, 4, 31), None),
            ((2023, 13, 1), None),
            ((2023, 0, 1), None),
            ((2023, 1, 0), None),
            ((1969, 12, 31), None),
        ] {
            assert_eq!(midnight(date), seconds, "{date:?}");
        }
        let last = Timestamp::of_date((9999, 12, 31), (23, 59, 59));
        assert_eq!(last, Some(Timestamp(END_OF_9999)));
        assert_eq!(Timestamp::of_date((2023, 1, 1), (24, 0, 0)), None);
    }

    #[test]
    fn days_are_whole_and_below_zero_when_they_are_over() {
        let day = 86_400;
        for (end, now, days) in [(3 * day, day, 2), (3 * day, day + 1, 1), (day, day + 1, -1)] {
            assert_eq!(Timestamp(end).days_after(Timestamp(now)), days);
        }
    }
}
