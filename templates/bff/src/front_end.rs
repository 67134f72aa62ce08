//! The front end's files, compiled into the binary: no bundler, no build step.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

/// A page for every address of the front end, and its modules.
pub fn routes() -> Router {
    let mut routes = Router::new().route("/", get(page));
    for (path, source) in MODULES {
        routes = routes.route(path, get(move || async move { module(source) }));
    }
    routes
}

/// The front end says itself that there is no such page.
pub async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, page().await).into_response()
}

async fn page() -> Html<&'static str> {
    Html(include_str!("../static/index.html"))
}

fn module(source: &'static str) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        // Always those of the server that is asked.
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, source)
}

const MODULES: [(&str, &str); 5] = [
    ("/static/main.js", include_str!("../static/main.js")),
    ("/static/element.js", include_str!("../static/element.js")),
    ("/static/notes.js", include_str!("../static/notes.js")),
    ("/static/server.js", include_str!("../static/server.js")),
    ("/static/session.js", include_str!("../static/session.js")),
];
