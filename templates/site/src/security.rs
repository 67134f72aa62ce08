//! Headers that narrow what a browser lets this site's pages do.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use tower_b2c::B2cLayer;

/// The policy of this site: nothing but `what` its pages load (`style-src 'self'`), nothing from
/// elsewhere, no frame.
#[derive(Clone)]
pub struct Policy {
    what: &'static str,
    sign_in: B2cLayer,
    /// What it last was, and for which origins.
    last: Arc<Mutex<(Vec<String>, HeaderValue)>>,
}

impl Policy {
    pub fn new(sign_in: &B2cLayer, what: &'static str) -> Self {
        let origins = sign_in.provider_origins();
        let value = written(what, &origins);
        Self {
            what,
            sign_in: sign_in.clone(),
            last: Arc::new(Mutex::new((origins, value))),
        }
    }

    /// By the providers of this moment: those of b2c.toml can change while the app runs.
    fn value(&self) -> HeaderValue {
        let origins = self.sign_in.provider_origins();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != origins {
            let value = written(self.what, &origins);
            *last = (origins, value);
        }
        last.1.clone()
    }
}

fn written(what: &str, origins: &[String]) -> HeaderValue {
    // The sign-out form posts to this site, which sends the browser on to the provider;
    // browsers apply form-action to that redirect, too.
    let content = format!(
        "default-src 'none'; {what}; form-action 'self' {}; \
         frame-ancestors 'none'; base-uri 'none'",
        origins.join(" "),
    );
    // Origins are ASCII, so that it always is one.
    HeaderValue::try_from(content).unwrap_or(NOTHING)
}

/// The headers of every response, unless a handler or the sign-in layer chose its own.
pub async fn add_headers(State(policy): State<Policy>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy.value());
    }
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    response
}

const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'");
const HEADERS: [(HeaderName, &str); 3] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    // After a sign-out the Back button shows nothing.
    (CACHE_CONTROL, "no-store"),
];
