//! What a provider answers, through the browser or to the server.

use std::sync::Arc;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, StatusCode};
use url::Url;
use url::form_urlencoded::Serializer;

use super::NOW;
use super::canned::{Canned, OIDC, SECRET, now_or_never};
use super::tokens::GENUINE;
use crate::protocol::{
    Callback, FrontChannelLogout, ProviderError, TokenEndpoint, TokenRequestError,
    push_authorization, userinfo, verify_id_token,
};
use crate::provider::Provider;
use crate::secret::Secret;
use crate::tokens::ClaimsChallenge;

/// The query of an authorization response.
pub(super) fn callback_query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(callback) = Callback::parse(text) else {
        return;
    };
    match callback {
        Callback::Code {
            state,
            code,
            id_token,
            iss,
        } => {
            assert!(!state.is_empty() && !code.expose().is_empty());
            let pair = |callback: &Callback| match callback {
                Callback::Code { state, code, .. } => {
                    Some((state.clone(), code.expose().to_owned()))
                }
                Callback::Error { .. } => None,
            };
            let mut query = Serializer::new(String::new());
            query
                .append_pair("state", &state)
                .append_pair("code", code.expose());
            let again = Callback::parse(&query.finish()).ok();
            let expected = (state, code.expose().to_owned());
            let same = again.as_ref().and_then(pair) == Some(expected);
            assert!(same || text.len() > 8 * 1024, "round trip");
            assert_ne!(iss.as_deref(), Some(""));
            assert!(id_token.is_none_or(|token| !token.expose().is_empty()));
        }
        Callback::Error { state, error, .. } => {
            assert_ne!(state.as_deref(), Some(""));
            is_plain(&error);
        }
    }
}

/// The query that a provider's frame has.
pub(super) fn front_channel_query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Some(FrontChannelLogout::Session { issuer, sid }) = FrontChannelLogout::parse(text) {
        assert!(!issuer.is_empty() && !sid.is_empty());
        let mut query = Serializer::new(String::new());
        query.append_pair("iss", &issuer).append_pair("sid", &sid);
        let again = FrontChannelLogout::parse(&query.finish());
        assert_eq!(again, Some(FrontChannelLogout::Session { issuer, sid }));
    }
}

/// `error` in the first line, `error_description` in the rest.
pub(super) fn provider_error(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (error, description) = text.split_once('\n').unwrap_or((&text, ""));
    is_plain(&ProviderError::new(error, description));
}

/// The input's lines are `WWW-Authenticate` headers of an API.
pub(super) fn claims_challenge(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|&byte| byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(WWW_AUTHENTICATE, value);
        }
    }
    let Some(challenge) = ClaimsChallenge::from_headers(&headers) else {
        return;
    };
    let object = serde_json::from_str::<serde_json::Map<_, _>>(challenge.as_json());
    assert!(object.is_ok_and(|object| !object.is_empty()));
    assert!(challenge.as_json().len() <= 4096);
    // As this crate writes one.
    let encoded = challenge.encoded();
    let written = format!("Bearer error=\"insufficient_claims\", claims=\"{encoded}\"");
    headers.clear();
    headers.extend(HeaderValue::from_str(&written).map(|value| (WWW_AUTHENTICATE, value)));
    assert_eq!(ClaimsChallenge::from_headers(&headers), Some(challenge));
}

/// The body of an error response of the token endpoint.
pub(super) fn error_response(data: &[u8]) {
    let answer = redeem(StatusCode::BAD_REQUEST, data);
    if let Err(TokenRequestError::Refused(error)) = &answer {
        is_plain(error);
    }
    assert!(answer.is_err(), "no tokens come with an error");
}

