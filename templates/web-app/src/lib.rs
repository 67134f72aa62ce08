//! A web app that signs people in, shows what it learns about them and calls a web API for them.
//!
//! The sign-in itself is [`B2cLayer`]: it answers `/login`, `/getAToken`, `/logout` and, where the
//! provider has such user flows, `/edit-profile` and `/reset-password`, and gives every other request
//! its [`tower_b2c::Session`].

mod api;
mod assets;
mod pages;
mod security;
mod views;

use axum::Router;
use axum::middleware::map_response_with_state;
use axum::routing::get;
use tower_b2c::{B2cLayer, Config};

use crate::api::WebApi;
use crate::pages::App;

/// Builds the app: its routes, the sign-in layer around them, security headers around all.
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
    let app = App {
        api: config.downstream("demo").map(WebApi::new).transpose()?,
        can_edit_profile: config.can_edit_profile(),
        can_reset_password: config.can_reset_password(),
    };
    let sign_in = B2cLayer::builder(config)
        .error_page(views::error_page)
        .sign_out_page(views::sign_out_page)
        .build()?;
    let policy = security::Policy::new(&sign_in, "style-src 'self'; img-src 'self'");

    let app = Router::new()
        .route("/", get(pages::home))
        .route("/profile", get(pages::profile))
        .route("/api", get(pages::api))
        .route("/static/style.css", get(assets::style))
        .route("/static/favicon.svg", get(assets::favicon))
        .fallback(pages::not_found)
        .with_state(app)
        .layer(sign_in.clone())
        // Outside of the layer: probes have no session.
        .nest_service("/health", sign_in.health())
        .layer(map_response_with_state(policy, security::add_headers));
    Ok((app, sign_in))
}
