//! Custom policies: `B2C_1A_…`.

use aws_lc_rs::hmac;
use b2c_emulator::{ClaimSource, Client, Emulator, UserFlow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;

use crate::support::{Ask, Bench, changed, claims};

const POLICY: &str = "B2C_1A_signup_signin";

async fn bench(policy: UserFlow) -> (Bench, Ask) {
    let client = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "secret")
        .redirect_uri("https://second.example/")
        .front_channel_logout_url("https://second.example/signed-out?a=1&b=2");
    let bench = Bench::of(Emulator::builder().user_flow(policy).client(client)).await;
    let ask = bench.ask().at(POLICY);
    (bench, ask)
}

fn policy() -> UserFlow {
    UserFlow::sign_up_sign_in(POLICY)
}

async fn tokens(bench: &mut Bench, ask: &Ask) -> serde_json::Value {
    let code = bench.sign_in(ask).await.code();
    let form = bench.redemption(&code);
    bench.token(POLICY, &form).await.json()
}

#[tokio::test]
async fn tokens_look_like_a_custom_policys() {
    let step = ClaimSource::Resolver("{OIDC:AuthenticationContextReferences}".to_owned());
    let (mut bench, ask) = bench(policy().output_claim("step", step)).await;
    let tokens = tokens(&mut bench, &ask.with("acr_values", "mfa")).await;
    let id_token = claims(&tokens["id_token"]);
    assert_eq!(id_token["acr"], "b2c_1a_signup_signin");
    assert_eq!(id_token["tid"], bench.emulator.tenant_id());
    assert_eq!(id_token["email"], "ada@emulator.example");
    assert_eq!(id_token["step"], "mfa");
    for absent in ["tfp", "oid", "emails"] {
        assert!(id_token.get(absent).is_none(), "{absent}");
    }
    assert_eq!(
        claims(&tokens["access_token"])["acr"],
        "b2c_1a_signup_signin"
    );
}

#[tokio::test]
async fn userinfo_answers_the_bearer() {
    let (mut bench, ask) = bench(policy()).await;
    let tokens = tokens(&mut bench, &ask).await;
    let metadata = bench.metadata(POLICY).await;
    let url = metadata["userinfo_endpoint"].as_str().unwrap().to_owned();
    let authorization = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let visitor = &mut bench.visitor;
    let headers = [("authorization", authorization.as_str())];
    let answer = visitor
        .request(Method::GET, &url, &headers, Vec::new())
        .await;
    assert_eq!(answer.json()["displayName"], "Ada Lovelace");
    let refused = visitor
        .request(
            Method::GET,
            &url,
            &[("authorization", "Bearer x")],
            Vec::new(),
        )
        .await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").contains("invalid_token"));
}

