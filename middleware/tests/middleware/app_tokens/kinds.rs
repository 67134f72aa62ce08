//! Every kind of provider, and what each refuses.

use b2c_emulator::TenantKind;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tower_b2c::{AppTokens, Config, TokenError};

use super::{API, DAEMON, GUID, Service};
use crate::support::World;

const KINDS: [TenantKind; 3] = [TenantKind::B2c, TenantKind::ExternalId, TenantKind::Entra];

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn every_kind_of_tenant_gives_an_app_its_token() {
    for kind in KINDS {
        let service = Service::of(kind).await;
        let token = service.token().await;
        let says = claims(&token);
        assert_eq!(says["aud"], API, "{kind:?}");
        let roles = says.to_string();
        assert!(roles.contains("demo.all"), "{kind:?}: {roles}");
        let expires_at = service.tokens.token_for("demo").await.unwrap().expires_at();
        assert!(expires_at > std::time::SystemTime::now());
        assert_eq!(service.asked(), 1, "{kind:?}: the second is the first");
    }
}

#[tokio::test]
async fn a_web_app_has_its_own_tokens_beside_its_users() {
    let world = World::new().await;
    let client = world.emulator.client().clone();
    world
        .emulator
        .change_client(&client.app_roles(["demo.all"]))
        .unwrap();
    let tokens = world.layer.app_tokens();
    let token = tokens.token_for("demo").await.unwrap();
    assert_eq!(claims(token.secret())["aud"], API);
    let again = world.layer.app_tokens().token_for("demo").await.unwrap();
    assert_eq!(again.secret(), token.secret());
    assert_eq!(world.grants("client_credentials"), 1);
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_before_the_provider_is_asked() {
    let service = Service::of(TenantKind::Entra).await;
    let tokens = &service.tokens;
    let unknown = tokens.token_for("nonesuch").await;
    assert!(matches!(unknown, Err(TokenError::UnknownDownstream { .. })));
    let none = tokens.access_token(&[]).await;
    assert!(matches!(none, Err(TokenError::NoScopes)));
    let both = [
        "https://graph.microsoft.com/.default",
        "api://other/.default",
    ];
    let several = tokens.access_token(&both).await;
    assert!(matches!(several, Err(TokenError::SeveralResources { .. })));
    assert_eq!(service.asked(), 0);

    let public =
        client_of("tenant = \"contoso\"\npublic_client = true\nclient_authentication = \"none\"");
    let many = client_of(
        "tenant = \"common\"\nallowed_tenants = [\"*\"]\nclient_secret = { env = \"SECRET\" }",
    );
    for (tokens, reason) in [(public, "public client"), (many, "one tenant")] {
        let refused = tokens.access_token(&["api://one/.default"]).await;
        let Err(error @ TokenError::Unsupported { .. }) = refused else {
            panic!("{refused:?}");
        };
        assert!(error.to_string().contains(reason), "{error}");
        assert!(error.challenge().is_none());
    }
}

/// An app at Entra ID, which is never asked.
fn client_of(provider: &str) -> AppTokens {
    let text = format!("[provider]\nkind = \"entra\"\nclient_id = \"{DAEMON}\"\n{provider}");
    let file = Config::from_text(text).environment([("SECRET", "secret")]);
    AppTokens::new(file.load_client().unwrap()).unwrap()
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_by_its_code() {
    let service = Service::of(TenantKind::Entra).await;
    let narrow = format!("api://{API}/demo.read");
    let refused = service.tokens.access_token(&[&narrow]).await;
    assert!(
        matches!(refused, Err(TokenError::NotGranted { .. })),
        "{refused:?}"
    );
    let tenant = service.emulator.in_tenant(GUID).unwrap();
    let other = b2c_emulator::Client::new(DAEMON, "another secret");
    tenant.change_client(&other).unwrap();
    let refused = service.tokens.token_for("demo").await;
    let Err(TokenError::Refused { code }) = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(code.as_deref(), Some("AADSTS7000215"));
}
