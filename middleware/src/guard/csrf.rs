//! Requests that another site caused.

use http::{HeaderMap, HeaderName, Method, header};

use crate::config::{CsrfMode, EdgeSettings};

/// Whether a state-changing request comes from another origin than that of `base_url`.
///
/// Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; a request with neither is not from
/// a browser and carries nobody's ambient authority.
pub(crate) fn is_cross_site(method: &Method, headers: &HeaderMap, base_url: &str) -> bool {
    !method.is_safe() && source(headers, base_url) == Source::Elsewhere
}

/// Why a request of the app's own is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Forgery {
    /// Another origin caused it.
    CrossSite,
    /// It does not carry the header that only scripts of a permitted origin can send.
    NoHeader,
}

/// Judges a request that carries a session cookie; `scripted` tells a script's from a form's.
///
/// Safe methods pass: they must change nothing. The handshake of a WebSocket is judged although it
/// is a GET, because nothing else keeps other sites from it (RFC 6455 §10.2).
pub(crate) fn forgery(
    settings: &EdgeSettings,
    base_url: &str,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    scripted: bool,
) -> Option<Forgery> {
    let upgrade = text(headers, &header::UPGRADE);
    let handshake = upgrade.is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
    if (method.is_safe() && !handshake)
        || settings.csrf == CsrfMode::Off
        || is_exempt(&settings.csrf_exempt, path)
    {
        return None;
    }
    let trusted = || {
        let origin = text(headers, &header::ORIGIN);
        origin.is_some_and(|origin| settings.trusted_origins.iter().any(|known| known == origin))
    };
    let source = match source(headers, base_url) {
        Source::Elsewhere if trusted() => Source::Here,
        source => source,
    };
    match source {
        Source::Elsewhere => Some(Forgery::CrossSite),
        _ if settings.csrf == CsrfMode::Origin || handshake || has_header(headers) => None,
        // A content type that only a preflight lets through is as good as the header.
        _ if is_grpc(headers) => None,
        Source::Here if !scripted => None,
        _ => Some(Forgery::NoHeader),
    }
}

/// Whether this may be told to whoever asks: the own origin, the user's address bar, or a script
/// that CORS let send a header.
pub(crate) fn may_read(headers: &HeaderMap) -> bool {
    let site = text(headers, &SEC_FETCH_SITE);
    matches!(site, Some("same-origin" | "none")) || has_header(headers)
}

/// Whether a browser proves that a page of the app's own caused this.
pub(crate) fn is_from_here(headers: &HeaderMap, base_url: &str) -> bool {
    source(headers, base_url) == Source::Here
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Source {
    Here,
    Elsewhere,
    /// Not said: no browser, or a very old one.
    Unknown,
}

fn source(headers: &HeaderMap, base_url: &str) -> Source {
    let here = match text(headers, &SEC_FETCH_SITE) {
        Some(site) => site == "same-origin" || site == "none",
        None => match text(headers, &header::ORIGIN) {
            Some(origin) => origin == origin_of(base_url),
            None => return Source::Unknown,
        },
    };
    if here {
        Source::Here
    } else {
        Source::Elsewhere
    }
}

/// The origin in a URL without credentials.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

fn has_header(headers: &HeaderMap) -> bool {
    text(headers, &X_CSRF).is_some_and(|value| !value.is_empty())
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = text(headers, &header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.starts_with("application/grpc"))
}

/// Paths that a router might read in another way than they are written are never exempt.
fn is_exempt(exempt: &[String], path: &str) -> bool {
    let doubtful = path.contains("..") || path.contains("//") || path.contains(['%', '\\']);
    let listed = |entry: &String| {
        entry == path || (entry.ends_with('/') && path.starts_with(entry.as_str()))
    };
    !doubtful && exempt.iter().any(listed)
}

/// A value that is no text counts as sent, and as wrong.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap_or_default())
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_CSRF: HeaderName = HeaderName::from_static("x-csrf");

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_own_origin_may_change_state() {
        let verdict = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            is_cross_site(&Method::POST, &headers, "https://app.example/mounted")
        };
        assert!(!verdict("sec-fetch-site", "same-origin"));
        assert!(!verdict("sec-fetch-site", "none"));
        assert!(verdict("sec-fetch-site", "same-site"));
        assert!(verdict("sec-fetch-site", "cross-site"));
        assert!(!verdict("origin", "https://app.example"));
        assert!(verdict("origin", "https://app.example.evil"));
        assert!(verdict("origin", "null"));
        assert!(!is_cross_site(
            &Method::POST,
            &HeaderMap::new(),
            "https://app.example"
        ));
    }

    #[test]
    fn only_plain_paths_are_exempt() {
        let exempt = ["/hook".to_owned(), "/hooks/".to_owned()];
        for path in ["/hook", "/hooks/", "/hooks/a/b"] {
            assert!(is_exempt(&exempt, path), "{path}");
        }
        for path in [
            "/hook/",
            "/hooks",
            "/hookshop",
            "/hooks/../transfer",
            "/hooks/%2e%2e/transfer",
            "/hooks//transfer",
            "/hooks/..\\transfer",
        ] {
            assert!(!is_exempt(&exempt, path), "{path}");
        }
    }
}
