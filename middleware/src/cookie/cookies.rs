//! Reads the `Cookie` header and writes `Set-Cookie`, always with the same attributes.

use std::time::Duration;

use cookie::time::Duration as CookieDuration;
use cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::route::Route;
use super::sealed_session::{self, MOST_PIECES, Rest, cut};
use super::ticket::Ticket;
use super::trail::Trail;

/// The names and attributes of the layer's cookies.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    secure: bool,
    session: String,
    transaction_prefix: String,
    trail: String,
    route: String,
    sign_out: String,
    form_prefix: String,
}

impl Cookies {
    /// Cookies of an app at this URL.
    ///
    /// Over https they are `Secure` and named `__Host-…`, so that no other host of the domain can
    /// plant one (RFC 6265bis §4.1.3.2). Over http, which is for localhost, the port is part of the
    /// name: browsers share cookies between ports, and apps side by side would share sessions.
    ///
    /// Apps that share an origin under different paths share its cookies, whatever their `Path`
    /// (RFC 6265 §8.6), so the path is part of the name and `Path` stays `/`, as `__Host-` demands.
    pub(crate) fn new(base_url: &Url) -> Self {
        let secure = base_url.scheme() == "https";
        let (host, suffix) = match base_url.port_or_known_default() {
            Some(port) if !secure => ("", format!("-{port}")),
            _ => ("__Host-", String::new()),
        };
        let mounted = base_url.path().trim_matches('/');
        let mounted = match mounted {
            "" => String::new(),
            path => format!("{}.", path.replace('/', ".")),
        };
        let prefix = format!("{host}{mounted}");
        Self {
            secure,
            session: format!("{prefix}b2c-session{suffix}"),
            transaction_prefix: format!("{prefix}b2c-tx{suffix}-"),
            trail: format!("{prefix}b2c-trail{suffix}"),
            route: format!("{prefix}b2c-route{suffix}"),
            sign_out: format!("{prefix}b2c-sign-out{suffix}"),
            form_prefix: format!("{prefix}b2c-form{suffix}-"),
        }
    }

    /// The session cookie's name.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// The name of the cookie of a sign-out under way.
    pub(crate) fn sign_out(&self) -> &str {
        &self.sign_out
    }

    /// The name of the cookie of a form that waits for its sender to sign in.
    pub(crate) fn form(&self, id: &str) -> String {
        format!("{}{id}", self.form_prefix)
    }

    /// The value of the cookie of this name.
    pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
        let found = all(headers).find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }

    /// What the names of transaction cookies begin with.
    pub(crate) fn transaction_prefix(&self) -> &str {
        &self.transaction_prefix
    }

    /// The cookies that every request may carry, found in one pass.
    pub(crate) fn look<'h>(&self, headers: &'h HeaderMap) -> Found<'h> {
        let mut found = Found::default();
        for (name, value) in all(headers) {
            if name == self.session {
                // Of several, one that has the form of a ticket; browsers send those of another
                // path or host before.
                let has_form = || Ticket::has_form(value) || sealed_session::has_form(value);
                if found.session.is_none() || has_form() {
                    found.session = Some(value);
                }
            } else if let Some(number) = self.further_piece(name) {
                found.rest[number - 1] = Some(value);
            } else if name == self.trail {
                found.trail = Trail::parse(value);
            } else if name == self.sign_out {
                found.sign_out = Some(value);
            }
        }
        found
    }

    /// `Set-Cookie` values for a sealed session, and the removal of pieces that a longer one has left
    /// in the browser: of those that were found there, or of all if that is not known. `None` if it
    /// takes more cookies than a session may, or more than `most` bytes of the `Cookie` header.
    pub(crate) fn set_sealed(
        &self,
        sealed: &[u8],
        max_age: Duration,
        found: Option<&Found<'_>>,
        most: usize,
    ) -> Option<Vec<HeaderValue>> {
        let room = |name: &str| LARGEST_COOKIE.saturating_sub(self.set(name, "", max_age).len());
        let pieces = cut(sealed, room(&self.session), room(&self.piece(1)))?;
        // Name, "=", value, "; ".
        let named: Vec<_> = (0..)
            .map(|number| self.piece(number))
            .zip(&pieces)
            .collect();
        let size: usize = named
            .iter()
            .map(|(name, value)| name.len() + value.len() + 3)
            .sum();
        if size > most {
            return None;
        }
        let set = named
            .iter()
            .map(|(name, value)| self.set(name, value, max_age));
        let mut answer: Vec<_> = set.collect();
        for number in pieces.len()..MOST_PIECES {
            if found.is_none_or(|found| found.rest[number - 1].is_some()) {
                answer.push(self.clear(&self.piece(number)));
            }
        }
        Some(answer)
    }

    /// `Set-Cookie` values that take the session out of the browser, in as many pieces as were found.
    pub(crate) fn clear_session(&self, found: &Found<'_>) -> Vec<HeaderValue> {
        let further = (1..MOST_PIECES).filter(|number| found.rest[number - 1].is_some());
        let names = std::iter::once(0).chain(further);
        names
            .map(|number| self.clear(&self.piece(number)))
            .collect()
    }

    /// The name of a piece of the session.
    fn piece(&self, number: usize) -> String {
        match number {
            0 => self.session.clone(),
            number => format!("{}.{number}", self.session),
        }
    }

    fn further_piece(&self, name: &str) -> Option<usize> {
        sealed_session::number(name.strip_prefix(&self.session)?)
    }

    /// The name and value of each transaction cookie.
    pub(crate) fn transactions<'h>(
        &self,
        headers: &'h HeaderMap,
    ) -> impl Iterator<Item = (&'h str, &'h str)> {
        all(headers).filter(|(name, _)| name.starts_with(&self.transaction_prefix))
    }

    /// Remembers the trail, long enough for a journey's redirects.
    pub(crate) fn set_trail(&self, trail: Trail) -> HeaderValue {
        self.set(&self.trail, &trail.to_string(), TRAIL_LIFETIME)
    }

    /// Ends the trail: the journey has arrived at a page.
    pub(crate) fn clear_trail(&self) -> HeaderValue {
        self.clear(&self.trail)
    }

    /// Which way the browser goes, if it knows.
    pub(crate) fn route(&self, headers: &HeaderMap) -> Option<Route> {
        Self::value(headers, &self.route).and_then(Route::parse)
    }

    /// Remembers which way the browser goes, for as long as browsers do (RFC 6265bis §5.5).
    pub(crate) fn set_route(&self, route: Route) -> HeaderValue {
        self.set(&self.route, &route.to_string(), ROUTE_LIFETIME)
    }

    /// A `Set-Cookie` value.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: Duration) -> HeaderValue {
        let seconds = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
        self.render(name, value, seconds, SameSite::Lax)
    }

    /// As [`set`](Self::set), for a cookie that a form from another site must bring along: over https
    /// `SameSite=None`, which browsers take with `Secure` only (RFC 6265bis §5.7). Over http the
    /// form comes from the same site, as the configuration is checked for.
    pub(crate) fn set_for_forms(&self, name: &str, value: &str, max_age: Duration) -> HeaderValue {
        let seconds = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
        let same_site = if self.secure {
            SameSite::None
        } else {
            SameSite::Lax
        };
        self.render(name, value, seconds, same_site)
    }

    /// A `Set-Cookie` value that removes the cookie. It has the attributes of [`set`](Self::set),
    /// or browsers refuse it for a `__Host-` name.
    pub(crate) fn clear(&self, name: &str) -> HeaderValue {
        self.render(name, "", 0, SameSite::Lax)
    }

    fn render(&self, name: &str, value: &str, seconds: i64, same_site: SameSite) -> HeaderValue {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(same_site)
            .max_age(CookieDuration::seconds(seconds));
        let text = cookie.build().to_string();
        // Names and values are made of base64url and fixed words, so this cannot fail.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// The cookies of a request that is for the application.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found<'h> {
    /// The session cookie's value.
    pub(crate) session: Option<&'h str>,
    /// What follows it, where sessions are kept in the browser.
    pub(crate) rest: Rest<'h>,
    pub(crate) trail: Option<Trail>,
    /// The value of the cookie of a sign-out under way.
    pub(crate) sign_out: Option<&'h str>,
}

