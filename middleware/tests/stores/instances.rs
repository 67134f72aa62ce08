//! Requests to one instance or another, with a visitor's cookies.

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;

use crate::support::{APP, Visitor};

pub const SIGNED_IN: &str = "Hello, Ada Lovelace";
pub const STRANGER: &str = "Hello, stranger";

/// What an instance answers at `/`.
pub async fn ask(app: &Router, visitor: &mut Visitor<'_>) -> (StatusCode, String) {
    let cookie = visitor.cookies().get("b2c-session-5000").cloned();
    let cookie = format!("b2c-session-5000={}", cookie.unwrap_or_default());
    let request = Request::get("/").header("cookie", cookie);
    let answer = app
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await;
    let answer = answer.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 10_000)
        .await
        .unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// The first instance signs the visitor out; the browser does not hear of it.
pub async fn sign_out_elsewhere(visitor: &mut Visitor<'_>) {
    let jar = visitor.cookies().clone();
    visitor
        .sends(Method::POST, &format!("{APP}/logout"), None)
        .await;
    visitor.cookies().clone_from(&jar);
}
