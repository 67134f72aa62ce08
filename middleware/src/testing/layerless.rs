//! The layer of sessions that need none: a configuration that nobody wrote.

use super::error::MintError;
use super::provider::Provider;
use crate::config::Config;
use crate::layer::B2cLayer;

/// A layer whose users signed in with this user flow of a B2C tenant, at a provider that answers nothing.
pub(super) fn layer(provider: &str, user_flow: &str) -> Result<B2cLayer, MintError> {
    let at = |key: &str| format!("providers.{provider}.{key}");
    let config = Config::from_text("")
        .environment([("SECRET", "no provider of a test asks for it")])
        .set("app.base_url", "http://localhost")
        .set(at("kind"), "b2c")
        .set(at("tenant"), "contoso")
        .set(at("client_id"), "00001111-aaaa-2222-bbbb-3333cccc4444")
        .set(at("client_secret.env"), "SECRET")
        .set(at("user_flows.sign_up_sign_in"), user_flow)
        .load()
        .map_err(MintError::Config)?;
    B2cLayer::builder(config)
        .http_client(Provider::new())
        .discover_at_start(false)
        .build()
        .map_err(MintError::Layer)
}
