//! A gRPC service that access tokens protect, and a web app that signs people in and calls the service
//! for them.
//!
//! Both are served by one process and share nothing but `b2c.toml`: [`app`] is the web app,
//! [`serve_notes`] the service, which would as well run elsewhere.

mod assets;
mod client;
mod pages;
mod security;
mod service;
mod views;

/// The code that tonic and prost make of `proto/notes.proto`; `tests/generated.rs` writes it.
#[allow(clippy::pedantic, reason = "generated code has a style of its own")]
pub mod notes {
    include!("generated/notes.v1.rs");
}

use axum::Router;
use axum::middleware::map_response_with_state;
use axum::routing::get;
use tower_b2c::{B2cLayer, Config};

use crate::client::NotesApi;
use crate::pages::App;
pub use crate::service::serve as serve_notes;

/// Builds the web app: its routes, the sign-in layer around them, security headers around all.
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
    let notes = config.downstream("notes");
    let app = App {
        notes: NotesApi::new(notes.ok_or("b2c.toml has no downstream \"notes\"")?)?,
        can_edit_profile: config.can_edit_profile(),
    };
    let sign_in = B2cLayer::builder(config)
        .error_page(views::error_page)
        .sign_out_page(views::sign_out_page)
        .build()?;
    let policy = security::Policy::new(&sign_in, "style-src 'self'; img-src 'self'");

    let app = Router::new()
        .route("/", get(pages::home))
        .route("/notes", get(pages::notes).post(pages::write))
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
