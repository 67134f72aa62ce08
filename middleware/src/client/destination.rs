//! Which API a request is for, so that no token goes anywhere else.

use http::Uri;
use url::Url;

use crate::config::Downstream;

/// The API that a request with this URI is for: the one with the longest `base_url` that the URI is
/// within.
pub(super) fn api_of<'d>(apis: &'d [Downstream], uri: &Uri) -> Option<&'d Downstream> {
    let within = apis.iter().filter(|api| is_within(api.url(), uri));
    within.max_by_key(|api| api.base_url().len())
}

/// This API and those at the same address, which are other providers' registrations of it.
pub(super) fn beside<'d>(
    apis: &'d [Downstream],
    api: &'d Downstream,
) -> impl Iterator<Item = &'d Downstream> {
    apis.iter().filter(|other| other.url() == api.url())
}

/// Whether scheme, host and port are the same, and the path lies beneath.
fn is_within(base: &Url, uri: &Uri) -> bool {
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return false;
    };
    let default_port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return false,
    };
    let same_origin = scheme == base.scheme()
        && base
            .host_str()
            .is_some_and(|own| own.eq_ignore_ascii_case(host))
        && base.port_or_known_default() == Some(uri.port_u16().unwrap_or(default_port));
    // What stands before an `@` only looks like a host.
    let plain = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    same_origin && plain && is_beneath(base.path().trim_end_matches('/'), uri.path())
}

fn is_beneath(prefix: &str, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(prefix) else {
        return false;
    };
    prefix.is_empty() || ((rest.is_empty() || rest.starts_with('/')) && !climbs(rest))
}

/// Whether a server may read the path as one that leaves its folder.
fn climbs(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".");
    let path = path.replace("%2f", "/").replace("%5c", "/");
    path.split(['/', '\\']).any(|segment| segment == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(base: &str, uri: &str) -> bool {
        is_within(&Url::parse(base).unwrap(), &uri.parse().unwrap())
    }

    #[test]
    fn an_api_is_an_origin_and_a_path() {
        for (base, uri) in [
            ("https://api.example", "https://api.example/"),
            ("https://api.example", "https://API.example:443/a?b=c"),
            ("https://api.example/v1", "https://api.example/v1"),
            ("https://api.example/v1/", "https://api.example/v1/items"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/a/../b"),
            ("http://[::1]:8080", "http://[::1]:8080/a"),
        ] {
            assert!(verdict(base, uri), "{base} {uri}");
        }
    }

    #[test]
    fn everything_else_is_another_place() {
        for (base, uri) in [
            ("https://api.example", "http://api.example/"),
            ("https://api.example", "https://api.example:8443/"),
            ("https://api.example", "https://api.example.evil.example/"),
            ("https://api.example", "https://evil.example/api.example"),
            ("https://api.example", "https://api.example@evil.example/"),
            ("https://api.example", "https://evil@api.example/"),
            ("https://api.example", "https://sub.api.example/"),
            ("https://api.example", "/items"),
            ("https://api.example/v1", "https://api.example/v2"),
            ("https://api.example/v1", "https://api.example/v10"),
            ("https://api.example/v1", "https://api.example/v1/../v2"),
            ("https://api.example/v1", "https://api.example/v1/%2E%2e/v2"),
            ("https://api.example/v1", "https://api.example/v1/..%2fv2"),
            (
                "https://api.example/v1",
                "https://api.example/v1/a%5c..%5cb",
            ),
            ("https://api.example/v1", "https://api.example/V1"),
        ] {
            assert!(!verdict(base, uri), "{base} {uri}");
        }
    }
}
