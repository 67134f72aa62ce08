//! Client credentials and resource owner passwords.

use std::time::Duration;

use b2c_emulator::{Client, Emulator, User, UserFlow};

use crate::support::{Bench, SIGN_IN, changed, claims};

const API: &str = "https://b2cemulator.onmicrosoft.com/demo-api";

async fn daemon() -> Bench {
    let client = Client::new("daemon", "daemon-secret").app_roles(["app.read", "app.write"]);
    let idle = Client::new("idle", "idle-secret");
    Bench::of(Emulator::builder().client(client).client(idle)).await
}

fn credentials() -> Vec<(String, String)> {
    owned(&[
        ("grant_type", "client_credentials"),
        ("client_id", "daemon"),
        ("client_secret", "daemon-secret"),
        ("scope", &format!("{API}/.default")),
    ])
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_daemon_gets_its_app_roles() {
    let mut bench = daemon().await;
    for user_flow in [SIGN_IN, "b2c_1_passwordreset1"] {
        let answer = bench.token(user_flow, &credentials()).await.json();
        let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            [
                "access_token",
                "token_type",
                "not_before",
                "expires_in",
                "expires_on",
                "resource"
            ]
        );
        let token = claims(&answer["access_token"]);
        assert_eq!(token["scp"], "app.read app.write");
        assert_eq!(token["aud"], answer["resource"]);
        assert_eq!(token["azp"], "daemon");
        assert!(token.get("name").is_none() && token["sub"] != "daemon");
    }
}

#[tokio::test]
async fn a_daemon_that_is_set_up_wrongly_is_told_so() {
    let mut bench = daemon().await;
    let form = credentials();
    let idle = changed(&form, "client_id", Some("idle"));
    let idle = changed(&idle, "client_secret", Some("idle-secret"));
    let cases = [
        (idle, "invalid_grant", "90085"),
        (
            changed(&form, "client_secret", Some("x")),
            "invalid_client",
            "90081",
        ),
        (
            changed(&form, "client_secret", None),
            "invalid_request",
            "90079",
        ),
        (changed(&form, "scope", None), "invalid_request", "90083"),
        (
            changed(&form, "scope", Some("openid")),
            "invalid_scope",
            "90117",
        ),
        (
            changed(&form, "scope", Some("https://x/.default")),
            "invalid_scope",
            "90117",
        ),
        (
            changed(&form, "client_assertion", Some("eyJ")),
            "invalid_request",
            "99027",
        ),
    ];
    for (form, error, code) in cases {
        let (found, text) = bench.token(SIGN_IN, &form).await.token_error();
        assert!(text.starts_with(&format!("AADB2C{code}")), "{text}");
        assert_eq!(found, error, "{text}");
    }
}

async fn ropc() -> Bench {
    let app = Client::public("legacy").allow_passwords();
    let builder = Emulator::builder()
        .user_flow(UserFlow::resource_owner("B2C_1_ropc"))
        .user(User::new("locked@emulator.example", "Passw0rd!").locked())
        .client(app);
    Bench::of(builder).await
}

fn passwords() -> Vec<(String, String)> {
    owned(&[
        ("grant_type", "password"),
        ("client_id", "legacy"),
        ("username", "ada@emulator.example"),
        ("password", "Passw0rd!"),
        ("scope", "openid legacy offline_access"),
        ("response_type", "token id_token"),
    ])
}

#[tokio::test]
async fn passwords_are_taken_where_a_user_flow_says_so() {
    let mut bench = ropc().await;
    let answer = bench.token("B2C_1_ropc", &passwords()).await.json();
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "access_token",
            "token_type",
            "expires_in",
            "refresh_token",
            "id_token"
        ]
    );
    assert_eq!(answer["expires_in"], "3600");
    assert_eq!(claims(&answer["access_token"])["aud"], "legacy");
    assert_eq!(claims(&answer["id_token"])["tfp"], "B2C_1_ropc");

    let refresh = owned(&[
        ("grant_type", "refresh_token"),
        ("response_type", "id_token"),
        ("client_id", "legacy"),
        ("resource", "legacy"),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
    ]);
    assert_eq!(bench.token("B2C_1_ropc", &refresh).await.status, 200);
}

