//! huskarl-axum with its cookie store, the one that it brings: the whole session is in the browser.

use std::time::Duration;

use ::axum::Router;
use ::axum::response::Html;
use ::axum::routing::get;
use huskarl::core::client_auth::ClientSecret;
use huskarl::core::crypto::seal::AeadV1Sealer;
use huskarl::core::jwk::{JwksSource, OctBytes};
use huskarl::core::secrets::{ProvidedSecret, Secret as _, SecretBytes, SecretString};
use huskarl::core::server_metadata::AuthorizationServerMetadata;
use huskarl::grant::authorization_code::AuthorizationCodeGrant;
use huskarl_axum::login::{
    CookieSessionStore, LoginConfig, LoginLayer, LoginSession, LogoutConfig, SessionLifetime,
};
use huskarl_crypto_native::aead::AesGcmKey;
use huskarl_login::core::url_mapping::PublicUrlMapping;
use huskarl_login::{Session, SessionState};
use huskarl_reqwest::ReqwestClient;
use serde::{Deserialize, Serialize};

use super::page;
use crate::error::Failure;
use crate::harness::Scene;

/// What its documentation shows for an app's own session: its state, and a claim.
#[derive(Clone, Deserialize, Serialize)]
struct AppSession {
    state: SessionState,
    name: Option<String>,
}

impl Session for AppSession {
    fn state(&self) -> &SessionState {
        &self.state
    }

    fn set_state(&mut self, state: SessionState) {
        self.state = state;
    }
}

/// Signs in at the emulator. Its metadata is fetched here: huskarl's own discovery refuses B2C's,
/// whose issuer is not the URL that it is found at.
pub(super) async fn app(scene: &Scene) -> Result<Router, Failure> {
    let http_client = ReqwestClient::builder()
        .mtls(huskarl_reqwest::mtls::NoMtls)
        .build()
        .await
        .map_err(Failure::during("HTTP client"))?;
    let url = format!(
        "{}/v2.0/.well-known/openid-configuration",
        scene.authority()
    );
    let metadata = reqwest::get(&url).await.map_err(Failure::during(&url))?;
    let metadata = metadata.text().await.map_err(Failure::during(&url))?;
    let metadata: AuthorizationServerMetadata =
        serde_json::from_str(&metadata).map_err(Failure::during(&url))?;
    let redirect_uri = format!("{}/auth/callback", scene.base_url());
    let secret = ProvidedSecret::new(SecretString::new(scene.client_secret.clone()));
    let grant = AuthorizationCodeGrant::builder_from_metadata(&metadata)
        .map_err(Failure::during("metadata"))?
        .client_id(scene.client_id.clone())
        .client_auth(ClientSecret::new(secret))
        .http_client(http_client.clone())
        .redirect_uri(redirect_uri)
        .jws_verifier_factory(JwksSource::builder().http_client(http_client).build())
        .build()
        .await
        .map_err(Failure::during("grant"))?;
    let key = ProvidedSecret::new(SecretBytes::new(vec![7; 32]));
    let key = AesGcmKey::from_secret(key.mapped(OctBytes::new("A256GCM")));
    let key = key.await.map_err(Failure::during("key"))?;
    let store = CookieSessionStore::<AppSession>::builder()
        .sealer(AeadV1Sealer::new(key))
        .cookie_name("session".parse().map_err(Failure::during("cookie name"))?)
        .build_with_claims(|state, login| {
            let name = login
                .id_token_claims()
                .and_then(|claims| claims.profile.name.clone());
            Ok(AppSession { state, name })
        });
    let mapping = PublicUrlMapping::new(&scene.base_url(), "/");
    let logout = LogoutConfig::builder().path("/logout").build();
    let config = LoginConfig::builder()
        .url_mapping(mapping.map_err(Failure::during("URL mapping"))?)
        .callback_path("/auth/callback".to_owned())
        // The identifier as a scope brings the access token without which it fails.
        .scope(vec![
            "openid".to_owned(),
            "offline_access".to_owned(),
            scene.client_id.clone(),
        ])
        .session_lifetime(SessionLifetime::Bounded(Duration::from_secs(8 * 3600)))
        .logout(logout.map_err(Failure::during("logout"))?)
        .build()
        .map_err(Failure::during("login"))?;
    let layer = LoginLayer::builder()
        .config(config)
        .grant(grant)
        .session_store(store)
        .build()
        .map_err(Failure::during("layer"))?;
    Ok(Router::new().route("/", get(home)).layer(layer))
}

async fn home(session: LoginSession<AppSession>) -> Html<String> {
    page(session.name.as_deref().unwrap_or("nobody"))
}
