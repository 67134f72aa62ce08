//! The app alone, which the other rows are compared with.

use ::axum::Router;
use ::axum::routing::get;

use super::{USER_NAME, page};

/// Shows a name that it did not have to find out.
pub(super) fn app() -> Router {
    Router::new().route("/", get(|| async { page(USER_NAME) }))
}

/// The same in a layer that does nothing: what axum takes for any layer at all, since it boxes the
/// service, its future and its body anew.
pub(super) fn layered() -> Router {
    app().layer(tower::layer::util::Identity::new())
}
