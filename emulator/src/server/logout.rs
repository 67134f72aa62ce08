use axum::{
    http::{StatusCode, header},
    response::Response,
};
use url::Url;

use super::{reply, visit::Visit};
use crate::{
    address::is_loopback_host,
    protocol::{Fault, Language, with_query},
    session::Cookies,
};

/// `GET …/oauth2/v2.0/logout`
pub(super) fn logout(visit: &Visit<'_>) -> Response {
    let provider = visit.provider;
    if let Some(session) = &visit.cookies.session {
        provider.sessions.end(session);
    }
    let mut response = match visit.query.get("post_logout_redirect_uri") {
        None => signed_out(visit),
        Some(uri) if uri == NATIVE_CLIENT => signed_out(visit),
        Some(uri) if is_acceptable(&uri) => match visit.query.get("state") {
            Some(state) => reply::redirect(
                StatusCode::FOUND,
                &with_query(&uri, '?', &[("state", &state)]),
            ),
            None => reply::redirect(StatusCode::FOUND, &uri),
        },
        Some(uri) => reply::error_page(Fault::MalformedPostLogoutUri(uri), provider),
    };
    let cookie = Cookies::clear_session(&provider.tenant.name);
    reply::set(&mut response, header::SET_COOKIE, &cookie);
    response
}

fn signed_out(visit: &Visit<'_>) -> Response {
    let language = Language::read(visit.query.get("ui_locales").as_deref()).unwrap_or_default();
    reply::page(
        StatusCode::OK,
        visit.provider.pages.signed_out(language, visit.provider),
    )
}

/// https anywhere, or plain http on this machine. B2C does not compare it with registered URIs.
fn is_acceptable(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some(host)) => is_loopback_host(host),
        _ => false,
    })
}

const NATIVE_CLIENT: &str = "urn:ietf:wg:oauth:2.0:oob";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_https_and_this_machine() {
        for good in [
            "https://a.example/x?y=z",
            "http://localhost:5000",
            "http://[::1]:80/",
            "HTTP://127.0.0.1",
        ] {
            assert!(is_acceptable(good), "{good}");
        }
        for bad in [
            "",
            "/",
            "a",
            "http://a.example/",
            "javascript:alert(1)",
            "https://",
            "data:,x",
        ] {
            assert!(!is_acceptable(bad), "{bad}");
        }
    }
}
