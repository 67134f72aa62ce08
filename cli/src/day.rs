//! Days of the calendar, as settings and Microsoft Graph write them.

use std::fmt;
use std::str::FromStr;

use time::{Date, Month, OffsetDateTime};

/// A day in UTC, `2027-01-31`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Day(Date);

impl Day {
    /// The day that it is, by this machine's clock.
    pub(crate) fn today() -> Self {
        Self(OffsetDateTime::now_utc().date())
    }

    /// The day of an instant, `2027-01-31T10:15:00Z`
    /// ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6)).
    pub(crate) fn of_instant(text: &str) -> Option<Self> {
        text.split_once('T')?.0.parse().ok()
    }

    /// How many days are left until it begins; negative when it has passed.
    pub(crate) fn days_from(self, today: Self) -> i64 {
        (self.0 - today.0).whole_days()
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split('-').collect();
        let date = match *parts {
            [year, month, day] => number(year, 4).zip(number(month, 2)).zip(number(day, 2)),
            _ => None,
        };
        let date = date.and_then(|((year, month), day)| {
            let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
            Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
        });
        let expected = || "expected a day such as 2027-01-31".to_owned();
        date.map(Self).ok_or_else(expected)
    }
}

/// Written with so many digits and nothing else.
fn number(part: &str, digits: usize) -> Option<i32> {
    let is_plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| part.parse().ok()).flatten()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn days_are_read_back_and_counted() {
        for text in ["1970-01-01", "2000-02-29", "2027-01-31", "9999-12-31"] {
            assert_eq!(day(text).to_string(), text);
        }
        assert!(day("2027-01-31") < day("2027-02-01"));
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
