//! Every token that is no good is a 401 that says no more than that.

use b2c_emulator::{Algorithm, Forgery};
use http::StatusCode;
use serde_json::json;
use tracing::Level;

use super::own_provider::{Kind, OwnProvider};
use super::{ADA, Api};
use crate::support::Log;

fn good() -> Forgery {
    Forgery::access_token(ADA)
}

#[tokio::test]
async fn forged_tokens_are_refused_alike() {
    let api = Api::new().await;
    assert_eq!(api.gets("/", &api.token()).await.status, StatusCode::OK);
    let bad = [
        ("alg none", good().algorithm(Algorithm::None)),
        (
            "the public key as a secret",
            good().algorithm(Algorithm::Hs256),
        ),
        ("another algorithm", good().algorithm(Algorithm::Es256)),
        ("a bad signature", good().bad_signature()),
        ("an unknown key", good().kid("unknown")),
        ("a path as a key", good().kid("../../etc/passwd")),
        ("a URL as a key", good().kid("https://evil.example/keys")),
        ("not yet valid", good().claim("nbf", 9_999_999_999_u64)),
        (
            "issued in the future",
            good().claim("iat", 9_999_999_999_u64),
        ),
        ("no expiry", good().without("exp")),
        ("an expiry in words", good().claim("exp", "tomorrow")),
        ("another audience", good().claim("aud", "other")),
        (
            "audiences of others",
            good().claim("aud", json!(["a", "b"])),
        ),
        ("no audience", good().without("aud")),
        (
            "another issuer",
            good().claim("iss", "https://evil.example/v2.0/"),
        ),
        ("no issuer", good().without("iss")),
        ("another user flow", good().claim("tfp", "B2C_1_other")),
        ("a user flow that is none", good().claim("tfp", json!({}))),
        ("no user flow", good().without("tfp")),
        ("no subject", good().without("sub")),
        ("no scope", good().without("scp")),
        ("bound to a key", good().claim("cnf", json!({ "jkt": "x" }))),
        (
            "bound to a certificate",
            good().claim("cnf", json!({ "x5t#S256": "x" })),
        ),
        ("bound to who knows", good().claim("cnf", json!({}))),
        ("an ID token", Forgery::id_token(ADA)),
        (
            "an ID token for the API",
            Forgery::id_token(ADA).claim("aud", super::AUDIENCE),
        ),
        ("a logout token", Forgery::logout_token(ADA)),
    ];
    for (what, forgery) in bad {
        let answer = api.gets("/", &api.forge(&forgery)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!(answer.reason(), "invalid_token", "{what}");
        let expected = "Bearer realm=\"api\", error=\"invalid_token\", \
                        error_description=\"The access token is invalid\"";
        assert_eq!(answer.challenge(), expected, "{what}");
        assert!(!answer.body.contains("aud") && !answer.body.contains("iss"));
    }
}

#[tokio::test]
async fn an_expired_token_is_told_if_it_was_good_once() {
    let api = Api::new().await;
    let answer = api.gets("/", &api.forge(&good().expired())).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.reason(), "token_expired");
    assert!(
        answer.challenge().contains("error=\"invalid_token\""),
        "{}",
        answer.challenge()
    );
    let forged = api.forge(&good().expired().bad_signature());
    assert_eq!(api.gets("/", &forged).await.reason(), "invalid_token");
}

#[tokio::test]
async fn every_changed_byte_is_noticed() {
    let api = Api::new().await;
    let token = api.token();
    assert_eq!(api.gets("/", &token).await.status, StatusCode::OK);
    let mut refused = 0;
    for at in (0..token.len()).step_by(7) {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let answer = api.gets("/", &changed).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "byte {at}");
        refused += 1;
    }
    assert!(refused > 50, "{refused}");
}

#[tokio::test]
async fn what_is_no_jwt_is_refused() {
    let api = Api::new().await;
    let token = api.token();
    let parts: Vec<_> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    for bad in [
        "x".to_owned(),
        "..".to_owned(),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}.{signature}"),
        format!("{token}.{signature}"),
        // A nested JWE has five parts.
        format!("{token}.{claims}.{signature}"),
        format!("{token}="),
    ] {
        let answer = api.gets("/", &bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
        assert_eq!(answer.reason(), "invalid_token", "{bad}");
    }
}

