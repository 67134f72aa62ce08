//! A page whose script calls the service by gRPC-Web.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse};
use axum::{Router, routing::get};
use tonic_web::GrpcWebLayer;
use tower::Layer as _;
use tower_b2c::{Config, RequireSignInLayer};

use crate::gateway::Gateway;
use crate::notes::notes_server::NotesServer;
use crate::upstream::Upstream;

/// The page for signed-in users, what it is made of for everybody, and the service for its script.
///
/// # Errors
///
/// When a provider's address is nothing that a header can have.
pub fn routes(config: &Config, upstream: Upstream) -> Result<Router, Box<dyn std::error::Error>> {
    // The sign-out form posts to this site, which sends the browser on to the provider; browsers
    // apply form-action to that redirect, too.
    let providers: Vec<_> = config.provider_origins().collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
         form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        providers.join(" ")
    );
    let policy = HeaderValue::try_from(policy)?;
    let page = get(move || async move {
        let headers = [
            (CONTENT_SECURITY_POLICY, policy),
            // After a sign-out the Back button shows nothing.
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, Html(PAGE))
    });
    let service = GrpcWebLayer::new().layer(NotesServer::new(Gateway(upstream)));
    Ok(Router::new()
        .route("/board", page)
        .route_service("/notes.v1.Notes/{*method}", service)
        .route_layer(RequireSignInLayer::new())
        .route(
            "/board.js",
            get(|| async { asset("text/javascript", SCRIPT) }),
        )
        .route("/board.css", get(|| async { asset("text/css", STYLE) })))
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
