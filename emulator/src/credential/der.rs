//! The little of DER that a certificate and a key are read with (X.690).

use time::{Date, Month, PrimitiveDateTime, Time};

/// Reads modulus and exponent from an `RSAPublicKey` (RFC 8017, appendix A.1.1).
pub(crate) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, _) = element(der, SEQUENCE)?;
    let (modulus, rest) = element(sequence, INTEGER)?;
    let (exponent, _) = element(rest, INTEGER)?;
    Some((
        without_leading_zero(modulus),
        without_leading_zero(exponent),
    ))
}

/// The contents of the first element, which has to have this tag, and what follows it.
pub(super) fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, contents, rest) = any(der)?;
    (found == tag).then_some((contents, rest))
}

/// Tag and contents of the first element, and what follows it.
pub(super) fn any(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |sum, &digit| {
            sum.checked_mul(256)?.checked_add(digit.into())
        })?;
        (length, rest)
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}

/// A `Time` of a certificate in seconds since 1970 (RFC 5280, section 4.1.2.5).
pub(super) fn time(tag: u8, contents: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(contents).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (digits, rest) = text.split_at_checked(2)?;
            let year: i32 = digits.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED_TIME => {
            let (digits, rest) = text.split_at_checked(4)?;
            (digits.parse().ok()?, rest)
        }
        _ => return None,
    };
    let two = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
    let month = Month::try_from(two(0)?).ok()?;
    let date = Date::from_calendar_date(year, month, two(2)?).ok()?;
    let time = Time::from_hms(two(4)?, two(6)?, two(8)?).ok()?;
    Some(
        PrimitiveDateTime::new(date, time)
            .assume_utc()
            .unix_timestamp(),
    )
}

fn without_leading_zero(number: &[u8]) -> &[u8] {
    number.strip_prefix(&[0]).unwrap_or(number)
}

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms_of_a_time() {
        assert_eq!(time(UTC_TIME, b"260115095039Z"), Some(1_768_470_639));
        assert_eq!(
            time(GENERALIZED_TIME, b"20260115095039Z"),
            Some(1_768_470_639)
        );
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        for broken in [&b"2601150950Z"[..], b"261315095039Z", b"260115095039", b""] {
            assert_eq!(time(UTC_TIME, broken), None);
        }
    }

    #[test]
    fn refuses_what_is_cut_off() {
        let der = [SEQUENCE, 6, INTEGER, 1, 5, INTEGER, 1, 3];
        assert_eq!(rsa_public_key(&der), Some((&[5][..], &[3][..])));
        for length in 0..der.len() {
            assert_eq!(rsa_public_key(&der[..length]), None);
        }
        assert_eq!(
            any(&[SEQUENCE, 0x89, 255, 255, 255, 255, 255, 255, 255, 255, 255]),
            None
        );
    }
}
