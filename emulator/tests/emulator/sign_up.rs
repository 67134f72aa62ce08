//! Creating an account.

use crate::support::{Bench, Page, claims};

const DETAILS: [(&str, &str); 5] = [
    ("displayName", "Katherine < Johnson > & Co"),
    ("givenName", "Katherine"),
    ("surname", "Johnson"),
    ("city", "Hampton"),
    ("country", "USA"),
];

async fn verified(bench: &mut Bench, email: &str) -> Page {
    let page = bench.open(&bench.ask().with("prompt", "login")).await;
    let page = bench.visitor.click(&page, "createAccount").await;
    let page = bench
        .visitor
        .submit(&page, &[("email", email), ("action", "sendCode")])
        .await;
    let code = page.text_of("mailboxCode").unwrap();
    let verify = [
        ("verificationCode", code.as_str()),
        ("action", "verifyCode"),
    ];
    bench.visitor.submit(&page, &verify).await
}

fn with_passwords<'a>(new: &'a str, again: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("newPassword", new),
        ("reenterPassword", again),
        ("action", "create"),
    ];
    fields.extend(DETAILS);
    fields
}

#[tokio::test]
async fn an_account_is_created_and_signed_in() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "katherine@emulator.example").await;
    let fields = with_passwords("Passw0rd!", "Passw0rd!");
    let code = bench.visitor.submit(&page, &fields).await.code();
    let tokens = bench.redeem(&code).await.json();
    let first = claims(&tokens["id_token"]);
    assert_eq!(first["newUser"], true);
    assert_eq!(first["name"], "Katherine < Johnson > & Co");
    assert_eq!(first["emails"][0], "katherine@emulator.example");
    let user = bench.emulator.users().pop().unwrap();
    assert_eq!(
        (user.sign_in_name(), user.password()),
        ("katherine@emulator.example", "Passw0rd!")
    );
    assert_eq!(user.display_name(), "Katherine < Johnson > & Co");

    // The next sign-in is an ordinary one, and the name is escaped on the page.
    let page = bench.open(&bench.ask().with("prompt", "login")).await;
    assert!(
        page.body
            .contains("Sign in as Katherine &lt; Johnson &gt; &amp; Co</button>")
    );
    let fields = [
        ("signInName", "katherine@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let code = bench.visitor.submit(&page, &fields).await.code();
    let tokens = bench.redeem(&code).await.json();
    assert_eq!(claims(&tokens["id_token"]).get("newUser"), None);
}

#[tokio::test]
async fn the_address_has_to_be_verified() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let page = bench.visitor.click(&page, "createAccount").await;
    assert_eq!(
        page.text_of("emailVerificationSendCode").as_deref(),
        Some("Send verification code")
    );
    // Nobody gets an account by leaving steps out.
    let skipped = bench
        .visitor
        .submit(&page, &with_passwords("Passw0rd!", "Passw0rd!"))
        .await;
    assert!(skipped.text_of("emailVerificationSendCode").is_some());
    assert_eq!(bench.emulator.users().len(), 2);

    for (email, text) in [
        ("", "This information is required."),
        ("katherine", "Please enter a valid email address."),
    ] {
        let page = bench.visitor.submit(&page, &[("email", email)]).await;
        assert_eq!(page.text_of("error").as_deref(), Some(text));
    }
    let page = bench
        .visitor
        .submit(&page, &[("email", "k@emulator.example")])
        .await;
    let code = page.text_of("mailboxCode").unwrap();
    for (typed, text) in [
        ("", "This information is required."),
        ("0", "That code is incorrect. Please try again."),
    ] {
        let page = bench
            .visitor
            .submit(&page, &[("verificationCode", typed)])
            .await;
        assert_eq!(page.text_of("error").as_deref(), Some(text));
    }
    // A new code makes the old one worthless.
    let page = bench.visitor.submit(&page, &[("action", "sendCode")]).await;
    let new_code = page.text_of("mailboxCode").unwrap();
    if code != new_code {
        let page = bench
            .visitor
            .submit(&page, &[("verificationCode", &code)])
            .await;
        assert!(page.text_of("error").is_some());
    }
    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(1201));
    let late = bench
        .visitor
        .submit(&page, &[("verificationCode", &new_code)])
        .await;
    assert_eq!(
        late.text_of("error").as_deref(),
        Some("That code is expired. Please request a new code.")
    );
    let page = bench
        .visitor
        .submit(&page, &[("action", "changeEmail")])
        .await;
    assert!(page.text_of("emailVerificationSendCode").is_some());
}

#[tokio::test]
async fn details_are_checked() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "k@emulator.example").await;
    for (new, again, text) in [
        (
            "short1!",
            "short1!",
            "The password must be between 8 and 64 characters.",
        ),
        (
            "onlyletters",
            "onlyletters",
            "The password must have at least 3 of the following:",
        ),
        (
            "Passw0rd!",
            "Passw0rd?",
            "The password entry fields do not match.",
        ),
    ] {
        let page = bench
            .visitor
            .submit(&page, &with_passwords(new, again))
            .await;
        let alert = page.text_of("error").unwrap();
        assert!(alert.starts_with(text), "{alert}");
        assert_eq!(page.attribute("city", "value").as_deref(), Some("Hampton"));
    }
    let page = bench.visitor.submit(&page, &[("action", "create")]).await;
    assert!(
        page.text_of("error")
            .unwrap()
            .starts_with("One or more fields")
    );
    assert_eq!(
        page.text_of("country-error").as_deref(),
        Some("This information is required.")
    );
    let long = "x".repeat(251);
    let mut fields = with_passwords("Passw0rd!", "Passw0rd!");
    fields[3].1 = &long;
    let page = bench.visitor.submit(&page, &fields).await;
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("This must have at most 250 characters.")
    );
    assert_eq!(bench.emulator.users().len(), 2);
}

#[tokio::test]
async fn an_address_has_one_account() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "Ada@Emulator.example").await;
    let page = bench
        .visitor
        .submit(&page, &with_passwords("Passw0rd!", "Passw0rd!"))
        .await;
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("A user with the specified ID already exists. Please choose a different one.")
    );
}

#[tokio::test]
async fn one_can_turn_back_or_cancel() {
    let mut bench = Bench::new().await;
    let page = verified(&mut bench, "k@emulator.example").await;
    let page = bench.visitor.click(&page, "backToSignIn").await;
    assert_eq!(page.text_of("next").as_deref(), Some("Sign in"));
    let page = bench.visitor.click(&page, "createAccount").await;
    let cancelled = bench.visitor.submit(&page, &[("action", "cancel")]).await;
    assert_eq!(cancelled.error_code(), "AADB2C90091");
}
