//! tower-b2c as the guard of an API.

use ::axum::Router;
use ::axum::response::Html;
use ::axum::routing::get;
use tower_b2c::{Bearer, BearerLayer, Config};

use super::{AUDIENCE, page};
use crate::error::Failure;
use crate::harness::Scene;

/// The layer around a page that shows the caller's name.
pub(super) fn app(scene: &Scene, remembered: usize) -> Result<Router, Failure> {
    Ok(Router::new()
        .route("/", get(home))
        .layer(layer(scene, remembered)?))
}

/// The layer for the emulator's demo API; it remembers so many tokens.
///
/// # Errors
///
/// When its configuration is not accepted.
pub fn layer(scene: &Scene, remembered: usize) -> Result<BearerLayer, Failure> {
    let Scene {
        provider, tenant, ..
    } = scene;
    let text = format!(
        r#"
        [api]
        audiences = ["{AUDIENCE}"]
        [provider]
        emulator = true
        instance = "{provider}"
        tenant = "{tenant}"
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        "#
    );
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let config = config
        .load_api()
        .map_err(Failure::during("configuration"))?;
    let layer = BearerLayer::builder(config)
        .cached_tokens(remembered)
        .build();
    layer.map_err(Failure::during("the layer"))
}

async fn home(caller: Bearer) -> Html<String> {
    page(caller.claims().name().unwrap_or("nobody"))
}
