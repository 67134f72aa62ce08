//! What every answer of the layer's own has in common.

use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

use bytes::Bytes;

use super::body::B2cBody;
use super::shell::Shell;

impl Shell {
    /// An answer of the layer's, ready to go: kept by nobody, with the headers that protect it, its
    /// location where the browser sees the app.
    pub(super) fn own<B>(&self, mut answer: Response<Bytes>) -> Response<B2cBody<B>> {
        let headers = answer.headers_mut();
        self.mount_location(headers);
        let html = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if html && !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            default(headers, &header::X_FRAME_OPTIONS, "SAMEORIGIN");
        }
        if headers.contains_key(header::SET_COOKIE) {
            headers.remove(header::CACHE_CONTROL);
        }
        default(headers, &header::CACHE_CONTROL, "no-store");
        default(headers, &header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        // The callback's URL holds a code: it must not travel on (RFC 9700 §4.2.4).
        default(headers, &header::REFERRER_POLICY, "no-referrer");
        answer.map(B2cBody::own)
    }

    /// Journeys know the app's own paths; the browser knows them under the app's prefix.
    fn mount_location(&self, headers: &mut HeaderMap) {
        let prefix = self.config.app.prefix();
        if prefix.is_empty() {
            return;
        }
        let location = headers
            .get(header::LOCATION)
            .and_then(|url| url.to_str().ok());
        let Some(path) = location.filter(|url| url.starts_with('/')) else {
            return;
        };
        if let Ok(mounted) = HeaderValue::from_str(&format!("{prefix}{path}")) {
            headers.insert(header::LOCATION, mounted);
        }
    }
}

fn default(headers: &mut HeaderMap, name: &HeaderName, value: &'static str) {
    if !headers.contains_key(name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
