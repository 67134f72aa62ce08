//! Other guards of an API, which verify each token at each request.

use std::sync::Arc;

use ::axum::Router;
use ::axum::extract::{Extension, State};
use ::axum::http::{HeaderMap, StatusCode, header};
use ::axum::response::Html;
use ::axum::routing::get;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;

use super::{AUDIENCE, page};
use crate::error::Failure;
use crate::harness::Scene;

/// What the page needs of a token.
#[derive(Clone, Debug, Deserialize)]
struct Claims {
    name: String,
}

/// tower-oauth2-resource-server, told where the keys are: its discovery refuses B2C's issuer.
pub(super) async fn resource_server(scene: &Scene) -> Result<Router, Failure> {
    let keys = keys_url(scene);
    let tenant = TenantConfiguration::builder(&scene.issuer)
        .jwks_url(&keys)
        .audiences(&[AUDIENCE])
        .build();
    let tenant = tenant
        .await
        .map_err(|error| Failure::new(format!("{error:?}")))?;
    let server = OAuth2ResourceServer::<Claims>::builder()
        .add_tenant(tenant)
        .build();
    let server = server
        .await
        .map_err(|error| Failure::new(format!("{error:?}")))?;
    let home = |Extension(claims): Extension<Claims>| async move { page(&claims.name) };
    Ok(Router::new()
        .route("/", get(home))
        .layer(server.into_layer()))
}

/// What most write by hand: jsonwebtoken in the handler, with the same crypto library as ours.
pub(super) async fn jsonwebtoken(scene: &Scene) -> Result<Router, Failure> {
    let url = keys_url(scene);
    let keys = reqwest::get(&url).await.map_err(Failure::during(&url))?;
    let keys = keys.text().await.map_err(Failure::during(&url))?;
    let keys: JwkSet = serde_json::from_str(&keys).map_err(Failure::during(&url))?;
    let key = keys.keys.first().ok_or_else(|| Failure::new("no key"))?;
    let key = DecodingKey::from_jwk(key).map_err(Failure::during("key"))?;
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_issuer(&[&scene.issuer]);
    rules.set_audience(&[AUDIENCE]);
    let guard = Arc::new((key, rules));
    Ok(Router::new().route("/", get(home)).with_state(guard))
}

type Guard = Arc<(DecodingKey, Validation)>;

async fn home(State(guard): State<Guard>, headers: HeaderMap) -> Result<Html<String>, StatusCode> {
    let (key, rules) = &*guard;
    let header = headers.get(header::AUTHORIZATION);
    let header = header.and_then(|header| header.to_str().ok());
    let token = header.and_then(|header| header.strip_prefix("Bearer "));
    let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
    let decoded = decode::<Claims>(token, key, rules);
    let decoded = decoded.map_err(|_| StatusCode::UNAUTHORIZED)?;
    Ok(page(&decoded.claims.name))
}

fn keys_url(scene: &Scene) -> String {
    format!("{}/discovery/v2.0/keys", scene.authority())
}
