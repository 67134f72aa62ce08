//! Misbehaviours by name, for a scope, by header.

use b2c_emulator::{Client, Emulator, Endpoint, Misbehaviour, Scope};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Bench, EDIT, SIGN_IN, Visitor, claims, header_of};

const KEYS: &str = "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/v2.0/keys";
const METADATA: &str =
    "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration";

fn named(name: &str) -> Misbehaviour {
    Misbehaviour::named(name).unwrap()
}

/// Signs in while one misbehaviour of the conformance suite is active.
async fn tokens_with(bench: &mut Bench, module: &str) -> Value {
    bench.emulator.behave();
    let name = format!("oidcc-client-test-{module}");
    bench
        .emulator
        .misbehave_for(Scope::everything(), named(&name));
    fresh_tokens(bench).await
}

/// Signs in with a browser that remembers nothing.
async fn fresh_tokens(bench: &mut Bench) -> Value {
    bench.visitor = Visitor::new(bench.emulator.base_url());
    bench.tokens(&bench.ask()).await
}

#[tokio::test]
async fn claims_are_falsified_as_by_the_conformance_suite() {
    let mut bench = Bench::new().await;
    let healthy = claims(&bench.tokens(&bench.ask()).await["id_token"]);
    for (module, claim) in [
        ("missing-sub", "sub"),
        ("missing-aud", "aud"),
        ("missing-iat", "iat"),
        ("missing-athash", "at_hash"),
    ] {
        let claims = claims(&tokens_with(&mut bench, module).await["id_token"]);
        assert!(claims.get(claim).is_none(), "{module}");
        assert_eq!(
            claims.as_object().unwrap().len(),
            healthy.as_object().unwrap().len() - 1
        );
    }
    for (module, claim) in [
        ("invalid-iss", "iss"),
        ("invalid-aud", "aud"),
        ("nonce-invalid", "nonce"),
    ] {
        let claims = claims(&tokens_with(&mut bench, module).await["id_token"]);
        assert_ne!(claims[claim], healthy[claim], "{module}");
    }
    let tokens = tokens_with(&mut bench, "invalid-athash").await;
    assert_eq!(
        claims(&tokens["id_token"])["at_hash"],
        "AAAAAAAAAAAAAAAAAAAAAA"
    );
}

#[tokio::test]
async fn signatures_are_bad_in_every_way() {
    let mut bench = Bench::new().await;
    for (module, algorithm, has_kid) in [
        ("idtoken-sig-none", "none", false),
        ("invalid-sig-rs256", "RS256", true),
        ("invalid-sig-es256", "ES256", true),
        ("invalid-sig-hs256", "HS256", true),
        ("kid-absent-single-jwks", "RS256", false),
        ("kid-absent-multiple-jwks", "RS256", false),
    ] {
        let tokens = tokens_with(&mut bench, module).await;
        let header = header_of(&tokens["id_token"]);
        assert_eq!(header["alg"], algorithm, "{module}");
        assert_eq!(header.get("kid").is_some(), has_kid, "{module}");
        let keys = bench.visitor.get(KEYS).await.json();
        let several = module == "kid-absent-multiple-jwks";
        assert_eq!(
            keys["keys"].as_array().unwrap().len(),
            if several { 2 } else { 1 },
            "{module}"
        );
    }
}

