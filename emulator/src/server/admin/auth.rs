use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::server::reply;

/// Who knows the token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Caller {
    /// It was sent as a bearer token, which no web page can make a browser do.
    Program,
    /// It was typed as a password; the name does not matter.
    Browser,
}

pub(super) fn caller(headers: &HeaderMap, token: &str) -> Option<Caller> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = header.split_once(' ')?;
    let credentials = credentials.trim();
    let is_token = |given: &[u8]| verify_slices_are_equal(given, token.as_bytes()).is_ok();
    if scheme.eq_ignore_ascii_case("bearer") {
        return is_token(credentials.as_bytes()).then_some(Caller::Program);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = STANDARD.decode(credentials).ok()?;
    let colon = joined.iter().position(|&byte| byte == b':')?;
    is_token(&joined[colon + 1..]).then_some(Caller::Browser)
}

pub(super) fn challenge() -> Response {
    let document = json!({ "error": "the admin token is missing or wrong" });
    let mut response = reply::private_json(StatusCode::UNAUTHORIZED, &document);
    for scheme in ["Bearer", "Basic"] {
        let value = format!(r#"{scheme} realm="b2c-emulator admin""#);
        reply::set(&mut response, header::WWW_AUTHENTICATE, &value);
    }
    response
}
