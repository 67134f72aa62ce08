//! Every kind of provider, in memory.

use axum::body::Body;
use http::{HeaderValue, header};
use tower::ServiceExt as _;
use tower_b2c::testing::{Provider, challenge, sign_in};
use tower_b2c::{AppTokens, Config};

use super::App;

#[tokio::test]
async fn each_kind_is_discovered_and_answers() {
    for settings in [
        B2C_BY_QUERY,
        ENTRA,
        MANY_TENANTS,
        EXTERNAL_ID,
        OIDC,
        HYBRID,
        STATIC,
    ] {
        let text = format!(
            "[app]\nbase_url = \"https://app.example\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n\
             [provider]\n{settings}\nclient_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n\
             client_secret = {{ env = \"SECRET\" }}\n"
        );
        let is_whole = settings.contains("[app]");
        let text = if is_whole { settings.to_owned() } else { text };
        let app = App::of(Config::from_text(text));
        let sent = app
            .opens("/private", &HeaderValue::from_static("a=b"))
            .await;
        let back = app.provider.answers(&sent);
        let back = back.unwrap_or_else(|error| panic!("{error} for {settings}"));
        let back = back.claim("name", "Ada").request().unwrap().map(Body::from);
        let answer = app.router.clone().oneshot(back).await.unwrap();
        assert_eq!(answer.status(), 303, "{settings}");
        assert_eq!(answer.headers()[header::LOCATION], "/private", "{settings}");

        let minted = sign_in(&app.layer)
            .claim("name", "Grace")
            .cookie()
            .await
            .unwrap();
        assert!(
            app.reads("/", &minted).await.starts_with("Grace"),
            "{settings}"
        );
        assert!(
            app.layer
                .check_providers()
                .await
                .iter()
                .all(|check| check.problem().is_none())
        );
    }
}

#[tokio::test]
async fn an_app_has_tokens_in_its_own_name() {
    let text = ENTRA.replace("\"https://api", "\"https://other-api");
    let client =
        Config::from_text(text).environment([("SECRET", "s"), ("KEY", crate::support::KEY)]);
    let provider = Provider::new();
    let builder = AppTokens::builder(client.load_client().unwrap());
    let tokens = builder.offline(&provider).build().unwrap();
    let first = tokens.token_for("demo").await.unwrap();
    let again = tokens.token_for("demo").await.unwrap();
    assert_eq!(first.secret(), again.secret());
    provider
        .clock()
        .advance(std::time::Duration::from_secs(3600));
    let later = tokens.token_for("demo").await.unwrap();
    assert_ne!(first.secret(), later.secret());
    assert_eq!(provider.token_requests(), ["client_credentials"; 2]);
}

#[tokio::test]
async fn what_the_provider_was_not_told_of_is_nowhere() {
    let app = App::new();
    let other = Provider::new();
    let sent = app
        .opens("/private", &HeaderValue::from_static("a=b"))
        .await;
    assert!(other.answers(&sent).is_err());
    challenge(sent).await.redirect().assert_protected();
}

const B2C_BY_QUERY: &str = r#"
authority = "https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com?p=B2C_1_susi""#;

const MANY_TENANTS: &str = r#"
kind = "entra"
tenant = "common"
allowed_tenants = ["bbbbcccc-1111-dddd-2222-eeee3333ffff"]"#;

const EXTERNAL_ID: &str = r#"
kind = "external-id"
tenant = "contoso""#;

const OIDC: &str = r#"
kind = "oidc"
issuer = "https://id.example/realms/a/"
userinfo = true"#;

const HYBRID: &str = r#"
kind = "oidc"
issuer = "https://id.example"
response_type = "code id_token"
response_mode = "form_post"
signing_algorithms = ["ES256"]"#;

const STATIC: &str = r#"
[app]
base_url = "https://app.example"
[session]
cookie_key = { env = "KEY" }
[provider]
kind = "oidc"
issuer = "https://id.example"
client_id = "c"
client_secret = { env = "SECRET" }
signing_algorithms = ["PS256"]
[provider.metadata]
issuer = "https://id.example"
authorization_endpoint = "https://pages.example/authorize"
token_endpoint = "https://id.example/token"
jwks_uri = "https://keys.example/keys"
"#;

pub const ENTRA: &str = r#"
[app]
base_url = "http://localhost:5000"
[session]
cookie_key = { env = "KEY" }
[provider]
kind = "entra"
tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
client_secret = { env = "SECRET" }
[[downstream]]
name = "demo"
base_url = "https://api.contoso.com"
resource = "api://demo"
scopes = ["demo.read"]
"#;
