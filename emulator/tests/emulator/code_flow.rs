//! From the authorization request to the tokens.

use b2c_emulator::Outcome;
use serde_json::{Value, json};

use crate::support::{Bench, SIGN_IN, changed, claims, header_of};

fn members(document: &Value) -> Vec<&str> {
    document
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn a_code_becomes_tokens() {
    let mut bench = Bench::new().await;
    let answer = bench.sign_in(&bench.ask()).await;
    assert_eq!(answer.status, 302);
    let start = "http://localhost:5000/getAToken?state=s+t%2f1&code=eyJraWQiOi";
    assert!(
        answer.location().starts_with(start),
        "{}",
        answer.location()
    );
    let code = answer.code();
    let segments: Vec<&str> = code.split('.').collect();
    assert_eq!((segments.len(), segments[1]), (5, ""));

    let page = bench.redeem(&code).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(
        page.header("content-type"),
        "application/json; charset=utf-8"
    );
    assert!(page.header("cache-control").contains("no-store"));
    assert_eq!(page.header("pragma"), "no-cache");
    let tokens = page.json();
    assert_eq!(
        members(&tokens),
        [
            "access_token",
            "id_token",
            "token_type",
            "not_before",
            "expires_in",
            "expires_on",
            "resource",
            "id_token_expires_in",
            "profile_info",
            "scope",
            "refresh_token",
            "refresh_token_expires_in"
        ]
    );
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["resource"], "11112222-bbbb-3333-cccc-4444dddd5555");
    assert_eq!(tokens["scope"], bench.emulator.api_scope("demo.read"));
    assert_eq!(tokens["refresh_token_expires_in"], 1_209_600);

    let request = bench.emulator.requests().pop().unwrap();
    assert_eq!(request.grant_type(), Some("authorization_code"));
    assert_eq!(request.outcome(), &Outcome::Accepted);
}

#[tokio::test]
async fn the_id_token_has_b2cs_claims() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let header = header_of(&tokens["id_token"]);
    assert_eq!(members(&header), ["typ", "alg", "kid"]);
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("JWT"), &json!("RS256"))
    );

    let claims = claims(&tokens["id_token"]);
    assert_eq!(
        members(&claims),
        [
            "exp",
            "nbf",
            "ver",
            "iss",
            "sub",
            "aud",
            "nonce",
            "iat",
            "auth_time",
            "name",
            "oid",
            "family_name",
            "given_name",
            "city",
            "country",
            "emails",
            "tfp",
            "at_hash",
            "b2c_emulator"
        ]
    );
    let base = bench.emulator.base_url();
    assert_eq!(
        claims["iss"],
        format!("{base}/{}/v2.0/", bench.emulator.tenant_id())
    );
    assert_eq!(claims["aud"], bench.emulator.client().client_id());
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(claims["name"], "Ada Lovelace");
    assert_eq!(claims["emails"], json!(["ada@emulator.example"]));
    assert_eq!(claims["tfp"], SIGN_IN);
    assert_eq!(claims["sub"], claims["oid"]);
    assert_eq!(claims["b2c_emulator"], true);
    assert_eq!(
        claims["exp"].as_i64(),
        claims["iat"].as_i64().map(|at| at + 3600)
    );
}

#[tokio::test]
async fn the_access_token_is_for_the_api() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let claims = claims(&tokens["access_token"]);
    assert_eq!(
        members(&claims),
        [
            "iss",
            "exp",
            "nbf",
            "aud",
            "oid",
            "sub",
            "name",
            "tfp",
            "nonce",
            "scp",
            "azp",
            "ver",
            "iat",
            "b2c_emulator"
        ]
    );
    assert_eq!(claims["aud"], "11112222-bbbb-3333-cccc-4444dddd5555");
    assert_eq!(claims["azp"], bench.emulator.client().client_id());
    assert_eq!(claims["scp"], "demo.read");
}

