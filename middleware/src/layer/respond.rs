//! Says things in the caller's language: redirects and pages, problem details, gRPC statuses.

use std::time::Duration;

use bytes::Bytes;
use http::header;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use url::form_urlencoded;

use super::app_events::audit_refusal;
use super::caller::{Audience, Caller};
use super::grpc::{Grpc, GrpcCode, GrpcStatus};
use super::outcome::Outcome;
use super::page::{ErrorPage, SignOutPage, content_security_policy};
use super::refusal_log::log_refusal;
use super::shell::Shell;
use crate::challenge::Challenge;
use crate::cookie::Trail;
use crate::flow::{Refusal, local_path};
use crate::metrics;
use crate::trace::Current;

impl Shell {
    /// Turns a challenge into what this caller can act on.
    pub(super) async fn challenge(
        &self,
        caller: &Caller,
        challenge: &Challenge,
    ) -> Response<Bytes> {
        metrics::challenged(match caller.audience {
            Audience::Navigation => "navigation",
            Audience::Form => "form",
            Audience::Frame => "frame",
            Audience::Api => "api",
            Audience::Grpc(_) => "grpc",
        });
        match caller.audience {
            Audience::Navigation => self.send_to_sign_in(caller, challenge).await,
            Audience::Form => self.refuse(caller, &Refusal::SessionEnded),
            Audience::Frame => self.refuse(caller, &Refusal::InFrame),
            Audience::Api => self.unauthorized(challenge),
            Audience::Grpc(grpc) => self.unauthenticated(grpc, challenge),
        }
    }

    /// A redirect to the provider; a page instead where that would lead in a circle.
    async fn send_to_sign_in(&self, caller: &Caller, challenge: &Challenge) -> Response<Bytes> {
        let again = match caller.trail {
            Some(Trail::Cancelled) => Err(Refusal::Cancelled),
            trail => Trail::challenged_again(trail).ok_or(Refusal::GoesInCircles),
        };
        let (mut response, trail) = match again {
            Ok(trail) => {
                let response = self.begin_for(caller, challenge).await;
                (response, self.cookies.set_trail(trail))
            }
            Err(refusal) => (self.refuse(caller, &refusal), self.cookies.clear_trail()),
        };
        response.headers_mut().append(header::SET_COOKIE, trail);
        response
    }

