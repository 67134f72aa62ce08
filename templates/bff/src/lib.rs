//! The server behind a front end in the browser: it signs people in, keeps their tokens, and has JSON
//! for the scripts of its own pages.
//!
//! [`B2cLayer`] answers `/login`, `/getAToken`, `/logout` and `/session`, which tells the front end who
//! is signed in. A script without a session gets 401 and the address of the sign-in; tokens never reach
//! the browser.

mod assets;
mod front_end;
mod me;
mod notebook;
mod notes;
mod problem;
mod security;
mod views;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response_with_state;
use axum::routing::{any, delete, get};
use tower_b2c::{B2cLayer, Config};

use crate::notebook::Notebook;

/// Builds the server: the front end's files, the JSON behind it, the sign-in layer around them,
/// security headers around all.
///
/// # Errors
///
/// The configuration is not complete, or there is no HTTP client to reach the provider with.
pub fn app(config: Config) -> Result<Router, Box<dyn std::error::Error>> {
    app_with_layer(config).map(|(app, _)| app)
}

/// As [`app`], with the sign-in layer, for who takes over changed settings and ends the process in order.
///
/// # Errors
///
/// As those of [`app`].
pub fn app_with_layer(config: Config) -> Result<(Router, B2cLayer), Box<dyn std::error::Error>> {
    let sign_in = B2cLayer::builder(config)
        .error_page(views::error_page)
        .sign_out_page(views::sign_out_page)
        .build()?;
    let policy = security::Policy::new(&sign_in, WHAT_PAGES_LOAD);

    let api = Router::new()
        .route("/me", get(me::me))
        .route("/greeting", get(me::greeting))
        .route("/notes", get(notes::list).post(notes::write))
        .route("/notes/{id}", delete(notes::remove))
        .route("/{*rest}", any(problem::not_found))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Notebook::default());
    let app = Router::new()
        .nest("/api", api)
        .merge(front_end::routes())
        .route("/static/style.css", get(assets::style))
        .route("/static/favicon.svg", get(assets::favicon))
        .fallback(front_end::not_found)
        .layer(sign_in.clone())
        // Outside of the layer: probes have no session.
        .nest_service("/health", sign_in.health())
        .layer(map_response_with_state(policy, security::add_headers));
    Ok((app, sign_in))
}

/// Scripts, styles and images of this server alone, scripts that ask this server alone, and no way to
/// make markup of a text.
const WHAT_PAGES_LOAD: &str = "script-src 'self'; connect-src 'self'; style-src 'self'; \
                               img-src 'self'; require-trusted-types-for 'script'";

/// A note is short; nobody makes the server read more.
const LARGEST_BODY: usize = 16 * 1024;
