//! What is remembered of a request while the inner service has it.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};

use super::grpc::Grpc;
use crate::config::AppSettings;
use crate::cookie::Trail;
use crate::flow::local_path;

/// How an answer must look for whoever asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Audience {
    /// A browser that shows what it gets: redirects and pages.
    Navigation,
    /// A browser that sends a form: pages, but a redirect would lose what was sent.
    Form,
    /// A browser that fills a frame: pages, but providers refuse to be shown in one.
    Frame,
    /// A script or another service: problem details. So are a WebSocket's handshake, which can
    /// only fail by a status (RFC 6455 §4.1), and a prefetch, which is thrown away unless it
    /// succeeds: the real navigation asks again.
    Api,
    /// A gRPC client: trailers.
    Grpc(Grpc),
}

/// A request's own view of itself; cheap to take from every request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) audience: Audience,
    /// As the app's own routes have it: without the path that the app is mounted under.
    pub(crate) uri: Uri,
    cookies: Vec<HeaderValue>,
    referer: Option<HeaderValue>,
    pub(crate) trail: Option<Trail>,
    /// The browser only guesses that somebody may want this.
    pub(crate) prefetches: bool,
    /// Where it comes from, if the server tells; for the log only.
    pub(crate) client_address: Option<IpAddr>,
}

impl Caller {
    pub(crate) fn of<B>(
        request: &Request<B>,
        app: &AppSettings,
        trail: Option<Trail>,
        client_address: Option<IpAddr>,
    ) -> Self {
        let headers = request.headers();
        let prefetches = prefetches(headers);
        Self {
            audience: Audience::of(request.method(), headers, prefetches),
            uri: unmounted(request.uri(), app),
            cookies: headers.get_all(header::COOKIE).iter().cloned().collect(),
            referer: headers.get(header::REFERER).cloned(),
            trail,
            prefetches,
            client_address,
        }
    }

    /// The same browser on its way to another of the app's pages.
    pub(super) fn navigating_to(&self, uri: Uri) -> Self {
        Self {
            audience: Audience::Navigation,
            uri,
            ..self.clone()
        }
    }

    /// The path and query that were asked for.
    pub(crate) fn path_and_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", |both| both.as_str())
    }

    /// Where to come back to: the path and query, the path alone if both are too long for a cookie.
    pub(crate) fn return_path(&self) -> Option<&str> {
        local_path(self.path_and_query()).or_else(|| local_path(self.uri.path()))
    }

    /// The page of this origin that the browser came from.
    pub(crate) fn came_from(&self, base_url: &str) -> Option<&str> {
        let referer = self.referer.as_ref()?.to_str().ok()?;
        referer
            .strip_prefix(base_url)
            .filter(|path| path.starts_with('/'))
    }

    /// The request's cookies, as headers.
    pub(crate) fn headers(&self) -> HeaderMap {
        let pairs = self
            .cookies
            .iter()
            .map(|value| (header::COOKIE, value.clone()));
        pairs.collect()
    }
}

impl Audience {
    /// Browsers tell by `Sec-Fetch-Mode` (W3C Fetch Metadata); older ones by what they accept.
    fn of(method: &Method, headers: &HeaderMap, prefetches: bool) -> Self {
        if let Some(grpc) = text(headers, &header::CONTENT_TYPE).and_then(Grpc::of) {
            return Self::Grpc(grpc);
        }
        let navigates = match text(headers, &SEC_FETCH_MODE) {
            Some(mode) => mode == "navigate",
            None => {
                let accepted = text(headers, &header::ACCEPT);
                accepted.is_some_and(|accepted| accepted.contains("text/html"))
                    && !headers.contains_key(X_REQUESTED_WITH)
                    && !headers.contains_key(header::UPGRADE)
            }
        };
        let in_frame = || {
            let destination = text(headers, &SEC_FETCH_DEST);
            destination.is_some_and(|dest| ["iframe", "frame", "embed", "object"].contains(&dest))
        };
        match (navigates, method == Method::GET || method == Method::HEAD) {
            (true, _) if prefetches => Self::Api,
            (true, _) if in_frame() => Self::Frame,
            (true, true) => Self::Navigation,
            (true, false) => Self::Form,
            (false, _) => Self::Api,
        }
    }
}