#[tokio::test]
async fn keys_change_at_the_worst_moment() {
    let mut bench = Bench::new().await;
    let cached = bench.visitor.get(KEYS).await.json();
    let old = cached["keys"][0]["kid"].clone();

    let tokens = tokens_with(&mut bench, "signing-key-rotation").await;
    assert_eq!(header_of(&tokens["id_token"])["kid"], old);
    bench.emulator.behave();
    let bad = named("stale-keys");
    bench.emulator.misbehave(Endpoint::Keys, bad);
    let stale = bench.visitor.get(KEYS).await.json();
    assert_eq!(stale, cached);

    bench.emulator.drop_old_signing_keys();

    let tokens = tokens_with(&mut bench, "signing-key-rotation-just-before-signing").await;
    let kid = &header_of(&tokens["id_token"])["kid"];
    let keys = bench.visitor.get(KEYS).await.json();
    assert_eq!(&keys["keys"][0]["kid"], kid);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn refreshed_tokens_are_falsified_and_others_are_not() {
    let mut bench = Bench::new().await;
    for (module, claim) in [
        ("refresh-token-invalid-issuer", "iss"),
        ("refresh-token-invalid-sub", "sub"),
    ] {
        let first = tokens_with(&mut bench, module).await;
        let refresh_token = first["refresh_token"].as_str().unwrap();
        let second = bench.refresh(refresh_token).await.json();
        let (first, second) = (claims(&first["id_token"]), claims(&second["id_token"]));
        assert_ne!(first[claim], second[claim]);
        assert_eq!(first["oid"], second["oid"]);
    }
}

#[tokio::test]
async fn metadata_lies() {
    let mut bench = Bench::new().await;
    let healthy = bench.visitor.get(METADATA).await.json();
    let mismatch = named("oidcc-client-test-discovery-issuer-mismatch");
    bench
        .emulator
        .misbehave_for(Scope::everything().next(1), mismatch);
    let lie = bench.visitor.get(METADATA).await.json();
    assert_ne!(lie["issuer"], healthy["issuer"]);
    assert_eq!(bench.visitor.get(METADATA).await.json(), healthy);

    let moving = named("oidcc-client-test-discovery-jwks-uri-keys");
    bench.emulator.misbehave_for(Scope::everything(), moving);
    let first = bench.visitor.get(METADATA).await.json();
    let second = bench.visitor.get(METADATA).await.json();
    assert_ne!(first["jwks_uri"], second["jwks_uri"]);
    let moved = first["jwks_uri"].as_str().unwrap();
    let path = moved.strip_prefix(bench.emulator.base_url()).unwrap();
    assert_eq!(bench.visitor.get(path).await.status, 200);
}

#[tokio::test]
async fn a_sign_out_returns_with_a_wrong_state_or_none() {
    let mut bench = Bench::new().await;
    let path = format!(
        "/{}/{SIGN_IN}/oauth2/v2.0/logout?post_logout_redirect_uri=https%3A%2F%2Fa.example%2F&state=s",
        bench.emulator.tenant()
    );
    for (module, state) in [
        ("rp-init-logout-other-state", Some("s-other")),
        ("rp-init-logout-no-state", None),
    ] {
        bench.emulator.behave();
        let name = format!("oidcc-client-test-{module}");
        bench
            .emulator
            .misbehave_for(Scope::everything(), named(&name));
        let page = bench.visitor.get(&path).await;
        assert_eq!(page.parameter("state").as_deref(), state);
    }
}

#[tokio::test]
async fn the_authorization_endpoint_refuses_what_is_good() {
    let builder = Emulator::builder()
        .redirect_uri("http://localhost:5000/a")
        .redirect_uri("http://localhost:5000/b");
    let mut bench = Bench::of(builder).await;
    for (name, code) in [
        ("cancelled", "AADB2C90091"),
        ("AADB2C90118", "AADB2C90118"),
        ("provider-denied", "AADB2C90273"),
        ("throttled", "AADB2C90244"),
        ("redirect-elsewhere", "AADB2C90006"),
    ] {
        bench.emulator.behave();
        bench
            .emulator
            .misbehave_for(Scope::everything(), named(name));
        let page = bench.open(&bench.ask()).await;
        assert_eq!(page.error_code(), code);
        let goes_elsewhere = page.location().starts_with("http://localhost:5000/b?");
        assert_eq!(goes_elsewhere, name == "redirect-elsewhere");
    }
    bench.emulator.behave();
    let name = "oidcc-client-test-form-post-error";
    bench
        .emulator
        .misbehave_for(Scope::everything(), named(name));
    let page = bench.open(&bench.ask()).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("name='error'") || page.body.contains("name=\"error\""));
}