#[tokio::test]
async fn passwords_are_refused_in_b2cs_words() {
    let mut bench = ropc().await;
    let form = passwords();
    let default = bench.emulator.client().client_id().to_owned();
    let cases = [
        (
            changed(&form, "password", Some("x")),
            "access_denied",
            "90225",
        ),
        (
            changed(&form, "username", Some("x@y.z")),
            "access_denied",
            "90225",
        ),
        (
            changed(&form, "client_id", Some(&default)),
            "unauthorized_client",
            "90224",
        ),
        (
            changed(&form, "username", Some("locked@emulator.example")),
            "access_denied",
            "90111",
        ),
        (changed(&form, "username", None), "invalid_request", "90083"),
        (
            changed(&form, "scope", Some("openid")),
            "invalid_request",
            "90123",
        ),
        (
            changed(&form, "scope", Some("legacy")),
            "invalid_request",
            "90110",
        ),
    ];
    for (form, error, code) in cases {
        let (found, text) = bench.token("B2C_1_ropc", &form).await.token_error();
        assert!(text.starts_with(&format!("AADB2C{code}")), "{text}");
        assert_eq!(found, error, "{text}");
    }
    let (error, _) = bench.token(SIGN_IN, &form).await.token_error();
    assert_eq!(error, "unsupported_grant_type");
}

#[tokio::test]
async fn ten_wrong_passwords_lock_the_account_for_a_while() {
    let mut bench = ropc().await;
    let wrong = changed(&passwords(), "password", Some("x"));
    for _ in 0..10 {
        let (_, text) = bench.token("B2C_1_ropc", &wrong).await.token_error();
        assert!(text.starts_with("AADB2C90225"), "{text}");
    }
    let (error, text) = bench.token("B2C_1_ropc", &passwords()).await.token_error();
    assert_eq!(error, "access_denied");
    assert!(text.starts_with("AADB2C90114"), "{text}");
    bench.emulator.advance_clock(Duration::from_secs(60));
    assert_eq!(bench.token("B2C_1_ropc", &passwords()).await.status, 200);
}

#[tokio::test]
async fn revoked_and_deleted_accounts_do_not_refresh() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    bench.emulator.advance_clock(Duration::from_secs(5));
    assert!(bench.emulator.revoke_sign_ins("ada@emulator.example"));
    let (error, text) = bench.refresh(token).await.token_error();
    assert_eq!(error, "invalid_grant");
    assert!(text.starts_with("AADB2C90129"), "{text}");
    assert!(bench.emulator.remove_user("Ada@emulator.example"));
    let (error, text) = bench.refresh(token).await.token_error();
    assert_eq!(error, "invalid_grant");
    assert!(text.starts_with("AADB2C90128"), "{text}");
}

#[tokio::test]
async fn refreshing_ends_with_the_sliding_window() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN)
        .refresh_token_lifetime(Duration::from_secs(60 * 60))
        .refresh_window(Duration::from_secs(90 * 60))
        .token_lifetime(Duration::from_secs(300));
    let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
    let tokens = bench.tokens(&bench.ask()).await;
    assert_eq!(tokens["expires_in"], 300);
    assert_eq!(tokens["refresh_token_expires_in"], 3600);
    bench.emulator.advance_clock(Duration::from_secs(50 * 60));
    let second = bench
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    bench.emulator.advance_clock(Duration::from_secs(50 * 60));
    let token = second.json()["refresh_token"].as_str().unwrap().to_owned();
    let (_, text) = bench.refresh(&token).await.token_error();
    assert!(
        text.contains("Grant sliding window expiration time: "),
        "{text}"
    );
}
