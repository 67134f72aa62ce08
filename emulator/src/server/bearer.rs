//! Access tokens in requests (RFC 6750).

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::reply;

/// The token in the header, section 2.1.
pub(super) fn in_header(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// Refuses with a code and a sentence, section 3; without a token there is none. `basis` is the
/// challenge before these, `Bearer` at least.
pub(super) fn refusal(status: StatusCode, basis: &str, error: Option<(&str, &str)>) -> Response {
    let (challenge, document) = match error {
        None => (basis.to_owned(), json!({ "error": "unauthorized" })),
        Some((code, description)) => {
            let separator = if basis.contains(' ') { "," } else { "" };
            (
                format!(r#"{basis}{separator} error="{code}", error_description="{description}""#),
                json!({ "error": code, "error_description": description }),
            )
        }
    };
    let mut response = reply::private_json(status, &document);
    reply::set(&mut response, header::WWW_AUTHENTICATE, &challenge);
    reply::noted(response, error.map_or("missing_token", |(code, _)| code))
}