#[tokio::test]
async fn an_id_token_hint_is_checked() {
    let (mut bench, ask) = bench(policy().require_id_token_hint()).await;
    assert_eq!(bench.open(&ask).await.error_code(), "AADB2C90272");
    let own = {
        // Another flow's ID token of the same application serves.
        let usual = bench.ask();
        bench.tokens(&usual).await["id_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ask = ask.with("prompt", "login");
    let hinted = bench.open(&ask.clone().with("id_token_hint", &own)).await;
    assert_eq!(hinted.status, 200);
    let broken = format!("{}AAAA", &own[..own.len() - 4]);
    for (hint, code) in [("x", "AADB2C90210"), (broken.as_str(), "AADB2C90233")] {
        let page = bench.open(&ask.clone().with("id_token_hint", hint)).await;
        assert_eq!(page.error_code(), code);
    }
    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(7200));
    let page = bench.open(&ask.clone().with("id_token_hint", &own)).await;
    assert_eq!(page.error_code(), "AADB2C90208");
    bench.emulator.set_clock_offset(-7200);
    let page = bench.open(&ask.with("id_token_hint", &own)).await;
    assert_eq!(page.error_code(), "AADB2C90234");
    let text = page.parameter("error_description").unwrap();
    assert!(
        text.contains(
            ": The provided id_token_hint parameter has an 'nbf' value that is in the future. "
        ),
        "{text}"
    );
}

#[tokio::test]
async fn an_application_can_sign_its_own_hint() {
    let email = ClaimSource::Resolver("{Claim:email}".to_owned());
    let policy = policy()
        .id_token_hint_key("a key that both know")
        .output_claim("invited", email);
    let (mut bench, ask) = bench(policy).await;
    let client = bench.emulator.client().client_id().to_owned();
    let hint = |audience: &str, key: &str| {
        let payload = serde_json::json!({
            "iss": "https://app.example", "aud": audience, "email": "guest@mail.example",
            "nbf": 0, "exp": 4_000_000_000_i64,
        });
        signed(&payload, key)
    };
    let good = ask
        .clone()
        .with("id_token_hint", &hint(&client, "a key that both know"));
    let tokens = tokens(&mut bench, &good).await;
    assert_eq!(claims(&tokens["id_token"])["invited"], "guest@mail.example");
    for (hint, code) in [
        (hint(&client, "another key"), "AADB2C90233"),
        (hint("else", "a key that both know"), "AADB2C90209"),
    ] {
        let page = bench.open(&ask.clone().with("id_token_hint", &hint)).await;
        assert_eq!(page.error_code(), code);
    }
}

/// Signs a payload with HS256.
fn signed(payload: &serde_json::Value, key: &str) -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let message = format!(
        "{}.{}",
        encode(br#"{"alg":"HS256"}"#),
        encode(payload.to_string().as_bytes())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let signature = hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", encode(signature.as_ref()))
}

#[tokio::test]
async fn signing_out_calls_every_application() {
    let (mut bench, ask) = bench(policy()).await;
    tokens(&mut bench, &ask).await;
    let second = ask
        .with("client_id", "22223333-cccc-4444-dddd-5555eeee6666")
        .with("redirect_uri", "https://second.example/");
    assert_eq!(bench.open(&second).await.status, 302);
    let path = format!(
        "/{}/{POLICY}/oauth2/v2.0/logout?post_logout_redirect_uri=https%3a%2f%2fa.example%2f&state=s",
        bench.emulator.tenant()
    );
    let page = bench.visitor.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("src=\"https://second.example/signed-out?a=1&amp;b=2\"")
    );
    assert!(
        page.header("content-security-policy")
            .ends_with("frame-src https://second.example")
    );
    assert!(
        page.body
            .contains("content=\"2; url=https://a.example/?state=s\"")
    );
    // There is no session any more, and nobody to call.
    assert_eq!(bench.visitor.get(&path).await.status, 302);
}

#[tokio::test]
async fn a_sign_out_can_demand_the_id_token() {
    let (mut bench, ask) = bench(policy().require_id_token_in_logout()).await;
    let tokens = tokens(&mut bench, &ask).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let path = format!("/{}/{POLICY}/oauth2/v2.0/logout?", bench.emulator.tenant());
    let missing = bench.visitor.get(&path).await;
    assert_eq!(missing.status, 400);
    assert!(missing.body.contains("AADB2C90272"));
    // The session goes on.
    assert_eq!(bench.open(&ask).await.status, 302);

    let path = format!("{path}id_token_hint={hint}&post_logout_redirect_uri=");
    let foreign = bench
        .visitor
        .get(&format!("{path}https://a.example/"))
        .await;
    assert!(foreign.body.contains("AADB2C90006"));
    let registered = "http://localhost:5000/getAToken";
    let answer = bench.visitor.get(&format!("{path}{registered}")).await;
    assert_eq!(answer.location(), registered);
}

#[tokio::test]
async fn codes_belong_to_the_policy() {
    let (mut bench, ask) = bench(policy()).await;
    let code = bench.sign_in(&ask).await.code();
    let form = changed(&bench.redemption(&code), "scope", None);
    let (_, text) = bench
        .token("B2C_1_signupsignin1", &form)
        .await
        .token_error();
    assert!(text.starts_with("AADB2C90088"), "{text}");
}
