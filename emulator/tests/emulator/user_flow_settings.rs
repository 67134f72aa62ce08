//! What a user flow's properties change: second factor, resets, lock-out, claims.

use std::time::Duration;

use b2c_emulator::{ClaimSource, Emulator, User, UserFlow};

use crate::support::{Bench, Page, SIGN_IN, claims};

async fn bench(flow: UserFlow) -> Bench {
    Bench::of(Emulator::builder().user_flow(flow)).await
}

fn flow() -> UserFlow {
    UserFlow::sign_up_sign_in(SIGN_IN)
}

const ADA: [(&str, &str); 2] = [
    ("signInName", "ada@emulator.example"),
    ("password", "Passw0rd!"),
];

#[tokio::test]
async fn a_second_factor_comes_after_the_password() {
    let mut bench = bench(flow().mfa()).await;
    let page = bench.open(&bench.ask()).await;
    let page = bench.visitor.submit(&page, &ADA).await;
    let code = page.text_of("phoneCode").unwrap();
    let wrong = bench
        .visitor
        .submit(&page, &[("verificationCode", "x")])
        .await;
    assert_eq!(
        wrong.text_of("error").unwrap(),
        "That code is incorrect. Please try again."
    );
    let answer = bench
        .visitor
        .submit(&wrong, &[("verificationCode", &code)])
        .await;
    let tokens = bench.redeem(&answer.code()).await.json();
    assert_eq!(claims(&tokens["id_token"])["name"], "Ada Lovelace");
    // The session remembers both factors.
    assert_eq!(bench.open(&bench.ask()).await.status, 302);
}

#[tokio::test]
async fn the_second_factor_cannot_be_walked_around() {
    let mut bench = bench(flow().mfa()).await;
    let page = bench.open(&bench.ask()).await;
    let page = bench.visitor.submit(&page, &ADA).await;
    for action in ["signIn", "save", "create", "setPassword", "accept"] {
        let next = bench.visitor.submit(&page, &[("action", action)]).await;
        assert!(next.text_of("phoneCode").is_some(), "{action}");
    }
    let (action, _) = page.form();
    let unified = action.replace("SelfAsserted", "api/CombinedSigninAndSignup/unified");
    let next = bench.visitor.get(&unified).await;
    assert!(next.text_of("phoneCode").is_some());
    let signs_up = bench.visitor.get(&format!("{unified}&local=signup")).await;
    assert!(signs_up.text_of("phoneCode").is_some());
}

#[tokio::test]
async fn five_wrong_codes_end_the_journey() {
    let mut bench = bench(flow().mfa()).await;
    let page = bench.open(&bench.ask()).await;
    let mut page = bench.visitor.submit(&page, &ADA).await;
    for _ in 0..5 {
        page = bench
            .visitor
            .submit(&page, &[("verificationCode", "x")])
            .await;
    }
    assert_eq!(page.error_code(), "AADB2C90151");
    assert_eq!(page.parameter("error").unwrap(), "server_error");
}

/// Verifies an address on the page that asks for it.
async fn verified(bench: &mut Bench, page: &Page, email: &str) -> Page {
    let page = bench.visitor.submit(page, &[("email", email)]).await;
    let code = page.text_of("mailboxCode").unwrap();
    bench
        .visitor
        .submit(&page, &[("verificationCode", &code)])
        .await
}

#[tokio::test]
async fn an_embedded_reset_stays_in_the_flow() {
    let mut bench = bench(flow().embedded_password_reset()).await;
    let page = bench.open(&bench.ask()).await;
    let page = bench.visitor.click(&page, "forgotPassword").await;
    assert_eq!(page.text_of("error"), None);
    let page = verified(&mut bench, &page, "ada@emulator.example").await;
    let password = [
        ("newPassword", "N3w-secret"),
        ("reenterPassword", "N3w-secret"),
    ];
    let answer = bench.visitor.submit(&page, &password).await;
    let tokens = bench.redeem(&answer.code()).await.json();
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["isForgotPassword"], true);
    assert_eq!(claims["tfp"], SIGN_IN);
}

