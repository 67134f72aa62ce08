use axum::{
    http::{StatusCode, header},
    response::Response,
};
use url::Url;

use super::{back_channel, front_channel, id_token_hint::Hint, reply, visit::Visit};
use crate::{
    address::is_loopback_host,
    control::{Misbehaviour, Misbehaviours},
    directory::{Client, Tenant},
    protocol::{Fault, Language, Params, with_query},
    session::Cookies,
};

/// `GET …/oauth2/v2.0/logout`
pub(super) fn logout(visit: &Visit<'_>, parameters: &Params) -> Response {
    let provider = visit.provider;
    let destination = match destination(visit, parameters) {
        Ok(destination) => destination,
        Err(fault) => return reply::error_page(fault, provider),
    };
    let id = visit.cookies.session.as_deref();
    let session = id.and_then(|id| provider.sessions.end(id));
    let session = session.unwrap_or_default();
    let frames = front_channel::calls(visit, &session);
    let mut response = match &destination {
        Some(uri) if frames.is_empty() => reply::redirect(StatusCode::FOUND, uri),
        _ => signed_out(visit, &frames, destination.as_deref()),
    };
    for cookie in Cookies::clear_session(&provider.tenant, provider.is_secure()) {
        reply::set(&mut response, header::SET_COOKIE, &cookie);
    }
    let letters = back_channel::letters(&session, provider);
    response.extensions_mut().insert(letters);
    response
}

/// Where the browser goes afterwards. Registrations count only where an ID token is required.
fn destination(visit: &Visit<'_>, parameters: &Params) -> Result<Option<String>, Fault> {
    let is_strict = visit.user_flow.settings.require_id_token_in_logout;
    let client = if is_strict {
        Hint::read(visit, true)?.map(|hint| hint.client)
    } else {
        None
    };
    let uri = parameters.get("post_logout_redirect_uri");
    let Some(uri) = uri.filter(|uri| uri != NATIVE_CLIENT) else {
        return Ok(None);
    };
    match client {
        Some(client) if !client.redirect_uris().contains(&uri) => {
            Err(Fault::UnregisteredRedirectUri {
                uri,
                client_id: client.client_id().to_owned(),
            })
        }
        _ if !may_return_to(&uri, &visit.provider.tenant) => Ok(None),
        None if !is_acceptable(&uri) => Err(Fault::MalformedPostLogoutUri(uri)),
        _ => Ok(Some(match state(parameters) {
            Some(state) => with_query(&uri, '?', &[("state", &state)]),
            None => uri,
        })),
    }
}

/// The `state` that goes back to the application.
fn state(parameters: &Params) -> Option<String> {
    let bad = Misbehaviours::of_this_request();
    let state = parameters.get("state")?;
    if bad.has(&Misbehaviour::LogoutNoState) {
        None
    } else if bad.has(&Misbehaviour::LogoutOtherState) {
        Some(format!("{state}-other"))
    } else {
        Some(state)
    }
}

fn signed_out(visit: &Visit<'_>, frames: &[String], destination: Option<&str>) -> Response {
    let language = match visit.query.get("ui_locales") {
        Some(locales) => Language::read(Some(&locales)).unwrap_or_default(),
        None => Language::accepted(visit.header(header::ACCEPT_LANGUAGE)),
    };
    let pages = &visit.provider.pages;
    let html = pages.signed_out(language, frames, destination, visit.provider);
    reply::framing_page(html, frames)
}

/// Entra stays on its own page unless the URI is registered. B2C does not ask.
fn may_return_to(uri: &str, tenant: &Tenant) -> bool {
    let is_registered = |client: &Client| client.redirect_uris().iter().any(|known| known == uri);
    tenant.kind.is_b2c() || tenant.clients.iter().any(is_registered)
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
