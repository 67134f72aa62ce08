//! Responses of every kind, with the headers that belong to them.

use aws_lc_rs::digest;
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use url::Url;

use crate::{
    control::Outcome,
    entra::{StsFault, StsReport, sts_fault},
    pages::{FORM_POST_SCRIPT, form_post},
    protocol::{Answer, Fault, Report, ascii_location},
    provider::Provider,
};

/// A response without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A page of the emulator.
pub(super) fn page(status: StatusCode, html: String) -> Response {
    let mut response = html_with_policy(status, html, PAGE_POLICY);
    set(&mut response, header::REFERRER_POLICY, "same-origin");
    response
}

/// A page that shows other sites in frames.
pub(super) fn framing_page(html: String, frames: &[String]) -> Response {
    let origins = frames.iter().filter_map(|url| Url::parse(url).ok());
    let origins: Vec<String> = origins
        .map(|url| url.origin().ascii_serialization())
        .collect();
    if origins.is_empty() {
        return page(StatusCode::OK, html);
    }
    let policy = format!("{PAGE_POLICY}; frame-src {}", origins.join(" "));
    html_with_policy(StatusCode::OK, html, &policy)
}

/// A static file.
pub(super) fn asset(content_type: &'static str, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    set(&mut response, header::CONTENT_TYPE, content_type);
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// A text that nobody may keep.
pub(super) fn text(content_type: &str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    set(&mut response, header::CONTENT_TYPE, content_type);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// A JSON document that any web site may read.
pub(super) fn public_json(document: &Value) -> Response {
    let mut response = json(StatusCode::OK, document);
    set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

/// A JSON document that nobody may keep.
pub(super) fn private_json(status: StatusCode, document: &Value) -> Response {
    let mut response = json(status, document);
    set(
        &mut response,
        header::CACHE_CONTROL,
        "no-store, must-revalidate, no-cache",
    );
    set(&mut response, header::PRAGMA, "no-cache");
    response
}

/// Sends the browser on with a GET request.
pub(super) fn redirect(status: StatusCode, uri: &str) -> Response {
    let mut response = empty(status);
    set(&mut response, header::LOCATION, &ascii_location(uri));
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// Delivers an authorization response.
pub(super) fn answer(answer: &Answer, provider: &Provider) -> Response {
    match answer {
        Answer::Redirect(uri) => redirect(StatusCode::FOUND, uri),
        Answer::FormPost { action, fields } => {
            let hash = digest::digest(&digest::SHA256, FORM_POST_SCRIPT.as_bytes());
            let policy = format!(
                "default-src 'none'; script-src 'sha256-{}'; base-uri 'none'; frame-ancestors 'none'",
                STANDARD.encode(hash)
            );
            let html = form_post(&provider.pages, action, fields);
            html_with_policy(StatusCode::OK, html, &policy)
        }
    }
}

/// The error page of the tenant's product.
pub(super) fn error_page(fault: Fault, provider: &Provider) -> Response {
    let tenant = &provider.tenant;
    if !tenant.kind.is_b2c() {
        return sts_error(sts_fault(&fault, tenant), fault.is_lost(), provider);
    }
    let report = Report::new(fault, provider.clock.now());
    let response = page(
        StatusCode::BAD_REQUEST,
        provider.pages.error(&report, provider),
    );
    refused(response, &report.fault)
}

/// The error page for a fault that only Entra has.
pub(super) fn sts_error_page(fault: StsFault, provider: &Provider) -> Response {
    sts_error(fault, false, provider)
}

fn sts_error(fault: StsFault, is_lost: bool, provider: &Provider) -> Response {
    let report = StsReport::new(fault, provider.clock.now(), &provider.base_url);
    let html = provider.pages.sts_error(&report, is_lost, provider);
    noted(page(StatusCode::BAD_REQUEST, html), &report.code())
}

/// What B2C's web server says about a tenant or a user flow that does not exist.
pub(super) fn not_found() -> Response {
    let mut response = Response::new(Body::from(GONE));
    *response.status_mut() = StatusCode::NOT_FOUND;
    set(&mut response, header::CONTENT_TYPE, "text/html");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// Why a request was refused, in a sentence.
#[derive(Clone, Debug)]
pub(super) struct Reason(pub(super) String);

/// Notes a fault for the recorded requests.
pub(super) fn refused(mut response: Response, fault: &Fault) -> Response {
    response.extensions_mut().insert(Reason(fault.to_string()));
    noted(response, &format!("AADB2C{}", fault.code()))
}

/// Notes why a request was refused for the recorded requests.
pub(super) fn noted(mut response: Response, code: &str) -> Response {
    response
        .extensions_mut()
        .insert(Outcome::Refused(code.to_owned()));
    response
}

/// Adds a header; a value that cannot be one is left out.
pub(super) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
}

fn html_with_policy(status: StatusCode, html: String, policy: &str) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    set(
        &mut response,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    set(&mut response, header::CONTENT_SECURITY_POLICY, policy);
    set(&mut response, header::CACHE_CONTROL, "no-store");
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

fn json(status: StatusCode, document: &Value) -> Response {
    let mut response = Response::new(Body::from(document.to_string()));
    *response.status_mut() = status;
    set(
        &mut response,
        header::CONTENT_TYPE,
        "application/json; charset=utf-8",
    );
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// No `form-action`: browsers apply it to every redirect after a form, and where an application
/// sends its users from its redirect URI is its own business.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const GONE: &str = "The resource you are looking for has been removed, had its name changed, or is temporarily unavailable.";
