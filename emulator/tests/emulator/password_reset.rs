//! The password reset user flow.

use crate::support::{Bench, Page, RESET, claims};

async fn verified(bench: &mut Bench, email: &str) -> Page {
    let page = bench.open(&bench.ask().at(RESET)).await;
    let page = bench.visitor.submit(&page, &[("email", email)]).await;
    let code = page.text_of("mailboxCode").unwrap();
    bench
        .visitor
        .submit(&page, &[("verificationCode", &code)])
        .await
}

#[tokio::test]
async fn a_new_password_signs_in() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "ada@emulator.example").await;
    let bad = [("newPassword", "x"), ("reenterPassword", "x")];
    let page = bench.visitor.submit(&page, &bad).await;
    assert!(page.text_of("error").unwrap().contains("between 8 and 64"));
    let good = [
        ("newPassword", "N3w-Passw0rd"),
        ("reenterPassword", "N3w-Passw0rd"),
    ];
    let code = bench.visitor.submit(&page, &good).await.code();
    let tokens = bench.token(RESET, &bench.redemption(&code)).await.json();
    assert_eq!(claims(&tokens["id_token"])["tfp"], RESET);
    assert_eq!(bench.emulator.users()[0].password(), "N3w-Passw0rd");

    let page = bench.open(&bench.ask().with("prompt", "login")).await;
    let old = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let page = bench.visitor.submit(&page, &old).await;
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("Your password is incorrect.")
    );
    let new = [
        ("signInName", "ada@emulator.example"),
        ("password", "N3w-Passw0rd"),
    ];
    assert_eq!(bench.visitor.submit(&page, &new).await.status, 302);
}

#[tokio::test]
async fn a_session_does_not_spare_the_verification() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    let page = bench.open(&bench.ask().at(RESET)).await;
    assert!(page.text_of("emailVerificationSendCode").is_some());
    // There is no way around it.
    let fields = [
        ("newPassword", "N3w-Passw0rd"),
        ("reenterPassword", "N3w-Passw0rd"),
        ("action", "setPassword"),
    ];
    let page = bench.visitor.submit(&page, &fields).await;
    assert!(page.text_of("emailVerificationSendCode").is_some());
    let page = bench
        .visitor
        .submit(
            &page,
            &[
                ("signInName", "ada@emulator.example"),
                ("password", "Passw0rd!"),
                ("action", "signIn"),
            ],
        )
        .await;
    assert!(page.text_of("emailVerificationSendCode").is_some());
}

#[tokio::test]
async fn an_address_without_an_account_is_told_so() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "nobody@emulator.example").await;
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("An account could not be found for the provided user ID.")
    );
    assert!(page.text_of("emailVerificationSendCode").is_some());
}

#[tokio::test]
async fn cancel_goes_back_to_the_application() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "ada@emulator.example").await;
    let cancelled = bench.visitor.submit(&page, &[("action", "cancel")]).await;
    assert_eq!(cancelled.error_code(), "AADB2C90091");
    assert_eq!(cancelled.parameter("state").as_deref(), Some("s t/1"));
}
