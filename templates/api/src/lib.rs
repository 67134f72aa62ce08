//! A web API that keeps notes for whoever an access token is about.
//!
//! [`BearerLayer`] verifies the token of each request and refuses those without, as RFC 6750 says; it
//! also tells clients where to get one, at `/.well-known/oauth-protected-resource` (RFC 9728). Each
//! route says which scopes or roles it needs.

mod notebook;
mod notes;
mod problem;
mod security;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::routing::{delete, get, post};
use tower_b2c::{ApiConfig, BearerLayer, Error, RequireRolesLayer, RequireScopesLayer};

use crate::notebook::Notebook;

/// Builds the API: open routes, routes behind the token, headers around all.
///
/// # Errors
///
/// There is no HTTP client to fetch the provider's keys with, as without trusted certificates.
pub fn app(config: ApiConfig) -> Result<Router, Error> {
    app_with_layer(config).map(|(app, _)| app)
}

/// As [`app`], with the layer, for who takes over changed settings and ends the process in order.
///
/// # Errors
///
/// As those of [`app`].
pub fn app_with_layer(config: ApiConfig) -> Result<(Router, BearerLayer), Error> {
    let bearer = BearerLayer::new(config)?;
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
        .layer(bearer.clone());
    let app = Router::new()
        // Outside of the layer: probes have no token.
        .nest_service("/health", bearer.health())
        .fallback_service(protected)
        .layer(map_response(security::add_headers));
    Ok((app, bearer))
}

/// A note is short; nobody makes the server read more.
const LARGEST_BODY: usize = 16 * 1024;
