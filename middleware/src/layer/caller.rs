//! What is remembered of a request while the inner service has it.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use super::grpc::Grpc;
use super::hints::Hints;
use crate::config::AppSettings;
use crate::cookie::Trail;
use crate::flow::local_path;
use crate::trace::TraceContext;

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
    cookie: Option<HeaderValue>,
    /// HTTP/2 may cut it into several (RFC 9113 §8.2.3), and seldom does.
    further_cookies: Vec<HeaderValue>,
    referer: Option<HeaderValue>,
    pub(crate) trail: Option<Trail>,
    /// The browser only guesses that somebody may want this.
    pub(crate) prefetches: bool,
    /// Where it comes from, if the server tells; for the log only.
    pub(crate) client_address: Option<IpAddr>,
    /// The trace that it belongs to, if its sender keeps one.
    pub(super) trace: Option<TraceContext>,
}

impl Caller {
    pub(crate) fn of<B>(
        request: &Request<B>,
        app: &AppSettings,
        trail: Option<Trail>,
        client_address: Option<IpAddr>,
    ) -> Self {
        let hints = Hints::of(request.headers());
        let mut cookies = request.headers().get_all(header::COOKIE).iter().cloned();
        Self {
            audience: Audience::of(request.method(), &hints),
            uri: unmounted(request.uri(), app),
            cookie: cookies.next(),
            further_cookies: cookies.collect(),
            referer: hints.referer.cloned(),
            trail,
            prefetches: hints.prefetches(),
            trace: hints.trace(),
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
        let cookies = self.cookie.iter().chain(&self.further_cookies);
        let pairs = cookies.map(|value| (header::COOKIE, value.clone()));
        pairs.collect()
    }
}

impl Audience {
    /// Browsers tell by `Sec-Fetch-Mode` (W3C Fetch Metadata); older ones by what they accept.
    fn of(method: &Method, hints: &Hints<'_>) -> Self {
        if let Some(grpc) = hints.content_type().and_then(Grpc::of) {
            return Self::Grpc(grpc);
        }
        let navigates = match hints.fetch_mode() {
            Some(mode) => mode == "navigate",
            None => {
                let accepts_pages = |accepted: &str| accepted.contains("text/html");
                let accepts_pages = hints.accept().is_some_and(accepts_pages);
                accepts_pages && !hints.is_scripted && !hints.upgrades
            }
        };
        let in_frame = || {
            let framed = ["iframe", "frame", "embed", "object"];
            hints
                .fetch_dest()
                .is_some_and(|dest| framed.contains(&dest))
        };
        match (navigates, method == Method::GET || method == Method::HEAD) {
            (true, _) if hints.prefetches() => Self::Api,
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

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn audience(method: &Method, headers: &[(&'static str, &'static str)]) -> Audience {
        let pairs = headers.iter().map(|&(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let headers = pairs.collect();
        Audience::of(method, &Hints::of(&headers))
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
