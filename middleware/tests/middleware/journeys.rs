//! What users do, from link to page.

use std::time::Duration;

use b2c_emulator::Emulator;
use http::{Method, StatusCode};

use crate::support::World;

#[tokio::test]
async fn a_protected_page_leads_through_sign_in_and_back_to_the_very_url() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private?tab=2&q=a%20b").await;
    assert_eq!(page.app_path(), Some("/private?tab=2&q=a%20b"));
    assert_eq!(page.body, "ada@emulator.example of B2C_1_signupsignin1");
    assert_eq!(visitor.opens("/").await.body, "Hello, Ada Lovelace");
    assert!(
        visitor.history.iter().all(|url| !url.contains("eyJ0eXAi")),
        "no token in a URL"
    );
}

#[tokio::test]
async fn anonymous_visitors_get_public_pages_and_no_cookies() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/").await;
    assert_eq!(page.body, "Hello, stranger");
    assert!(visitor.cookies().is_empty());
}

#[tokio::test]
async fn the_sign_in_link_returns_where_it_is_told_and_only_there() {
    let world = World::new().await;
    let cases = [
        ("/login?return_to=/private%3Fa%3D1", "/private?a=1"),
        ("/login", "/"),
        ("/login?return_to=https://evil.example/", "/"),
        ("/login?return_to=//evil.example/", "/"),
        ("/login?return_to=/%5Cevil.example/", "/"),
        ("/login?return_to=/login", "/"),
        ("/login?return_to=/getAToken", "/"),
    ];
    for (link, end) in cases {
        let page = world.visitor().signs_in(link).await;
        assert_eq!(page.app_path(), Some(end), "{link}");
    }
    // Signed in already: straight on.
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    assert_eq!(
        visitor.asks("/login?return_to=/private").await.location(),
        "/private"
    );
}

#[tokio::test]
async fn a_wrong_password_stays_on_the_providers_page() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let page = visitor.enters(&page, "ada@emulator.example", "wrong").await;
    assert_eq!(page.app_path(), None);
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("Your password is incorrect.")
    );
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/private"));
}

#[tokio::test]
async fn cancelling_returns_without_a_loop() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/login?return_to=/").await;
    let page = visitor.submits(&page, "cancel", &[]).await;
    assert_eq!((page.app_path(), page.status), (Some("/"), StatusCode::OK));

    // From a protected page: not back to the provider, but a page that says what happened.
    let page = visitor.opens("/private").await;
    let page = visitor.submits(&page, "cancel", &[]).await;
    assert_eq!(
        (page.app_path(), page.status),
        (Some("/private"), StatusCode::UNAUTHORIZED)
    );
    assert!(
        page.body.contains("Sign-in cancelled")
            && page.body.contains("/login?return_to=%2Fprivate")
    );
    // Asking again is a new try.
    assert_eq!(visitor.opens("/private").await.app_path(), None);
}

#[tokio::test]
async fn a_forgotten_password_starts_the_reset_flow_by_itself() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private?x=1").await;
    let page = visitor.follows(&page, "forgotPassword").await;
    assert!(
        page.url.to_lowercase().contains("b2c_1_passwordreset1"),
        "{}",
        page.url
    );

    let page = visitor.resets_password(&page).await;
    // Signed in, or at sign-in if the provider wants the new password once.
    let page = if page.app_path().is_none() {
        visitor
            .enters(&page, "ada@emulator.example", "N3w-Passw0rd")
            .await
    } else {
        page
    };
    assert_eq!(page.app_path(), Some("/private?x=1"));
    assert_eq!(page.body, "ada@emulator.example of B2C_1_signupsignin1");
}

#[tokio::test]
async fn cancelling_the_reset_returns_without_a_loop() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    let page = visitor.follows(&page, "forgotPassword").await;
    let page = visitor.submits(&page, "cancel", &[]).await;
    assert_eq!((page.app_path(), page.status), (Some("/"), StatusCode::OK));
}