#[tokio::test]
async fn the_token_endpoint_refuses_what_is_good() {
    let mut bench = Bench::new().await;
    for (name, status, code) in [
        ("throttled", 429, "AADB2C90244"),
        ("grant-revoked", 400, "AADB2C90129"),
        ("wrong-secret", 400, "AADB2C90081"),
    ] {
        let code_of_user = bench.sign_in(&bench.ask()).await.code();
        bench.visitor = Visitor::new(bench.emulator.base_url());
        bench
            .emulator
            .misbehave_for(Scope::everything().endpoint(Endpoint::Token), named(name));
        let page = bench.redeem(&code_of_user).await;
        assert_eq!(page.status, status);
        assert!(page.body.contains(code));
        assert_eq!(
            page.header("retry-after"),
            if status == 429 { "30" } else { "" }
        );
        bench.emulator.behave();
    }
    bench
        .emulator
        .misbehave(Endpoint::Token, named("retry-after-503-7"));
    let page = bench.redeem("x").await;
    assert_eq!((page.status, page.header("retry-after")), (503, "7"));
    bench.emulator.behave();
    bench
        .emulator
        .misbehave(Endpoint::Token, named("no-expires-in"));
    let tokens = bench.tokens(&bench.ask()).await;
    assert!(tokens.get("expires_in").is_none() && tokens.get("access_token").is_some());
}

#[tokio::test]
async fn a_scope_spares_other_clients_and_user_flows_and_later_requests() {
    let mut bench = Bench::new().await;
    let client_id = bench.emulator.client().client_id().to_owned();
    let issuer = |tokens: &Value| claims(&tokens["id_token"])["iss"].clone();
    let healthy = issuer(&fresh_tokens(&mut bench).await);

    for spared in [
        Scope::client("somebody else"),
        Scope::user_flow(EDIT),
        Scope::client(&client_id).at_user_flow(EDIT),
        Scope::everything().probability(0.0),
        Scope::everything().next(0),
        Scope::everything().endpoint(Endpoint::Metadata),
    ] {
        bench
            .emulator
            .misbehave_for(spared, Misbehaviour::WrongIssuer);
    }
    assert_eq!(issuer(&fresh_tokens(&mut bench).await), healthy);

    let scope = Scope::client(client_id).at_user_flow(SIGN_IN).next(1);
    bench
        .emulator
        .misbehave_for(scope, Misbehaviour::WrongIssuer);
    assert_ne!(issuer(&fresh_tokens(&mut bench).await), healthy);
    assert_eq!(issuer(&fresh_tokens(&mut bench).await), healthy);
}

#[tokio::test]
async fn a_header_orders_for_one_request_where_that_is_switched_on() {
    let header = [("x-b2c-emulator-misbehave", "delay-1, status-502")];
    let get = async |bench: &mut Bench, headers: &[(&str, &str)]| {
        let request = bench
            .visitor
            .request(Method::GET, KEYS, headers, Vec::new());
        request.await
    };
    let mut off = Bench::new().await;
    assert_eq!(get(&mut off, &header).await.status, 200);

    let mut on = Bench::of(Emulator::builder().misbehave_header(true)).await;
    assert_eq!(get(&mut on, &header).await.status, 502);
    assert_eq!(get(&mut on, &[]).await.status, 200);
    let typo = [("x-b2c-emulator-misbehave", "stauts-502")];
    let page = get(&mut on, &typo).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("'stauts-502' is no misbehaviour"));
}

#[tokio::test]
async fn hashes_beside_a_code_are_falsified() {
    let client = Client::new("hybrid", "secret")
        .redirect_uri("http://localhost:5000/h")
        .issue_id_tokens();
    let mut bench = Bench::of(Emulator::builder().client(client)).await;
    let ask = bench
        .ask()
        .with("client_id", "hybrid")
        .with("redirect_uri", "http://localhost:5000/h")
        .with("response_type", "code id_token")
        .with("response_mode", "fragment");
    for (module, hash) in [
        ("invalid-chash", Some("AAAAAAAAAAAAAAAAAAAAAA")),
        ("missing-chash", None),
    ] {
        bench.emulator.behave();
        let bad = named(&format!("oidcc-client-test-{module}"));
        let scope = Scope::client("HYBRID").next(1);
        bench.emulator.misbehave_for(scope, bad);
        bench.visitor = Visitor::new(bench.emulator.base_url());
        let answer = bench.sign_in(&ask).await.location().replace('#', "?");
        let answer = reqwest::Url::parse(&answer).unwrap();
        let (_, token) = answer
            .query_pairs()
            .find(|(name, _)| name == "id_token")
            .unwrap();
        let claims = claims(&Value::from(token.into_owned()));
        assert_eq!(claims.get("c_hash").and_then(Value::as_str), hash);
    }
}
