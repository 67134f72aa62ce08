//! A web API that keeps notes for whoever an access token is about.
//!
//! [`BearerLayer`] verifies the token of each request and refuses those without, as RFC 6750 says; it
//! also tells clients where to get one, at `/.well-known/oauth-protected-resource` (RFC 9728). Each
//! route says which scopes or roles it needs.

mod notebook;
mod notes;
mod problem;
mod security;

use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_b2c::{ApiConfig, BearerLayer, Error, RequireRolesLayer, RequireScopesLayer};

use crate::notebook::Notebook;

/// Builds the API: open routes, routes behind the token, headers around all.
///
/// # Errors
///
/// There is no HTTP client to fetch the provider's keys with, as without trusted certificates.
pub fn app(config: ApiConfig) -> Result<Router, Error> {
    let read = RequireScopesLayer::all_of(["demo.read"]);
    let write = RequireScopesLayer::all_of(["demo.write"]);
    let administer = RequireRolesLayer::of_user(["Notes.Admin"]);

    let protected = Router::new()
        .route("/notes", get(notes::list).route_layer(read))
        .route("/notes", post(notes::write).route_layer(write.clone()))
        .route("/notes/{id}", delete(notes::remove).route_layer(write))
        .route("/admin/notes", get(notes::count).route_layer(administer))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
        .with_state(Notebook::default())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(BearerLayer::new(config)?);
    Ok(Router::new()
        .route("/health", get(health))
        .fallback_service(protected)
        .layer(map_response(security::add_headers)))
}

/// `GET /health`, for everyone: whether the process answers.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// A note is short; nobody makes the server read more.
const LARGEST_BODY: usize = 16 * 1024;
