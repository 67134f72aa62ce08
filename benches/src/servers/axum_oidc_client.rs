//! axum-oidc-client: a sealed cookie with an identifier, the tokens in its cache in this process.

use std::sync::Arc;

use ::axum::Router;
use ::axum::response::Html;
use ::axum::routing::get;
use axum_oidc_client::auth::{AuthenticationLayer, CodeChallengeMethod};
use axum_oidc_client::auth_builder::OAuthConfigurationBuilder;
use axum_oidc_client::auth_cache::AuthCache;
use axum_oidc_client::auth_session::AuthSession;
use axum_oidc_client::cache::TwoTierAuthCache;
use axum_oidc_client::cache::config::TwoTierCacheConfig;
use axum_oidc_client::logout::handle_default_logout::DefaultLogoutHandler;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::page;
use crate::error::Failure;
use crate::harness::Scene;

/// Signs in at the emulator, whose endpoints it is told: it has no discovery that B2C passes.
pub(super) fn app(scene: &Scene) -> Result<Router, Failure> {
    let endpoint = |name: &str| format!("{}/oauth2/v2.0/{name}", scene.authority());
    let redirect_uri = format!("{}/auth/callback", scene.base_url());
    let config = OAuthConfigurationBuilder::default()
        .with_authorization_endpoint(&endpoint("authorize"))
        .with_token_endpoint(&endpoint("token"))
        .with_client_id(&scene.client_id)
        .with_client_secret(&scene.client_secret)
        .with_redirect_uri(&redirect_uri)
        .with_private_cookie_key(
            "not a secret: 0123456789abcdefghijklmnopqrstuvwxyz 0123456789abcdefghij",
        )
        // The identifier as a scope brings the access token without which it fails.
        .with_scopes(vec!["openid", "offline_access", &scene.client_id])
        .with_code_challenge_method(CodeChallengeMethod::S256)
        .with_session_max_age(30)
        .with_post_logout_redirect_uri("/")
        .build()
        .map_err(|error| Failure::new(format!("{error:?}")))?;
    let cache = TwoTierAuthCache::new(None, TwoTierCacheConfig::default());
    let cache = cache.map_err(|error| Failure::new(format!("{error:?}")))?;
    let cache: Arc<dyn AuthCache + Send + Sync> = Arc::new(cache);
    let logout = Arc::new(DefaultLogoutHandler);
    let layer = AuthenticationLayer::new(Arc::new(config), cache, logout);
    Ok(Router::new().route("/", get(home)).layer(layer))
}

/// The session has the ID token as it came; what it says has to be read each time.
async fn home(session: AuthSession) -> Html<String> {
    #[derive(Deserialize)]
    struct Claims {
        name: String,
    }
    let claims = session.id_token.split('.').nth(1);
    let claims = claims.and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|json| serde_json::from_slice::<Claims>(&json).ok());
    page(claims.as_ref().map_or("nobody", |claims| &claims.name))
}
