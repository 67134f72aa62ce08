//! Hybrid and implicit responses: tokens from the authorization endpoint.

use b2c_emulator::{Client, Emulator};

use crate::support::{Ask, Bench, SIGN_IN, claims, encoded, half_hash};

fn hybrid_client() -> Client {
    Client::new("22223333-cccc-4444-dddd-5555eeee6666", "hybrid-secret")
        .redirect_uri("https://app.example/callback")
        .issue_id_tokens()
        .issue_access_tokens()
}

async fn bench() -> (Bench, Ask) {
    let bench = Bench::of(Emulator::builder().client(hybrid_client())).await;
    let ask = bench
        .ask()
        .with("client_id", hybrid_client().client_id())
        .with("redirect_uri", "https://app.example/callback")
        .without("code_challenge")
        .without("code_challenge_method");
    (bench, ask)
}

#[tokio::test]
async fn every_combination_in_any_order_comes_in_the_fragment() {
    let cases = [
        ("id_token", "state id_token"),
        ("code id_token", "state code id_token"),
        ("id_token code", "state code id_token"),
        ("token", "state access_token token_type expires_in scope"),
        (
            "code token",
            "state code access_token token_type expires_in scope",
        ),
        (
            "token id_token",
            "state access_token token_type expires_in scope id_token",
        ),
        (
            "id_token token code",
            "state code access_token token_type expires_in scope id_token",
        ),
    ];
    for (response_type, names) in cases {
        let (mut bench, ask) = bench().await;
        let answer = bench
            .sign_in(&ask.with("response_type", response_type))
            .await;
        let expected: Vec<&str> = names.split(' ').collect();
        let found = answer.fragment();
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, expected, "{response_type}");
    }
}

#[tokio::test]
async fn hashes_tie_the_id_token_to_its_companions() {
    let (mut bench, ask) = bench().await;
    let answer = bench
        .sign_in(&ask.with("response_type", "code id_token token"))
        .await;
    let id_token = claims(&answer.fragment_value("id_token").into());
    let code = answer.fragment_value("code");
    let access_token = answer.fragment_value("access_token");
    assert_eq!(id_token["c_hash"], half_hash(&code));
    assert_eq!(id_token["at_hash"], half_hash(&access_token));
    assert_eq!(id_token["nonce"], "n-0S6_WzA2Mj");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", hybrid_client().client_id()),
        ("client_secret", "hybrid-secret"),
        ("redirect_uri", "https://app.example/callback"),
        ("code", &code),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let redeemed = bench.token(SIGN_IN, &form).await.json();
    let second = claims(&redeemed["id_token"]);
    assert_eq!(second["sub"], id_token["sub"]);
    assert_eq!(second["iss"], id_token["iss"]);
    assert!(second.get("c_hash").is_none());
}

#[tokio::test]
async fn a_form_post_has_a_field_for_everything() {
    let (mut bench, ask) = bench().await;
    let ask = ask
        .with("response_type", "code id_token")
        .with("response_mode", "form_post")
        .with("client_info", "1");
    let page = bench.sign_in(&ask).await;
    assert_eq!(page.status, 200);
    let positions: Vec<usize> = ["state", "client_info", "code", "id_token"]
        .iter()
        .map(|name| page.body.find(&format!("name='{name}'")).unwrap())
        .collect();
    assert!(positions.is_sorted());
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_the_fragment() {
    let (mut bench, ask) = bench().await;
    let hybrid = ask.clone().with("response_type", "code id_token");
    let implicit = ask.clone().with("response_type", "token");
    let cases = [
        (hybrid.clone().without("nonce"), "90009"),
        (implicit.clone().without("nonce"), "90009"),
        (
            hybrid
                .clone()
                .with("scope", &bench.emulator.api_scope("demo.read")),
            "90110",
        ),
        (implicit.clone().with("scope", "openid"), "90123"),
        (implicit.clone().with("scope", "openid tasks"), "90055"),
        (hybrid.clone().with("prompt", "none"), "90077"),
    ];
    for (ask, code) in cases {
        let page = bench.open(&ask).await;
        let description = page.fragment_value("error_description");
        assert!(
            description.starts_with(&format!("AADB2C{code}: ")),
            "{description}"
        );
        assert_eq!(page.fragment_value("state"), "s t/1");
    }
    let page = bench.open(&hybrid.with("response_mode", "query")).await;
    assert_eq!(page.error_code(), "AADB2C90014");
}

#[tokio::test]
async fn each_switch_opens_its_own_kind_of_token() {
    let client = Client::new("app", "secret")
        .redirect_uri("https://app.example/")
        .issue_id_tokens();
    let mut bench = Bench::of(Emulator::builder().client(client)).await;
    let ask = bench
        .ask()
        .with("client_id", "app")
        .with("redirect_uri", "https://app.example/");
    let opened = bench
        .open(&ask.clone().with("response_type", "id_token"))
        .await;
    assert_eq!(opened.status, 200);
    for refused in ["token", "code token", "id_token token"] {
        let page = bench
            .open(&ask.clone().with("response_type", refused))
            .await;
        let description = page.fragment_value("error_description");
        assert!(description.starts_with("AADB2C90057"), "{description}");
        assert_eq!(page.fragment_value("error"), "unauthorized_client");
    }
}

#[tokio::test]
async fn a_disabled_application_gets_a_page() {
    let client = Client::new("app", "secret")
        .redirect_uri("https://app.example/")
        .disabled();
    let mut bench = Bench::of(Emulator::builder().client(client)).await;
    let query = encoded(&[
        ("client_id", "app"),
        ("redirect_uri", "https://app.example/"),
    ]);
    let path = format!(
        "/{}/{SIGN_IN}/oauth2/v2.0/authorize?{query}",
        bench.emulator.tenant()
    );
    let page = bench.visitor.get(&path).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("AADB2C90092"));
}
