//! The token in a request (RFC 6750 §2.1).

use http::{HeaderMap, header};

/// The request does not show its token as it should: twice, too large or not as a token looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Malformed(pub(super) &'static str);

/// How a token is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    Bearer,
    /// With a proof of possession (RFC 9449 §7.1).
    Dpop,
}

/// The access token of a request, from the `Authorization` header alone: what stands in a URL ends
/// up in logs (RFC 9700 §4.3.2). Another scheme is none of ours.
pub(crate) fn access_token(headers: &HeaderMap) -> Result<Option<(Scheme, &str)>, Malformed> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    // Which of two counts is not for us to guess; a proxy may have looked at the other.
    if values.next().is_some() {
        return Err(Malformed("the Authorization header is there twice"));
    }
    let value = value.as_bytes();
    let end = value.iter().position(|byte| b" \t".contains(byte));
    let (scheme, rest) = value.split_at(end.unwrap_or(value.len()));
    let scheme = if scheme.eq_ignore_ascii_case(b"bearer") {
        Scheme::Bearer
    } else if scheme.eq_ignore_ascii_case(b"dpop") {
        Scheme::Dpop
    } else {
        return Ok(None);
    };
    if rest.len() > LONGEST {
        return Err(Malformed("the token is longer than 16 KiB"));
    }
    let token = std::str::from_utf8(rest).unwrap_or_default();
    let token = token.trim_start_matches(' ');
    if token.is_empty() || !is_token(token.as_bytes()) {
        return Err(Malformed("what follows the scheme is no token"));
    }
    Ok(Some((scheme, token)))
}

/// Whether all of it is of RFC 6750's `b64token`.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches it is several times as fast, of what is half the cost of a known token"
)]
fn is_token(bytes: &[u8]) -> bool {
    let within = |byte: u8, first: u8, last: u8| byte.wrapping_sub(first) <= last - first;
    let plain = |&byte: &u8| {
        within(byte | 0x20, b'a', b'z')
            | within(byte, b'-', b'9')
            | (byte == b'+')
            | (byte == b'=')
            | (byte == b'_')
            | (byte == b'~')
    };
    bytes.iter().fold(true, |all, byte| all & plain(byte))
}

/// Several times the largest token of Entra ID, with its 200 groups.
const LONGEST: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn found(values: &[&[u8]]) -> Result<Option<String>, Malformed> {
        let pairs = values.iter().map(|value| {
            let value = HeaderValue::from_bytes(value).unwrap();
            (header::AUTHORIZATION, value)
        });
        access_token(&pairs.collect()).map(|token| token.map(|(_, token)| token.to_owned()))
    }

    #[test]
    fn a_token_follows_its_scheme() {
        let token = Ok(Some("a.b-_~+/=c".to_owned()));
        for value in [
            "Bearer a.b-_~+/=c",
            "bearer a.b-_~+/=c",
            "BEARER   a.b-_~+/=c",
            "DPoP a.b-_~+/=c",
        ] {
            assert_eq!(found(&[value.as_bytes()]), token, "{value}");
        }
        for value in ["Basic YTpi", "Bearerx a.b.c", "", "a.b.c"] {
            assert_eq!(found(&[value.as_bytes()]), Ok(None), "{value}");
        }
        assert_eq!(found(&[]), Ok(None));
    }

    #[test]
    fn a_token_is_of_the_characters_of_rfc_6750() {
        for byte in 0..=255_u8 {
            let listed = byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
            assert_eq!(is_token(&[b'a', byte, b'a']), listed, "{byte:#x}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let long = format!("Bearer {}", "a".repeat(16 * 1024));
        let malformed: [&[u8]; 9] = [
            b"Bearer",
            b"Bearer ",
            b"Bearer\ta.b.c",
            b"Bearer a.b.c ",
            b"Bearer a.b.c, Bearer d.e.f",
            b"Bearer a b",
            b"Bearer \"a.b.c\"",
            b"Bearer a.\xe9.c",
            long.as_bytes(),
        ];
        for value in malformed {
            assert!(found(&[value]).is_err(), "{value:?}");
        }
        assert!(found(&[b"Bearer a.b.c", b"Bearer a.b.c"]).is_err());
        assert!(found(&[b"Basic YTpi", b"Bearer a.b.c"]).is_err());
    }
}
