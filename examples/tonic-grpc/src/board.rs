//! A page whose script calls the service by gRPC-Web.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse};
use axum::{Router, routing::get};
use tonic_web::GrpcWebLayer;
use tower::Layer as _;
use tower_b2c::{B2cLayer, RequireSignInLayer};

use crate::gateway::Gateway;
use crate::notes::notes_server::NotesServer;
use crate::upstream::Upstream;

/// The page for signed-in users, what it is made of for everybody, and the service for its script.
pub fn routes(sign_in: &B2cLayer, upstream: Upstream) -> Router {
    let sign_in = sign_in.clone();
    let page = get(move || async move {
        let headers = [
            (CONTENT_SECURITY_POLICY, policy(&sign_in)),
            // After a sign-out the Back button shows nothing.
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, Html(PAGE))
    });
    let service = GrpcWebLayer::new().layer(NotesServer::new(Gateway(upstream)));
    Router::new()
        .route("/board", page)
        .route_service("/notes.v1.Notes/{*method}", service)
        .route_layer(RequireSignInLayer::new())
        .route(
            "/board.js",
            get(|| async { asset("text/javascript", SCRIPT) }),
        )
        .route("/board.css", get(|| async { asset("text/css", STYLE) }))
}

/// What the page may do, by the providers of this moment.
fn policy(sign_in: &B2cLayer) -> HeaderValue {
    // The sign-out form posts to this site, which sends the browser on to the provider; browsers
    // apply form-action to that redirect, too.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
         form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        sign_in.provider_origins().join(" ")
    );
    // Origins are ASCII, so that it always is one.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let nosniff = HeaderName::from_static("x-content-type-options");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (nosniff, HeaderValue::from_static("nosniff")),
    ];
    (headers, text)
}

const PAGE: &str = include_str!("../static/board.html");
const SCRIPT: &str = include_str!("../static/board.js");
const STYLE: &str = include_str!("../static/board.css");
