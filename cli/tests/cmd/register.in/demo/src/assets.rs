//! The stylesheet and the icon, compiled into the binary.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

const CACHE: &str = "public, max-age=60";

pub async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, CACHE),
    ];
    (headers, include_str!("../static/style.css"))
}

pub async fn favicon() -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, CACHE)];
    (headers, include_str!("../static/favicon.svg"))
}