#[tokio::test]
async fn keys_in_the_token_itself_are_never_looked_at() {
    let (provider, other) = (OwnProvider::new(Kind::Es256), OwnProvider::new(Kind::Es256));
    let api = provider.api("signing_algorithms = [\"ES256\"]", "");
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({
        "iss": "https://id.example.com", "aud": "https://api.example.com", "sub": "ada",
        "client_id": "job", "iat": now, "exp": now + 3600, "scope": "demo.read",
    });
    let header = |name: &str, value: &serde_json::Value| {
        let mut header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": provider.kid() });
        header[name] = value.clone();
        header
    };
    let good = provider.sign(&header("cty", &json!("JWT")), &claims);
    assert_eq!(api.gets(&good).await.status, StatusCode::OK);
    let asked = provider.requests();
    for (name, value) in [
        ("jwk", json!({ "kty": "EC", "crv": "P-256" })),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/certificate")),
        ("x5c", json!(["MII"])),
    ] {
        let forged = other.sign(&header(name, &value), &claims);
        let answer = api.gets(&forged).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
    }
    let critical = provider.sign(&header("crit", &json!(["exp"])), &claims);
    assert_eq!(api.gets(&critical).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(provider.requests(), asked, "nobody was asked for keys");
}

#[tokio::test]
async fn what_is_said_twice_is_not_believed() {
    let provider = OwnProvider::new(Kind::Es256);
    let api = provider.api("signing_algorithms = [\"ES256\"]", "");
    let header = format!(
        r#"{{"typ":"at+jwt","alg":"ES256","kid":"{}"}}"#,
        provider.kid()
    );
    let claims = provider.claims().to_string();
    let good = provider.sign_text(&header, &claims);
    assert_eq!(api.gets(&good).await.status, StatusCode::OK);
    let twice = |text: &str, more: &str| text.replacen('{', &format!("{{{more},"), 1);
    for (header, claims) in [
        (&header, &twice(&claims, r#""sub":"eve""#)),
        (&header, &twice(&claims, r#""scope":"admin""#)),
        (
            &header,
            &twice(&claims, r#""aud":["https://api.example.com"]"#),
        ),
        (&twice(&header, r#""alg":"none""#), &claims),
        (&twice(&header, r#""kid":"other""#), &claims),
    ] {
        let answer = api.gets(&provider.sign_text(header, claims)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header} {claims}");
        assert_eq!(answer.reason(), "invalid_token");
    }
    for no_claims in ["[]", "null", "7", "\"text\"", "", "{", "\u{feff}{}"] {
        let answer = api.gets(&provider.sign_text(&header, no_claims)).await;
        assert_eq!(answer.reason(), "invalid_token", "{no_claims}");
    }
}

#[tokio::test]
async fn nothing_that_is_refused_is_logged() {
    let api = Api::new().await;
    let (huge, token) = ("x".repeat(1024 * 1024), api.token());
    api.gets("/", &token).await;
    let (log, _guard) = Log::open(Level::TRACE);
    let secret = "c2VjcmV0LW9mLXRoZS10b2tlbg";
    for header in [
        format!("Bearer {secret} {secret}"),
        format!("Bearer\t{secret}"),
        format!("bearer \u{e9}{secret}"),
        format!("Bearer {secret}.{secret}.{secret}"),
        format!("DPoP {secret}.{secret}.{secret}"),
        format!("Bearer {secret}.{secret}.{secret}.{secret}.{secret}"),
        format!("Bearer {secret}{huge}"),
        format!("Bearer {token}{secret}"),
    ] {
        let answer = api
            .sends("/", &[("authorization", header.as_bytes())])
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        assert!(["invalid_token", "invalid_request"].contains(&answer.reason().as_str()));
        assert!(!answer.body.contains(secret) && !answer.challenge().contains(secret));
    }
    let told = log.take();
    assert!(told.contains("not accepted") && !told.contains(secret));
}

#[tokio::test]
async fn the_log_says_why_and_never_repeats_a_token() {
    let api = Api::new().await;
    let id_token = api.forge(&Forgery::id_token(ADA));
    let forged = api.forge(&good().bad_signature());
    api.gets("/", &api.token()).await;
    let (log, _guard) = Log::open(Level::TRACE);
    api.gets("/", &id_token).await;
    let told = log.take();
    assert!(told.contains("WARN"), "{told}");
    assert!(told.contains("the token is an ID token"), "{told}");
    api.gets("/", &forged).await;
    let more = log.take();
    assert!(more.contains("signature does not verify"), "{more}");
    for token in [id_token, forged] {
        for part in token.split('.') {
            assert!(!told.contains(part) && !more.contains(part));
        }
    }
}
