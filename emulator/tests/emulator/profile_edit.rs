//! The profile editing user flow.

use crate::support::{Bench, EDIT, claims};

const ADA: [(&str, &str); 2] = [
    ("signInName", "ada@emulator.example"),
    ("password", "Passw0rd!"),
];
const COUNTESS: [(&str, &str); 5] = [
    ("displayName", "Countess of Lovelace"),
    ("givenName", "Augusta Ada"),
    ("surname", "King"),
    ("city", "Ockham"),
    ("country", "United Kingdom"),
];

#[tokio::test]
async fn with_a_session_the_form_comes_at_once() {
    let mut bench = Bench::new().await;
    let before = bench.tokens(&bench.ask()).await;
    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(60));
    let page = bench.open(&bench.ask().at(EDIT)).await;
    assert_eq!(
        page.attribute("displayName", "value").as_deref(),
        Some("Ada Lovelace")
    );
    assert_eq!(page.attribute("city", "value").as_deref(), Some("London"));
    let code = bench.visitor.submit(&page, &COUNTESS).await.code();
    let tokens = bench.token(EDIT, &bench.redemption(&code)).await.json();
    let (before, after) = (claims(&before["id_token"]), claims(&tokens["id_token"]));
    assert_eq!(after["name"], "Countess of Lovelace");
    assert_eq!(after["family_name"], "King");
    assert_eq!(after["tfp"], EDIT);
    assert_eq!(after["auth_time"], before["auth_time"]);
    assert_eq!(
        bench.emulator.users()[0].display_name(),
        "Countess of Lovelace"
    );

    // The session is still there, with the new name.
    let code = bench.open(&bench.ask()).await.code();
    let tokens = bench.redeem(&code).await.json();
    assert_eq!(claims(&tokens["id_token"])["name"], "Countess of Lovelace");
}

#[tokio::test]
async fn without_a_session_one_signs_in_first() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask().at(EDIT)).await;
    assert_eq!(page.text_of("next").as_deref(), Some("Sign in"));
    assert_eq!(page.text_of("createAccount"), None);
    let page = bench.visitor.submit(&page, &ADA).await;
    assert_eq!(page.text_of("continue").as_deref(), Some("Continue"));
    assert_eq!(
        page.attribute("surname", "value").as_deref(),
        Some("Lovelace")
    );
    let page = bench.visitor.submit(&page, &[("displayName", " ")]).await;
    assert!(
        page.text_of("error")
            .unwrap()
            .starts_with("One or more fields")
    );
    assert_eq!(bench.visitor.submit(&page, &COUNTESS).await.status, 302);
}

#[tokio::test]
async fn nothing_is_saved_by_leaving_the_sign_in_out() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask().at(EDIT)).await;
    let mut fields = COUNTESS.to_vec();
    fields.push(("action", "save"));
    let page = bench.visitor.submit(&page, &fields).await;
    assert_eq!(page.text_of("next").as_deref(), Some("Sign in"));
    assert_eq!(bench.emulator.users()[0].display_name(), "Ada Lovelace");
}

#[tokio::test]
async fn cancel_changes_nothing_and_keeps_the_session() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    let page = bench.open(&bench.ask().at(EDIT)).await;
    let cancelled = bench.visitor.submit(&page, &[("action", "cancel")]).await;
    assert_eq!(cancelled.error_code(), "AADB2C90091");
    assert_eq!(bench.emulator.users()[0].display_name(), "Ada Lovelace");
    assert_eq!(bench.open(&bench.ask()).await.status, 302);
}
