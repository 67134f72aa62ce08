//! From a response to what it asks.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt as _, Limited};
use url::Url;

use super::grpc::GrpcChallenge;
use super::redirect::RedirectChallenge;
use super::refused::RefusedChallenge;
use super::{Challenged, Kind};
use crate::challenge::Challenge;
use crate::guard::BearerChallenge;

/// Reads what a response asks of whoever sent the request: a sign-in, another token, a step up.
///
/// It may be the answer of a layer, or of a guard or a handler by itself, without a layer. Of the body no
/// more is read than 64 KiB, and that only where the headers say that it matters.
pub async fn challenge<B>(mut response: Response<B>) -> Challenged
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if let Some(raised) = response.extensions_mut().remove::<Challenge>() {
        return Challenged(Kind::Refused(RefusedChallenge::raised(&raised)));
    }
    if let Some(raised) = response.extensions_mut().remove::<BearerChallenge>() {
        return Challenged(Kind::Refused(RefusedChallenge::of_bearer(&raised)));
    }
    let (status, described) = (response.status(), described(&response));
    let location = redirect_of(&response);
    if let Some(redirect) = location.as_ref().and_then(RedirectChallenge::of) {
        return Challenged(Kind::Redirect(redirect));
    }
    let kind = text(response.headers(), &header::CONTENT_TYPE).to_ascii_lowercase();
    let headers = response.headers().clone();
    let is_grpc = kind.starts_with("application/grpc");
    if is_grpc && let Some(status) = GrpcChallenge::of(&headers) {
        return of_status(status, described);
    }
    let is_problem = kind.starts_with("application/problem+json");
    if !is_grpc && !is_problem {
        return Challenged(Kind::None(described));
    }
    let body = Limited::new(Box::pin(response.into_body()), LARGEST).collect();
    let Ok(Ok(body)) = tokio::time::timeout(PATIENCE, body).await else {
        let described = format!("{described}, whose body did not end");
        return Challenged(Kind::None(described));
    };
    let trailers = body.trailers().cloned().unwrap_or_default();
    let body = body.to_bytes();
    if is_grpc {
        return match GrpcChallenge::of(&trailers) {
            Some(status) => of_status(status, described),
            None => Challenged(Kind::None(described)),
        };
    }
    let refused = RefusedChallenge::of(status, &headers, &body);
    Challenged(refused.map_or(Kind::None(described), Kind::Refused))
}

fn of_status(status: GrpcChallenge, described: String) -> Challenged {
    Challenged(if status.is_ok() {
        Kind::None(described)
    } else {
        Kind::Grpc(status)
    })
}

/// What a response is, in a few words, without what may be secret in it.
pub(in crate::testing) fn described<B>(response: &Response<B>) -> String {
    let status = response.status();
    match redirect_of(response) {
        Some(url) => format!("{status}, to {}", without_query(&url)),
        None => match response.headers().get(header::LOCATION) {
            Some(path) => {
                let path = path.to_str().unwrap_or_default();
                let path = path.split(['?', '#']).next().unwrap_or_default();
                format!("{status}, to {path}")
            }
            None => status.to_string(),
        },
    }
}

/// A URL without what may be secret in it.
pub(super) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

fn redirect_of<B>(response: &Response<B>) -> Option<Url> {
    if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
        return None;
    }
    Url::parse(text(response.headers(), &header::LOCATION)).ok()
}

fn text<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> &'h str {
    let value = headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

const LARGEST: usize = 64 * 1024;

/// A stream that goes on says nothing at its end.
const PATIENCE: Duration = Duration::from_secs(1);