/// The body of a token response, and the ID token in it.
pub(super) fn token_response(data: &[u8]) {
    let provider = Canned::default().provider(OIDC);
    let Some(Ok(metadata)) = now_or_never(provider.metadata(None)) else {
        return;
    };
    let answer = match redeem(StatusCode::OK, data) {
        Ok(answer) => answer,
        Err(TokenRequestError::Refused(error)) => return is_plain(&error),
        Err(_) => return,
    };
    let year = std::time::Duration::from_secs(366 * 24 * 3600);
    assert!(answer.expires_at.since(NOW) < year, "no token is endless");
    for secret in [
        &answer.access_token,
        &answer.id_token,
        &answer.refresh_token,
    ] {
        let shown = format!("{secret:?}");
        assert!(["None", "Some(Secret(…))"].contains(&&*shown), "{shown}");
    }
    let nonce = Secret::new("nonce");
    let claims = verify_id_token(&provider, &metadata, None, &answer, Some(&nonce), NOW);
    if let Some(Ok(Some(_))) = now_or_never(claims) {
        let token = answer.id_token.as_ref().map_or("", Secret::expose);
        let signed = |token: &str| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
        assert_eq!(signed(token), signed(GENUINE), "claims that nobody signed");
    }
}

/// The body of the answer to a pushed authorization request.
pub(super) fn pushed_response(data: &[u8]) {
    let provider = answering(StatusCode::CREATED, data);
    let Some(Ok(metadata)) = now_or_never(provider.metadata(None)) else {
        return;
    };
    let (Ok(endpoint), Ok(location)) = (
        Url::parse("https://id.example/par"),
        Url::parse("https://id.example/authorize?state=s&nonce=n"),
    ) else {
        return;
    };
    let pushed = push_authorization(&provider, &metadata, &endpoint, &location, NOW);
    if let Some(Ok(url)) = now_or_never(pushed) {
        let names: Vec<_> = url
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["client_id", "request_uri"]);
        assert_eq!(url.origin(), location.origin());
    }
}

/// The body of a userinfo response.
pub(super) fn userinfo_response(data: &[u8]) {
    let provider = answering(StatusCode::OK, data);
    let endpoint = Url::parse("https://id.example/userinfo").ok();
    let token = Secret::new("token");
    let claims = userinfo(&provider, endpoint.as_ref(), Some(&token), Some("ada"));
    if let Some(Ok(claims)) = now_or_never(claims) {
        assert!(claims.get("sub").is_some_and(|subject| subject == "ada"));
    }
}

/// A provider whose endpoints all answer with this.
fn answering(status: StatusCode, body: &[u8]) -> Arc<Provider> {
    let canned = Canned {
        tokens: (status, body.to_owned()),
        ..Canned::default()
    };
    canned.provider(OIDC)
}

fn redeem(
    status: StatusCode,
    body: &[u8],
) -> Result<crate::protocol::TokenAnswer, TokenRequestError> {
    let provider = answering(status, body);
    let never = || TokenRequestError::Unreadable("nothing to wait for".to_owned());
    let metadata = now_or_never(provider.metadata(None));
    let Some(Ok(metadata)) = metadata else {
        return Err(never());
    };
    let endpoint = TokenEndpoint::new(&provider, &metadata, NOW);
    let (code, verifier) = (Secret::new("code"), Secret::new(SECRET));
    let answer = now_or_never(endpoint.redeem_code(&code, &verifier, &[]));
    answer.unwrap_or_else(|| Err(never()))
}

/// Whatever a provider, or somebody in its name, writes: what is kept of it can be logged.
fn is_plain(error: &ProviderError) {
    let shown = error.to_string();
    assert!(
        !shown.contains(char::is_control),
        "a log line stays one line"
    );
    assert!(shown.len() < 8 * 1024, "bounded");
    let ids = [error.correlation_id(), error.trace_id()];
    for id in ids.into_iter().flatten() {
        assert!(
            id.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-'),
            "{id}"
        );
    }
    if let Some(code) = error.code() {
        assert!(
            code.len() <= 20 && code.bytes().all(|c| c.is_ascii_alphanumeric()),
            "{code}"
        );
    }
    let _ = (error.reaction(), error.advice());
}