#[tokio::test]
async fn an_edited_profile_shows_at_once_and_survives_a_refresh() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    let page = visitor.opens("/edit-profile?return_to=/").await;
    let page = visitor
        .submits(
            &page,
            "displayName",
            &[("displayName", "Countess of < Lovelace &")],
        )
        .await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, Countess of < Lovelace &")
    );
    assert_eq!(
        visitor.cookies()["b2c-session-5000"],
        ticket,
        "it is the same session"
    );

    // B2C repeats the old claims when it refreshes; the new name must stay.
    world.wait(Duration::from_secs(3500));
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    let refreshed = |_: &Emulator| world.grants("refresh_token") == 1;
    let within = Duration::from_secs(10);
    assert!(world.emulator.wait_until(within, refreshed).await);
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, Countess of < Lovelace &"
    );
}

#[tokio::test]
async fn cancelling_the_edit_keeps_the_session() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let page = visitor.opens("/edit-profile?return_to=/private").await;
    let page = visitor.submits(&page, "cancel", &[]).await;
    assert_eq!(
        (page.app_path(), page.status),
        (Some("/private"), StatusCode::OK)
    );
    assert_eq!(visitor.opens("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn editing_without_a_session_signs_in_first() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/edit-profile").await;
    assert!(
        page.url.to_lowercase().contains("b2c_1_profileediting1"),
        "{}",
        page.url
    );
}

#[tokio::test]
async fn signing_up_makes_a_user_who_is_signed_in() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let page = visitor.follows(&page, "createAccount").await;
    let email = "hedy@emulator.example";
    let page = visitor
        .submits(&page, "emailVerificationSendCode", &[("email", email)])
        .await;
    let code = page.text_of("mailboxCode").unwrap();
    let page = visitor
        .submits(&page, "verificationCode", &[("verificationCode", &code)])
        .await;
    let attributes = [
        ("newPassword", "Fr3quency-Hop"),
        ("reenterPassword", "Fr3quency-Hop"),
        ("displayName", "Hedy Lamarr"),
        ("givenName", "Hedy"),
        ("surname", "Lamarr"),
        ("city", "Vienna"),
        ("country", "Austria"),
    ];
    let page = visitor.submits(&page, "newPassword", &attributes).await;
    assert_eq!(page.app_path(), Some("/private"));
    assert_eq!(visitor.opens("/").await.body, "Hello, Hedy Lamarr");
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    let asked = visitor.opens("/logout").await;
    assert!(asked.status == StatusCode::OK && asked.body.contains("Sign out?"));

    let page = visitor.signs_out().await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, stranger")
    );
    assert!(visitor.cookies().is_empty());
    // The old ticket is dead, and the provider asks for the password again.
    visitor
        .cookies()
        .insert("b2c-session-5000".to_owned(), ticket);
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
    assert!(visitor.opens("/private").await.body.contains("signInName"));
}

#[tokio::test]
async fn signing_out_works_when_the_provider_is_away() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    world.emulator.misbehave(
        b2c_emulator::Endpoint::Metadata,
        b2c_emulator::Misbehaviour::Status(503),
    );
    let answer = visitor
        .sends(Method::POST, "http://localhost:5000/logout", None)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_form_sent_without_a_session_is_not_turned_into_a_redirect() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let form = std::collections::BTreeMap::new();
    let page = visitor
        .sends(Method::POST, "http://localhost:5000/private", Some(&form))
        .await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.body.contains("Please sign in again"));
}

#[tokio::test]
async fn sessions_end_when_idle_and_in_any_case_after_a_day_of_work() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    for _ in 0..8 {
        world.wait(minutes(59));
        assert_eq!(visitor.opens("/").await.body, "Hello, Ada Lovelace");
    }
    world.wait(minutes(59));
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, stranger",
        "480 minutes are over"
    );

    visitor.opens("/login").await;
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, Ada Lovelace",
        "the provider still knows Ada"
    );
    world.wait(minutes(61));
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, stranger",
        "an idle hour"
    );
}