    /// A page, problem details or a gRPC status, and a log line with the same reference.
    pub(super) fn refuse(&self, caller: &Caller, refusal: &Refusal) -> Response<Bytes> {
        let reference = Current::get().reference();
        let provider = refusal.provider_error();
        let (title, message) = refusal.words();
        let status = refusal.status();
        log_refusal(refusal, status, &reference);
        metrics::refused(refusal.reason());
        audit_refusal(caller, refusal, &reference);

        let page = ErrorPage {
            status,
            title: title.to_owned(),
            message: refusal.own_message().unwrap_or(message).to_owned(),
            reason: refusal.reason(),
            reference: reference.to_string(),
            provider_error: provider.cloned(),
            home_url: self.config.app.mounted("/"),
            retry_url: refusal.offers_retry().then(|| self.retry_url(caller)),
            sign_out_url: matches!(refusal, Refusal::Rejected { .. })
                .then(|| self.config.app.mounted(&self.config.app.sign_out_path)),
        };
        let mut response = match caller.audience {
            Audience::Navigation | Audience::Form => self.page(&page, "'none'"),
            // The frame is the app's own, so the page may be seen in it.
            Audience::Frame => self.page(&page, "'self'"),
            Audience::Api => problem(&page),
            Audience::Grpc(grpc) => grpc.response(&GrpcStatus {
                code: GrpcCode::of(status),
                message: title,
                reason: &page.reason().to_ascii_uppercase(),
                metadata: &[("reference", page.reference())],
            }),
        };
        if let Some(after) = refusal.retry_after() {
            let seconds = after.max(Duration::from_secs(1)).as_secs();
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        Outcome::mark(refusal.reason(), response)
    }

    /// The page that asks whether to sign out.
    pub(super) fn confirm_sign_out(&self) -> Response<Bytes> {
        let page = SignOutPage {
            action: self.config.app.mounted(&self.config.app.sign_out_path),
            home_url: self.config.app.mounted("/"),
        };
        let mut response = match &self.sign_out_page {
            Some(render) => html_response(StatusCode::OK, render(&page)),
            None => with_policy(html_response(StatusCode::OK, page.to_html()), "'none'"),
        };
        // Its form must send its origin, which `no-referrer` would make `null` (Fetch, "Origin").
        let same_origin = HeaderValue::from_static("same-origin");
        response
            .headers_mut()
            .insert(header::REFERRER_POLICY, same_origin);
        response
    }

    pub(super) fn wrong_method(allowed: &'static str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allowed));
        response
    }

    fn page(&self, page: &ErrorPage, ancestors: &str) -> Response<Bytes> {
        match &self.error_page {
            Some(respond) => respond(page),
            None => with_policy(html_response(page.status, page.to_html()), ancestors),
        }
    }

    /// 401 for scripts and services. The scheme is that of draft-broyer-http-cookie-auth: it tells
    /// where to sign in and which cookie to come back with.
    fn unauthorized(&self, challenge: &Challenge) -> Response<Bytes> {
        let (sign_in, scopes) = self.sign_in_url(challenge);
        let mut body = json!({
            "type": "about:blank",
            "title": "Sign in first",
            "status": 401,
            "detail": "This request needs a signed-in user.",
            "reason": SIGN_IN_REQUIRED.to_ascii_lowercase(),
            "sign_in": sign_in,
            "scopes": scopes,
        });
        challenge.demand().describe(&mut body);
        let claims = challenge.claims();
        if let Some(claims) = &claims {
            body["claims"] = claims.as_json().into();
        }
        let mut response = problem_response(StatusCode::UNAUTHORIZED, &body);
        let path = self.config.app.mounted(&self.config.app.sign_in_path);
        let value = format!(
            "Cookie realm=\"sign-in\", form-action=\"{path}\", cookie-name=\"{}\"",
            self.cookies.session()
        );
        // What Microsoft's APIs say, for clients that read it.
        let claims = claims.map(|claims| {
            let encoded = claims.encoded();
            format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{encoded}\"")
        });
        for value in [Some(value), claims].into_iter().flatten() {
            if let Ok(value) = HeaderValue::from_str(&value) {
                let headers = response.headers_mut();
                headers.append(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }

    /// `UNAUTHENTICATED`, with where to sign in.
    fn unauthenticated(&self, grpc: Grpc, challenge: &Challenge) -> Response<Bytes> {
        let (sign_in, scopes) = self.sign_in_url(challenge);
        let scopes = scopes.join(" ");
        let mut metadata = vec![("sign_in", sign_in.as_str()), ("scopes", &scopes)];
        let claims = challenge.claims().map(|claims| claims.encoded());
        metadata.extend(claims.as_deref().map(|claims| ("claims", claims)));
        grpc.response(&GrpcStatus {
            code: GrpcCode::Unauthenticated,
            message: "sign in first",
            reason: SIGN_IN_REQUIRED,
            metadata: &metadata,
        })
    }

    /// Where a person signs in to satisfy the challenge, and the scopes it is about.
    fn sign_in_url(&self, challenge: &Challenge) -> (String, Vec<String>) {
        let app = &self.config.app;
        let scopes = self
            .tokens
            .full_scopes(challenge.scopes(), challenge.provider());
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !scopes.is_empty() {
            query.append_pair("scope", &scopes.join(" "));
        }
        if let Some(provider) = challenge.provider() {
            query.append_pair("provider", provider);
        }
        challenge.demand().append_to(&mut query);
        let query = query.finish();
        let mut url = app.url(&app.sign_in_path);
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query);
        }
        (url, scopes)
    }

    /// Where "try again" leads: through sign-in to the page that was asked for, unless that was one
    /// of the layer's own.
    fn retry_url(&self, caller: &Caller) -> String {
        let app = &self.config.app;
        let asked = match caller.audience {
            // Back to the page around the frame.
            Audience::Frame => caller
                .came_from(self.config.base_url())
                .and_then(local_path),
            _ if self.is_own(caller.uri.path()) => None,
            _ => caller.return_path(),
        };
        match asked {
            None | Some("/") => app.mounted(&app.sign_in_path),
            Some(path) => {
                let path = utf8_percent_encode(path, NON_ALPHANUMERIC);
                format!("{}?return_to={path}", app.mounted(&app.sign_in_path))
            }
        }
    }
}

/// 303: the browser follows with GET, whatever it sent before (RFC 9700 §4.12).
pub(super) fn redirect(
    location: &str,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    no_store(headers);
    // Locations are URLs that were parsed or local ASCII paths.
    if let Ok(location) = HeaderValue::from_str(location) {
        headers.insert(header::LOCATION, location);
    }
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// 503 to a prefetch: browsers drop what did not succeed and ask again when a person does.
pub(super) fn not_now() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    no_store(response.headers_mut());
    response
}

pub(super) fn html_response(status: StatusCode, html: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    no_store(headers);
    response
}

pub(super) fn with_policy(mut response: Response<Bytes>, ancestors: &str) -> Response<Bytes> {
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(ancestors)) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// RFC 9457.
fn problem(page: &ErrorPage) -> Response<Bytes> {
    let body = json!({
        "type": "about:blank",
        "title": page.title(),
        "status": page.status(),
        "detail": page.message(),
        "reason": page.reason(),
        "reference": page.reference(),
        "code": page.provider_code(),
        "correlation_id": page.correlation_id(),
    });
    problem_response(page.status, &body)
}

fn problem_response(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    json_response(status, "application/problem+json", body)
}

pub(crate) fn json_response(
    status: StatusCode,
    content_type: &'static str,
    body: &serde_json::Value,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    no_store(headers);
    response
}

fn no_store(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

const SIGN_IN_REQUIRED: &str = "SIGN_IN_REQUIRED";