fn unmounted(uri: &Uri, app: &AppSettings) -> Uri {
    let path = uri.path_and_query().map_or("/", |both| both.as_str());
    if app.prefix().is_empty() {
        return uri.clone();
    }
    let unmounted = app.unmounted(path);
    // The rest of a valid path after a slash is one.
    unmounted.parse().unwrap_or_else(|_| uri.clone())
}

/// `Sec-Purpose: prefetch`, with or without parameters (Fetch, "Sec-Purpose"); `Purpose` and
/// `X-Moz` are what older browsers call it.
fn prefetches(headers: &HeaderMap) -> bool {
    let mut purposes = PURPOSES.iter().filter_map(|name| text(headers, name));
    purposes.any(|purpose| purpose.starts_with("prefetch"))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

// Looked for in every request: a name in a string would be parsed each time.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
static PURPOSES: [HeaderName; 3] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-moz"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(method: &Method, headers: &[(&'static str, &'static str)]) -> Audience {
        let pairs = headers.iter().map(|&(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let headers = pairs.collect();
        Audience::of(method, &headers, prefetches(&headers))
    }

    #[test]
    fn browsers_scripts_and_grpc_are_told_apart() {
        let html = ("accept", "text/html,*/*");
        assert_eq!(audience(&Method::GET, &[html]), Audience::Navigation);
        assert_eq!(
            audience(&Method::GET, &[html, ("sec-fetch-mode", "navigate")]),
            Audience::Navigation
        );
        assert_eq!(
            audience(&Method::GET, &[html, ("sec-fetch-mode", "cors")]),
            Audience::Api
        );
        assert_eq!(
            audience(
                &Method::GET,
                &[html, ("x-requested-with", "XMLHttpRequest")]
            ),
            Audience::Api
        );
        assert_eq!(audience(&Method::POST, &[html]), Audience::Form);
        assert_eq!(audience(&Method::GET, &[("accept", "*/*")]), Audience::Api);
        assert_eq!(audience(&Method::GET, &[]), Audience::Api);
        let grpc = [
            ("application/grpc", Grpc::Http2),
            ("application/grpc+proto", Grpc::Http2),
            ("application/grpc-web+proto", Grpc::Web),
            ("application/grpc-web-text", Grpc::WebText),
        ];
        for (kind, dialect) in grpc {
            assert_eq!(
                audience(&Method::POST, &[("content-type", kind)]),
                Audience::Grpc(dialect),
                "{kind}"
            );
        }
        assert_eq!(
            audience(&Method::POST, &[("content-type", "application/grpcx")]),
            Audience::Api
        );
    }

    #[test]
    fn prefetches_frames_and_web_sockets_are_no_navigations() {
        let html = ("accept", "text/html,*/*");
        let navigate = ("sec-fetch-mode", "navigate");
        for purpose in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "prefetch"),
        ] {
            assert_eq!(
                audience(&Method::GET, &[html, navigate, purpose]),
                Audience::Api,
                "{purpose:?}"
            );
        }
        for (method, dest) in [
            (Method::GET, "iframe"),
            (Method::POST, "iframe"),
            (Method::GET, "object"),
        ] {
            assert_eq!(
                audience(&method, &[html, navigate, ("sec-fetch-dest", dest)]),
                Audience::Frame
            );
        }
        assert_eq!(
            audience(&Method::GET, &[html, ("upgrade", "websocket")]),
            Audience::Api
        );
        assert_eq!(
            audience(&Method::GET, &[("sec-fetch-mode", "websocket")]),
            Audience::Api
        );
    }
}
