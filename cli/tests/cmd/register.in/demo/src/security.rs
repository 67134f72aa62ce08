//! Headers that narrow what a browser lets this site's pages do.

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, InvalidHeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use tower_b2c::Config;

/// The headers of every response, unless a handler or the sign-in layer chose its own.
#[derive(Clone)]
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

/// The policy of this site: nothing from elsewhere, no script, no frame.
pub fn policy(config: &Config) -> Result<Headers, InvalidHeaderValue> {
    // The sign-out form posts to this site, which sends the browser on to the provider;
    // browsers apply form-action to that redirect, too.
    let content = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; \
         frame-ancestors 'none'; base-uri 'none'",
        config.provider_origins().collect::<Vec<_>>().join(" "),
    );
    Ok(Headers(vec![
        (CONTENT_SECURITY_POLICY, HeaderValue::try_from(content)?),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        // After a sign-out the Back button shows nothing.
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]))
}

pub async fn add_headers(State(Headers(all)): State<Headers>, mut response: Response) -> Response {
    for (name, value) in all {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
