//! The app: a page for everybody, a page for signed-in users.

use axum::middleware::from_fn;
use axum::response::Html;
use axum::{Router, routing::get};
use tower_b2c::{B2cLayer, Config, Error, RequireSignInLayer, Session};

use crate::request_span::request_span;

/// The routes. The span of a request is around the layer, so that the layer's spans are within it.
///
/// # Errors
///
/// Those of [`B2cLayer::new`].
pub fn app(config: Config) -> Result<Router, Error> {
    let layer = B2cLayer::new(config)?;
    let app = Router::new()
        .route("/profile", get(profile))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(home))
        .layer(layer)
        .layer(from_fn(request_span));
    Ok(app)
}

async fn home(session: Option<Session>) -> Html<&'static str> {
    Html(match session {
        None => r#"<h1>Welcome</h1><a href="/login">Sign in</a>"#,
        Some(_) => {
            r#"<h1>Welcome back</h1><a href="/profile">Profile</a>
            <form method="post" action="/logout"><button>Sign out</button></form>"#
        }
    })
}

async fn profile(session: Session) -> String {
    format!("Hello, {}", session.claims().name().unwrap_or("you"))
}
