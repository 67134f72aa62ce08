//! Percent-encoding as the .NET servers write it.

use percent_encoding::{CONTROLS, utf8_percent_encode};

/// Appends `name=value` pairs the way .NET's `HttpUtility` encodes them: space as `+`, lower-case
/// escapes. `separator` is `?` or `#`; a URI that has a query already gets `&` instead of `?`.
pub(crate) fn with_query(uri: &str, separator: char, pairs: &[(&str, &str)]) -> String {
    let mut result = uri.to_owned();
    let mut next = if separator == '?' && uri.contains('?') {
        '&'
    } else {
        separator
    };
    for (name, value) in pairs {
        result.push(next);
        result.push_str(name);
        result.push('=');
        encode_onto(&mut result, value);
        next = '&';
    }
    result
}

/// Makes a URI fit for a `Location` header: whatever is not printable ASCII is escaped.
pub(crate) fn ascii_location(uri: &str) -> String {
    utf8_percent_encode(uri, CONTROLS).to_string()
}

fn encode_onto(result: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b' ' => result.push('+'),
            b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => result.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => result.push(char::from(byte)),
            _ => {
                result.push('%');
                result.push(char::from(HEX[usize::from(byte >> 4)]));
                result.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_dot_net_does() {
        let uri = with_query(
            "https://a/b",
            '?',
            &[("e", "AADB2C90118: It's /x.\r\n"), ("s", "é")],
        );
        assert_eq!(
            uri,
            "https://a/b?e=AADB2C90118%3a+It%27s+%2fx.%0d%0a&s=%c3%a9"
        );
        assert_eq!(
            with_query("https://a/b?c=d", '?', &[("s", "1")]),
            "https://a/b?c=d&s=1"
        );
        assert_eq!(
            with_query("https://a/b", '#', &[("s", "1"), ("t", "2")]),
            "https://a/b#s=1&t=2"
        );
    }

    #[test]
    fn keeps_headers_ascii() {
        assert_eq!(
            ascii_location("http://a/é\r\nSet-Cookie: x"),
            "http://a/%C3%A9%0D%0ASet-Cookie: x"
        );
    }
}
