//! Reads the `Cookie` header and writes `Set-Cookie`, always with the same attributes.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};

use super::seal::sha256;

/// The names and attributes of the layer's cookies.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    secure: bool,
    session: String,
    transaction_prefix: String,
    cancelled: String,
}

impl Cookies {
    /// Over https, cookies are `Secure` and named `__Host-…`, so that no other host of the domain
    /// can plant one (RFC 6265bis §4.1.3.2).
    pub(crate) fn new(secure: bool) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        Self {
            secure,
            session: format!("{prefix}b2c-session"),
            transaction_prefix: format!("{prefix}b2c-tx-"),
            cancelled: format!("{prefix}b2c-cancelled"),
        }
    }

    /// The session cookie's name.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// What the names of transaction cookies begin with.
    pub(crate) fn transaction_prefix(&self) -> &str {
        &self.transaction_prefix
    }

    /// The value of the session cookie, if there is one.
    pub(crate) fn session_value<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        all(headers).find_map(|(name, value)| (name == self.session).then_some(value))
    }

    /// The name and value of each transaction cookie.
    pub(crate) fn transactions<'h>(
        &self,
        headers: &'h HeaderMap,
    ) -> impl Iterator<Item = (&'h str, &'h str)> {
        all(headers).filter(|(name, _)| name.starts_with(&self.transaction_prefix))
    }

    /// Whether the user has just cancelled and was sent back to this very path.
    pub(crate) fn has_cancelled(&self, headers: &HeaderMap, path: &str) -> bool {
        all(headers).any(|(name, value)| name == self.cancelled && value == fingerprint(path))
    }

    /// Remembers, long enough for one redirect, that the user cancelled and is sent to `path`.
    pub(crate) fn set_cancelled(&self, path: &str) -> HeaderValue {
        self.set(&self.cancelled, &fingerprint(path), Duration::from_secs(10))
    }

    /// Forgets that the user cancelled.
    pub(crate) fn clear_cancelled(&self) -> HeaderValue {
        self.clear(&self.cancelled)
    }

    /// A `Set-Cookie` value.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: Duration) -> HeaderValue {
        let seconds = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
        self.render(name, value, seconds)
    }

    /// A `Set-Cookie` value that removes the cookie. It has the attributes of [`set`](Self::set),
    /// or browsers refuse it for a `__Host-` name.
    pub(crate) fn clear(&self, name: &str) -> HeaderValue {
        self.render(name, "", 0)
    }

    fn render(&self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(cookie::time::Duration::seconds(seconds));
        let text = cookie.build().to_string();
        // Names and values are made of base64url and fixed words, so this cannot fail.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// Every cookie of the request; HTTP/2 may split the header (RFC 9113 §8.2.3).
fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(Cookie::split_parse)
        .flatten()
        .filter_map(|cookie| {
            // Borrowed from the header, so nothing is copied.
            Some((cookie.name_raw()?, cookie.value_raw()?))
        })
}

fn fingerprint(path: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(path.as_bytes())[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_of_a_split_header_are_all_read() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; b2c-tx-x=one"),
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("b2c-session=s; b2c-tx-y=two"),
        );
        let cookies = Cookies::new(false);
        assert_eq!(cookies.session_value(&headers), Some("s"));
        let pending: Vec<_> = cookies.transactions(&headers).collect();
        assert_eq!(pending, [("b2c-tx-x", "one"), ("b2c-tx-y", "two")]);
    }

    #[test]
    fn removal_carries_the_attributes_of_the_cookie() {
        let cookies = Cookies::new(true);
        let removal = cookies.clear(cookies.session());
        let removal = removal.to_str().unwrap();
        for attribute in [
            "__Host-b2c-session=;",
            "HttpOnly",
            "SameSite=Lax",
            "Secure",
            "Path=/",
            "Max-Age=0",
        ] {
            assert!(removal.contains(attribute), "{attribute} in {removal}");
        }
    }
}
