//! What is remembered of a request while the inner service has it.

use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

use crate::cookie::Trail;
use crate::flow::local_path;

/// How an answer must look for whoever asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Audience {
    /// A browser that shows what it gets: redirects and pages.
    Navigation,
    /// A browser that sends a form: pages, but a redirect would lose what was sent.
    Form,
    /// A script or another service: problem details.
    Api,
    /// A gRPC client: trailers.
    Grpc,
}

/// A request's own view of itself; cheap to take from every request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) audience: Audience,
    pub(crate) uri: Uri,
    cookies: Vec<HeaderValue>,
    referer: Option<HeaderValue>,
    pub(crate) trail: Option<Trail>,
}

impl Caller {
    pub(crate) fn of<B>(request: &Request<B>, trail: Option<Trail>) -> Self {
        let headers = request.headers();
        Self {
            audience: Audience::of(request.method(), headers),
            uri: request.uri().clone(),
            cookies: headers.get_all(header::COOKIE).iter().cloned().collect(),
            referer: headers.get(header::REFERER).cloned(),
            trail,
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
    fn of(method: &Method, headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/grpc")) {
            return Self::Grpc;
        }
        let navigates = match text(header::HeaderName::from_static("sec-fetch-mode")) {
            Some(mode) => mode == "navigate",
            None => {
                text(header::ACCEPT).is_some_and(|accepted| accepted.contains("text/html"))
                    && !headers.contains_key("x-requested-with")
            }
        };
        match (navigates, method == Method::GET || method == Method::HEAD) {
            (true, true) => Self::Navigation,
            (true, false) => Self::Form,
            (false, _) => Self::Api,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(method: &Method, headers: &[(&'static str, &'static str)]) -> Audience {
        let pairs = headers.iter().map(|&(name, value)| {
            (
                header::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        Audience::of(method, &pairs.collect())
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
        assert_eq!(
            audience(&Method::POST, &[("content-type", "application/grpc+proto")]),
            Audience::Grpc
        );
    }
}
