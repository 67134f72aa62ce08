//! Claims challenges, and the capability to handle them.

use b2c_emulator::TenantKind;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use tower_b2c::{ClaimsChallenge, Config};
use url::Url;
use url::form_urlencoded;

use crate::providers::{GUID, world as world_of};
use crate::support::{Meddler, World};

const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

#[tokio::test]
async fn a_script_gets_the_challenge_in_the_words_of_microsofts_apis() {
    let strict = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = json!({
                "error": "interaction_required", "claims": CLAIMS,
                "error_description": "AADSTS50076: a second factor", "suberror": "basic_action",
            });
        }
    });
    let world = World::with()
        .parts(move |builder| builder.http_client(strict.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    world.wait(super::AT_THE_END + std::time::Duration::from_secs(9));
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let headers = [("accept", "application/json"), ("cookie", &*cookie)];
    let page = visitor.sends_with(Method::GET, "/write", &headers).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{}", page.body);
    let challenge = ClaimsChallenge::from_headers(&page.headers);
    assert_eq!(
        challenge.as_ref().map(ClaimsChallenge::as_json),
        Some(CLAIMS)
    );
    let schemes = page.headers.get_all(header::WWW_AUTHENTICATE).iter();
    let schemes: Vec<_> = schemes
        .map(|value| value.to_str().unwrap().split(' ').next().unwrap())
        .collect();
    assert_eq!(schemes, ["Cookie", "Bearer"]);
    let problem: Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(problem["claims"], CLAIMS);
    let sign_in = Url::parse(problem["sign_in"].as_str().unwrap()).unwrap();
    let sent = sign_in.query_pairs().find(|(name, _)| name == "claims");
    assert_eq!(
        sent.map(|(_, value)| value.into_owned()).as_deref(),
        Some(CLAIMS)
    );
}

#[tokio::test]
async fn the_capability_is_told_with_every_request_and_beside_what_is_asked_for() {
    let meddler = Meddler::new(|_, _| {});
    let client = meddler.clone();
    let world = world_of(TenantKind::Entra, |emulator| {
        let base = emulator.base_url();
        format!(
            "kind = \"entra\"\nemulator = true\ninstance = \"{base}\"\ntenant = \"{GUID}\"\n\
             client_capabilities = [\"cp1\"]"
        )
    });
    let world = world
        .parts(move |builder| builder.http_client(client.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    let cp1 = json!({ "values": ["cp1"] });
    let challenged = format!(
        "/login?{}",
        form_urlencoded::Serializer::new(String::new())
            .append_pair("claims", CLAIMS)
            .finish()
    );
    for (path, asked) in [("/login", Value::Null), (&*challenged, Value::Null)] {
        let page = visitor.asks(path).await;
        let url = Url::parse(page.location()).unwrap();
        let sent = url
            .query_pairs()
            .find(|(name, _)| name == "claims")
            .unwrap();
        let sent: Value = serde_json::from_str(&sent.1).unwrap();
        assert_eq!(sent["access_token"]["xms_cc"], cp1, "{asked}");
    }
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let forms = meddler.forms();
    assert!(!forms.is_empty());
    for form in forms {
        let mut pairs = form_urlencoded::parse(form.as_bytes());
        let (_, claims) = pairs.find(|(name, _)| name == "claims").expect("claims");
        let claims: Value = serde_json::from_str(&claims).unwrap();
        assert_eq!(claims, json!({ "access_token": { "xms_cc": cp1 } }));
    }
}

#[test]
fn only_microsofts_newer_products_are_told_of_capabilities() {
    for (provider, is_good) in [
        (
            "kind = \"entra\"\ntenant = \"contoso\"\nclient_capabilities = [\"cp1\"]",
            true,
        ),
        (
            "kind = \"external-id\"\ntenant = \"contoso\"\nclient_capabilities = [\"cp1\"]",
            true,
        ),
        (
            "kind = \"entra\"\ntenant = \"contoso\"\nclient_capabilities = [\"c p1\"]",
            false,
        ),
        (
            "kind = \"b2c\"\ntenant = \"contoso\"\nuser_flows = { sign_up_sign_in = \"B2C_1_a\" }\nclient_capabilities = [\"cp1\"]",
            false,
        ),
        (
            "kind = \"oidc\"\nissuer = \"https://id.example\"\nclient_capabilities = [\"cp1\"]",
            false,
        ),
    ] {
        let text = format!(
            "[provider]\nclient_id = \"22223333-cccc-4444-dddd-5555eeee6666\"\n\
             client_secret = {{ env = \"SECRET\" }}\n{provider}"
        );
        let read = Config::from_text(text)
            .environment([("SECRET", "secret")])
            .load_client();
        let told = read.as_ref().err().map(ToString::to_string);
        assert_eq!(read.is_ok(), is_good, "{provider}: {told:?}");
        assert!(is_good || told.is_some_and(|told| told.contains("client_capabilities")));
    }
}