/// Every cookie of the request; HTTP/2 may split the header (RFC 9113 §8.2.3).
///
/// Pair by pair, because another app's cookie may hold any byte and must not hide ours.
fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| {
        // Text is searched several times faster than bytes, and lines may be long.
        let text = std::str::from_utf8(line.as_bytes());
        let bytes = if text.is_ok() {
            &[][..]
        } else {
            line.as_bytes()
        };
        let bytes = bytes.split(|&byte| byte == b';');
        let bytes = bytes.filter_map(|pair| std::str::from_utf8(pair).ok());
        text.into_iter()
            .flat_map(|text| text.split(';'))
            .chain(bytes)
    });
    pairs.filter_map(|pair| {
        let cookie = Cookie::parse(pair).ok()?;
        // Borrowed from the header, so nothing is copied.
        Some((cookie.name_raw()?, cookie.value_raw()?))
    })
}

/// Name, value and attributes: what browsers take at least (RFC 6265 §6.1) and at most.
const LARGEST_COOKIE: usize = 4096;

/// Longer than the redirects of a journey take, shorter than a person's next try.
const TRAIL_LIFETIME: Duration = Duration::from_secs(30);

/// 400 days.
const ROUTE_LIFETIME: Duration = Duration::from_secs(400 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(base_url: &str) -> Cookies {
        Cookies::new(&base_url.parse().unwrap())
    }

    #[test]
    fn another_apps_cookies_do_not_hide_ours() {
        let line = HeaderValue::from_bytes(b"lang=\xe9; b2c-session-5000=s; =; x; \xff").unwrap();
        let headers = HeaderMap::from_iter([(header::COOKIE, line)]);
        assert_eq!(
            cookies("http://localhost:5000").look(&headers).session,
            Some("s")
        );
        assert_eq!(
            cookies("http://localhost:5001").look(&headers).session,
            None
        );
    }

    #[test]
    fn cookies_of_a_split_header_are_all_read() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; b2c-tx-80-x=one"),
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("b2c-session-80=s; b2c-tx-80-y=two"),
        );
        let cookies = cookies("http://localhost");
        assert_eq!(cookies.look(&headers).session, Some("s"));
        let pending: Vec<_> = cookies.transactions(&headers).collect();
        assert_eq!(pending, [("b2c-tx-80-x", "one"), ("b2c-tx-80-y", "two")]);
    }

    #[test]
    fn apps_under_different_paths_do_not_share_names() {
        let root = cookies("https://host.example");
        let mounted = cookies("https://host.example/shop/eu");
        assert_eq!(mounted.session(), "__Host-shop.eu.b2c-session");
        let theirs = mounted.transaction_prefix();
        assert!(!theirs.starts_with(root.transaction_prefix()), "{theirs}");
    }

    #[test]
    fn removal_carries_the_attributes_of_the_cookie() {
        let cookies = cookies("https://app.example");
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