#[tokio::test]
async fn without_a_resource_there_is_no_access_token() {
    let mut bench = Bench::new().await;
    let ask = bench.ask().with("scope", "openid profile");
    let tokens = bench.tokens(&ask).await;
    assert_eq!(
        members(&tokens),
        [
            "id_token",
            "token_type",
            "not_before",
            "id_token_expires_in",
            "profile_info",
            "scope"
        ]
    );
    assert_eq!(tokens["scope"], "openid");
    assert_eq!(claims(&tokens["id_token"]).get("at_hash"), None);

    bench.visitor.cookies.clear();
    let ask = bench.ask().with("scope", "openid offline_access");
    let tokens = bench.tokens(&ask).await;
    assert_eq!(tokens["scope"], "offline_access openid");
    assert!(tokens["refresh_token"].is_string() && tokens.get("access_token").is_none());
}

#[tokio::test]
async fn the_client_id_is_a_scope_of_its_own() {
    let mut bench = Bench::new().await;
    let client_id = bench.emulator.client().client_id().to_owned();
    let ask = bench
        .ask()
        .with("scope", &format!("{client_id} openid offline_access"));
    let tokens = bench.tokens(&ask).await;
    assert_eq!(tokens["scope"], format!("{client_id} offline_access"));
    assert_eq!(tokens["resource"], client_id);
    let claims = claims(&tokens["access_token"]);
    assert_eq!(
        (&claims["aud"], claims.get("scp")),
        (&json!(client_id), None)
    );
}

#[tokio::test]
async fn msal_gets_its_client_info() {
    let mut bench = Bench::new().await;
    let answer = bench.sign_in(&bench.ask().with("client_info", "1")).await;
    let expected = "eyJ1aWQiOiJhYWFhYWFhYS0wMDAwLTExMTEtMjIyMi1iYmJiYmJiYmJiYmItYjJjXzFfc2lnbnVwc2lnbmluMSIsInV0aWQiOiJhYWFhYmJiYi0wMDAwLWNjY2MtMTExMS1kZGRkMjIyMmVlZWUifQ";
    let start =
        format!("http://localhost:5000/getAToken?state=s+t%2f1&client_info={expected}&code=");
    assert!(
        answer.location().starts_with(&start),
        "{}",
        answer.location()
    );

    let form = changed(&bench.redemption(&answer.code()), "client_info", Some("1"));
    let tokens = bench.token(SIGN_IN, &form).await.json();
    assert_eq!(tokens["client_info"], expected);
    assert_eq!(tokens.get("profile_info"), None);
    assert_eq!(tokens["scope"], bench.emulator.api_scope("demo.read"));
}

#[tokio::test]
async fn the_scope_of_a_redemption_narrows_it() {
    let mut bench = Bench::new().await;
    let both = format!(
        "openid offline_access {} {}",
        bench.emulator.api_scope("demo.read"),
        bench.emulator.api_scope("demo.write")
    );
    let code = bench
        .sign_in(&bench.ask().with("scope", &both))
        .await
        .code();
    let write = bench.emulator.api_scope("demo.write");
    let form = changed(&bench.redemption(&code), "scope", Some(&write));
    let tokens = bench.token(SIGN_IN, &form).await.json();
    assert_eq!(claims(&tokens["access_token"])["scp"], "demo.write");
    assert!(tokens["id_token"].is_string());
    assert_eq!(tokens.get("refresh_token"), None);
}

#[tokio::test]
async fn version_1_endpoints_issue_version_1_tokens() {
    let mut bench = Bench::new().await;
    let path = bench.ask().path().replace("/oauth2/v2.0/", "/oauth2/");
    let page = bench.visitor.get(&path).await;
    let ada = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let code = bench.visitor.submit(&page, &ada).await.code();
    let (error, line) = bench.redeem(&code).await.token_error();
    assert_eq!(error, "invalid_grant");
    assert!(line.starts_with("AADB2C90087:"), "{line}");

    let form = bench.redemption(&code);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let path = format!("/{}/{SIGN_IN}/oauth2/token", bench.emulator.tenant());
    let tokens = bench.visitor.post(&path, &form).await.json();
    let base = bench.emulator.base_url();
    let issuer = format!("{base}/{}/", bench.emulator.tenant_id());
    assert_eq!(claims(&tokens["id_token"])["iss"], issuer);
}
