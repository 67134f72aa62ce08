//! The one thing that is read of a certificate: when it ends.
//!
//! By hand: nobody but the operator chooses these bytes, nothing is trusted for what is read of them, and a
//! parser of whole certificates is a dozen crates more in every app. Fuzzed as all parsers are.

use crate::time::Timestamp;

/// The last moment of a certificate's validity (RFC 5280 §4.1.2.5); `None` if these bytes are no
/// certificate, or its end is none (`99991231235959Z` counts as one).
pub(crate) fn not_after(der: &[u8]) -> Option<Timestamp> {
    let certificate = Element::of(SEQUENCE, der)?.contents;
    let fields = Element::of(SEQUENCE, certificate)?.contents;
    // The version is left out where it is the first.
    let fields = Element::of(VERSION, fields).map_or(fields, |version| version.after);
    let fields = Element::of(INTEGER, fields)?.after;
    let signature = Element::of(SEQUENCE, fields)?;
    let issuer = Element::of(SEQUENCE, signature.after)?;
    let validity = Element::of(SEQUENCE, issuer.after)?.contents;
    let not_before = Element::first(validity)?;
    let not_after = Element::first(not_before.after)?;
    time(not_after.tag, not_after.contents)
}

/// One element of DER (ITU-T X.690 §8.1).
struct Element<'d> {
    tag: u8,
    contents: &'d [u8],
    after: &'d [u8],
}

impl<'d> Element<'d> {
    fn first(der: &'d [u8]) -> Option<Self> {
        let (&tag, der) = der.split_first()?;
        let (&length, der) = der.split_first()?;
        let (length, der) = if length < LONG_FORM {
            (usize::from(length), der)
        } else {
            let (digits, der) = der.split_at_checked(usize::from(length - LONG_FORM))?;
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            let length = digits
                .iter()
                .fold(0, |all, &digit| all << 8 | usize::from(digit));
            (length, der)
        };
        let (contents, after) = der.split_at_checked(length)?;
        Some(Self {
            tag,
            contents,
            after,
        })
    }

    fn of(tag: u8, der: &'d [u8]) -> Option<Self> {
        Self::first(der).filter(|element| element.tag == tag)
    }
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, as RFC 5280 §4.1.2.5 has them.
fn time(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let digits = text.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |digits: &[u8]| {
        let digits = digits.iter().map(|digit| u64::from(digit - b'0'));
        digits.fold(0, |all, digit| all * 10 + digit)
    };
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let (year, rest) = digits.split_at(2);
            let year = number(year);
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        (GENERALIZED_TIME, 14) => {
            let (year, rest) = digits.split_at(4);
            (number(year), rest)
        }
        _ => return None,
    };
    let parts: Vec<_> = rest.chunks(2).map(number).collect();
    let &[month, day, hour, minute, second] = &*parts else {
        return None;
    };
    Timestamp::of_date((year, month, day), (hour, minute, second))
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`
const VERSION: u8 = 0xa0;
/// Lengths from here on say how many bytes the length has.
const LONG_FORM: u8 = 0x80;

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, SignatureAlgorithm, date_time_ymd};

    use super::*;

    fn ending(year: i32, month: u8, day: u8) -> Vec<u8> {
        let mut params = CertificateParams::new(["app.example".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, month, day);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_is_read_in_both_ways_of_writing_it() {
        let midnight = |date| Timestamp::of_date(date, (0, 0, 0));
        assert_eq!(not_after(&ending(2027, 1, 31)), midnight((2027, 1, 31)));
        assert_eq!(not_after(&ending(2049, 12, 31)), midnight((2049, 12, 31)));
        // From 2050 on GeneralizedTime.
        assert_eq!(not_after(&ending(2064, 2, 29)), midnight((2064, 2, 29)));
    }

    #[test]
    fn certificates_of_every_shape_end_when_they_were_made_to() {
        let algorithms: [&'static SignatureAlgorithm; 4] = [
            &rcgen::PKCS_ECDSA_P256_SHA256,
            &rcgen::PKCS_ECDSA_P384_SHA384,
            &rcgen::PKCS_ED25519,
            &rcgen::PKCS_RSA_SHA256,
        ];
        let mut number: u32 = 20_261_123;
        let mut next = |below: u32| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 8) % below
        };
        for algorithm in algorithms {
            let key = KeyPair::generate_for(algorithm).unwrap();
            for round in 0..24 {
                let (year, month, day) = (1970 + next(8030), 1 + next(12), 1 + next(28));
                // Lengths of one byte, of two and of three; serial numbers with and without a zero first.
                let name = "n".repeat(1 + usize::try_from(next(60)).unwrap());
                let names = (0..=next(1 << (round / 2))).map(|at| format!("{name}{at}.example"));
                let mut params = CertificateParams::new(names.collect::<Vec<_>>()).unwrap();
                let subject = &mut params.distinguished_name;
                subject.push(DnType::OrganizationName, "Ünïcode & Söhne".repeat(round));
                params.serial_number =
                    Some(vec![u8::try_from(next(256)).unwrap(); 1 + round % 20].into());
                params.not_before = date_time_ymd(1970, 1, 1);
                let of = |number: u32| u8::try_from(number).unwrap();
                let whole = i32::try_from(year).unwrap();
                params.not_after = date_time_ymd(whole, of(month), of(day));
                let der = params.self_signed(&key).unwrap().der().to_vec();
                let date = (year.into(), month.into(), day.into());
                assert_eq!(
                    not_after(&der),
                    Timestamp::of_date(date, (0, 0, 0)),
                    "{date:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_cut_off_or_is_no_certificate_has_no_end_and_does_no_harm() {
        let whole = ending(2027, 1, 31);
        for length in 0..whole.len() {
            let _ = not_after(&whole[..length]);
        }
        assert_eq!(not_after(&whole[..whole.len() / 2]), None);
        assert_eq!(not_after(b"\x30\x84\xff\xff\xff\xff"), None);
        assert_eq!(not_after(b"\x30\x80"), None);
        assert_eq!(not_after(b"no certificate"), None);
        for tampered in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[tampered] ^= 0xff;
            let _ = not_after(&bytes);
        }
    }
}
