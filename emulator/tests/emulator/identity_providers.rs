//! Accounts of other identity providers.

use b2c_emulator::{Emulator, IdentityProvider, UserFlow};

use crate::support::{Bench, SIGN_IN, claims};

async fn bench() -> Bench {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN)
        .identity_provider(IdentityProvider::google())
        .identity_provider(IdentityProvider::new("Contoso", "contoso.com"));
    Bench::of(Emulator::builder().user_flow(flow)).await
}

const MARY: [(&str, &str); 2] = [("email", "mary@mail.example"), ("displayName", "Mary")];

#[tokio::test]
async fn a_new_account_is_made_once() {
    let mut bench = bench().await;
    for is_new in [true, false] {
        let page = bench.open(&bench.ask().with("prompt", "login")).await;
        let page = bench.visitor.click(&page, "GoogleExchange").await;
        let answer = bench.visitor.submit(&page, &MARY).await;
        let tokens = bench.redeem(&answer.code()).await.json();
        let claims = claims(&tokens["id_token"]);
        assert_eq!(claims["idp"], "google.com");
        assert_eq!(claims["name"], "Mary");
        assert_eq!(claims.get("newUser").is_some(), is_new);
    }
}

#[tokio::test]
async fn a_denial_and_an_outage_go_to_the_application() {
    let mut bench = bench().await;
    for (action, code, error) in [
        ("deny", "AADB2C90273", "access_denied"),
        ("unavailable", "AADB2C90289", "server_error"),
    ] {
        let page = bench.open(&bench.ask()).await;
        let page = bench.visitor.click(&page, "GoogleExchange").await;
        let answer = bench.visitor.submit(&page, &[("action", action)]).await;
        assert_eq!(answer.error_code(), code);
        assert_eq!(answer.parameter("error").unwrap(), error);
    }
}

#[tokio::test]
async fn a_domain_hint_skips_the_choice() {
    let mut bench = bench().await;
    let hinted = bench
        .open(&bench.ask().with("domain_hint", "contoso.com"))
        .await;
    assert!(hinted.body.contains("<h1>Contoso</h1>"));
    let unknown = bench
        .open(&bench.ask().with("domain_hint", "else.example"))
        .await;
    assert!(unknown.body.contains("<h1>Sign in</h1>"));
}

#[tokio::test]
async fn accounts_elsewhere_have_no_password_here() {
    let mut bench = bench().await;
    let page = bench
        .open(&bench.ask().with("domain_hint", "google.com"))
        .await;
    bench.visitor.submit(&page, &MARY).await.code();
    let page = bench.open(&bench.ask().with("prompt", "login")).await;
    let fields = [("signInName", "mary@mail.example"), ("password", "x")];
    let page = bench.visitor.submit(&page, &fields).await;
    assert_eq!(
        page.text_of("error").unwrap(),
        "We can't seem to find your account."
    );
}

#[tokio::test]
async fn where_nobody_signs_up_an_unknown_account_is_refused() {
    let google = IdentityProvider::google();
    let builder = Emulator::builder()
        .user_flow(UserFlow::sign_in("B2C_1_signin").identity_provider(google.clone()))
        .user_flow(UserFlow::sign_in("B2C_1A_signin").identity_provider(google));
    let mut bench = Bench::of(builder).await;
    let ask = bench
        .ask()
        .at("B2C_1_signin")
        .with("domain_hint", "google.com");
    let page = bench.open(&ask).await;
    let answer = bench.visitor.submit(&page, &MARY).await;
    assert_eq!(answer.error_code(), "AADB2C99002");
    let ask = bench
        .ask()
        .at("B2C_1A_signin")
        .with("domain_hint", "else.example");
    assert_eq!(bench.open(&ask).await.error_code(), "AADB2C90051");
}
