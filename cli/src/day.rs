//! Days of the calendar, as settings and Microsoft Graph write them.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// A day in UTC, `2027-01-31`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Day {
    /// Since 1970-01-01.
    number: i64,
}

impl Day {
    /// The day that it is, by this machine's clock.
    pub(crate) fn today() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |since| since.as_secs());
        Self {
            number: i64::try_from(seconds / SECONDS).unwrap_or_default(),
        }
    }

    /// The day of an instant, `2027-01-31T10:15:00Z`
    /// ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6)).
    pub(crate) fn of_instant(text: &str) -> Option<Self> {
        text.split_once('T')?.0.parse().ok()
    }

    /// How many days are left until it begins; negative when it has passed.
    pub(crate) fn days_from(self, today: Self) -> i64 {
        self.number - today.number
    }

    /// Year, month and day, by the algorithm of
    /// [civil_from_days](https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
    fn date(self) -> (i64, i64, i64) {
        let shifted = self.number + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    /// The inverse of [`date`](Self::date); a day that is not in the month is one of the next.
    fn of_date(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * from_march + 2) / 5 + day - 1;
        let number = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        Self { number }
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str, digits: usize| {
            let is_plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            is_plain.then(|| part.parse::<i64>().ok()).flatten()
        };
        let mut parts = text.split('-');
        let read = [4, 2, 2].map(|digits| number(parts.next()?, digits));
        let day = match (read, parts.next()) {
            ([Some(year), Some(month @ 1..=12), Some(day)], None) => {
                let found = Self::of_date(year, month, day);
                (found.date() == (year, month, day)).then_some(found)
            }
            _ => None,
        };
        day.ok_or_else(|| "expected a day such as 2027-01-31".to_owned())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

const SECONDS: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::Day;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn every_day_of_centuries_is_read_back() {
        let mut known = day("1899-12-31");
        for number in 1..=80_000 {
            let next = Day {
                number: known.number + 1,
            };
            assert_eq!(day(&next.to_string()), next);
            assert!(next.to_string() > known.to_string(), "{number}: {next}");
            known = next;
        }
        assert_eq!(day("1970-01-01").number, 0);
        assert_eq!(day("2000-03-01").days_from(day("2000-02-28")), 2);
        assert_eq!(day("2027-01-31").days_from(day("2027-02-01")), -1);
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2027-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-1-31",
            "31.01.2027",
            "2027-01-31T00:00:00Z",
            "+027-01-01",
            "2027-01-00",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(
            Day::of_instant("2027-01-31T10:15:00Z"),
            Some(day("2027-01-31"))
        );
        assert_eq!(Day::of_instant("2027-01-31"), None);
    }
}
