//! What single values must look like.

use std::net::IpAddr;

use url::{Host, Url};

/// An absolute https URL, or http on a loopback host (RFC 8252 §7.3 has the same exception).
pub(super) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    (plain && secure && url.has_host()).then_some(url)
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// A path that routers and browsers read alike.
pub(super) fn is_path(path: &str, root_allowed: bool) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let segments_ok = path
        .split('/')
        .skip(1)
        .all(|segment| !matches!(segment, "" | "." | ".."));
    path.starts_with('/')
        && path.chars().all(plain)
        && (segments_ok || (root_allowed && path == "/"))
}

/// RFC 6749 §3.3 without OpenID Connect's own scopes, which the layer adds by itself.
pub(super) fn is_resource_scope(scope: &str) -> bool {
    let valid = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    let own = ["openid", "offline_access", "profile", "email"];
    !scope.is_empty() && scope.chars().all(valid) && !own.contains(&scope)
}

pub(super) fn is_tenant(name: &str) -> bool {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !name.is_empty() && name.chars().all(valid) && !name.starts_with('.')
}

/// A bare name stands for `{name}.onmicrosoft.com`.
pub(super) fn full_tenant(name: String) -> String {
    if name.contains('.') || is_guid(&name) {
        name
    } else {
        format!("{name}.onmicrosoft.com")
    }
}

/// `B2C_1_…` for user flows, `B2C_1A_…` for custom policies; the rest must be safe in a path.
pub(super) fn is_user_flow(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("b2c_1_")
        .or_else(|| lower.strip_prefix("b2c_1a_"));
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(valid))
}

pub(super) fn is_guid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{is_path, is_user_flow, web_url};

    #[test]
    fn http_is_for_loopback_only() {
        for url in [
            "https://app.contoso.com",
            "http://localhost:5000",
            "http://127.0.0.1",
            "http://[::1]:1",
        ] {
            assert!(web_url(url).is_some(), "{url}");
        }
        for url in [
            "http://app.contoso.com",
            "ftp://localhost",
            "localhost:5000",
            "https://u:p@host",
            "",
        ] {
            assert!(web_url(url).is_none(), "{url}");
        }
    }

    #[test]
    fn paths_and_flow_names_cannot_leave_their_segment() {
        assert!(is_path("/getAToken", false) && is_path("/auth/callback", false));
        for path in [
            "",
            "/",
            "getAToken",
            "/a/",
            "//a",
            "/a/../b",
            "/a?b",
            "/a%2f",
            "/a b",
        ] {
            assert!(!is_path(path, false), "{path}");
        }
        assert!(is_user_flow("B2C_1_susi") && is_user_flow("b2c_1a_Sign.Up-1"));
        for flow in [
            "",
            "B2C_1_",
            "susi",
            "B2C_1_a/b",
            "B2C_1_a?b",
            "B2C_1_a#b",
            "B2C_1_a%b",
        ] {
            assert!(!is_user_flow(flow), "{flow}");
        }
    }
}