#[tokio::test]
async fn an_administrator_can_demand_another_password() {
    let user = User::new("alan@emulator.example", "Passw0rd!").must_change_password();
    let mut bench = Bench::of(Emulator::builder().user(user)).await;
    let alan = [
        ("signInName", "alan@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let page = bench.open(&bench.ask()).await;
    let page = bench.visitor.submit(&page, &alan).await;
    assert!(page.body.contains("Change your password"));
    let password = [
        ("newPassword", "N3w-secret"),
        ("reenterPassword", "N3w-secret"),
    ];
    let answer = bench.visitor.submit(&page, &password).await;
    bench.redeem(&answer.code()).await.json();
    let again = bench.open(&bench.ask().with("prompt", "login")).await;
    let alan = [
        ("signInName", "alan@emulator.example"),
        ("password", "N3w-secret"),
    ];
    assert!(!bench.visitor.submit(&again, &alan).await.code().is_empty());
}

#[tokio::test]
async fn ten_wrong_passwords_lock_the_account() {
    let mut bench = Bench::new().await;
    let mut page = bench.open(&bench.ask()).await;
    for _ in 0..10 {
        let wrong = [("signInName", "ada@emulator.example"), ("password", "x")];
        page = bench.visitor.submit(&page, &wrong).await;
        assert_eq!(
            page.text_of("error").unwrap(),
            "Your password is incorrect."
        );
    }
    page = bench.visitor.submit(&page, &ADA).await;
    let locked = "Your account is temporarily locked to prevent unauthorized use. Try again later.";
    assert_eq!(page.text_of("error").unwrap(), locked);
    bench.emulator.advance_clock(Duration::from_secs(60));
    assert!(!bench.visitor.submit(&page, &ADA).await.code().is_empty());
}

#[tokio::test]
async fn fifty_refused_forms_end_the_journey() {
    let mut bench = Bench::new().await;
    let mut page = bench.open(&bench.ask()).await;
    for _ in 0..50 {
        page = bench.visitor.submit(&page, &[("signInName", "x")]).await;
    }
    assert_eq!(page.error_code(), "AADB2C90157");
}

#[tokio::test]
async fn claims_are_chosen_and_added() {
    let resolver = |text: &str| ClaimSource::Resolver(text.to_owned());
    let flow = flow()
        .claims(["name", "oid"])
        .issuer_with_policy()
        .output_claim("plan", ClaimSource::Fixed("gold".to_owned()))
        .output_claim("campaign", resolver("{OAUTH-KV:campaign}"))
        .output_claim("hint", resolver("for {OIDC:LoginHint}"))
        .output_claim("nothing", resolver("{OAUTH-KV:nothing}"));
    let mut bench = bench(flow).await;
    let ask = bench
        .ask()
        .with("campaign", "spring <1>")
        .with("login_hint", "ada@emulator.example");
    let tokens = bench.tokens(&ask).await;
    let id_token = claims(&tokens["id_token"]);
    assert_eq!(id_token["campaign"], "spring <1>");
    assert_eq!(id_token["hint"], "for ada@emulator.example");
    assert_eq!(id_token["plan"], "gold");
    assert_eq!(id_token["name"], "Ada Lovelace");
    for absent in ["emails", "city", "nothing"] {
        assert!(id_token.get(absent).is_none(), "{absent}");
    }
    assert!(id_token["iss"].as_str().unwrap().contains("/tfp/"));
    let metadata = bench.emulator.metadata_url(SIGN_IN).unwrap();
    let metadata = bench.visitor.get(&metadata).await.json();
    assert_eq!(metadata["issuer"], id_token["iss"]);
    let refreshed = bench
        .refresh(tokens["refresh_token"].as_str().unwrap())
        .await;
    assert_eq!(
        claims(&refreshed.json()["id_token"])["campaign"],
        "spring <1>"
    );
}

#[tokio::test]
async fn a_sign_in_flow_offers_no_sign_up() {
    let mut bench = bench(UserFlow::sign_in("B2C_1_signin")).await;
    let page = bench.open(&bench.ask().at("B2C_1_signin")).await;
    assert!(page.attribute("createAccount", "href").is_none());
    let answer = bench.visitor.submit(&page, &ADA).await;
    assert!(!answer.code().is_empty());
}
