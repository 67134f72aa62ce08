//! Guards that ask more of a user than to be signed in.

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, TenantKind};
use http::StatusCode;

use super::{MINUTES, asked, flow, routes, world};
use crate::providers::{GUID, world as world_of};
use crate::support::{Log, World};

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[tokio::test]
async fn a_signed_in_user_steps_up_once_and_keeps_what_the_sign_in_gave() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    let before = visitor.cookies().clone();

    let page = visitor.opens("/vault").await;
    assert_eq!(page.app_path(), Some("/vault"), "{}", page.body);
    assert_eq!(flow(&visitor), "b2c_1a_stepup");
    assert_eq!(asked(&visitor, "scope").as_deref(), Some("openid"));
    assert_eq!(
        page.body,
        "Ada Lovelace by B2C_1_signupsignin1, step true, campaign step"
    );
    let session = |jar: &std::collections::BTreeMap<String, String>| {
        let cookie = jar.iter().find(|(name, _)| name.contains("session"));
        cookie.map(|(_, value)| value.clone())
    };
    assert_ne!(session(&before), session(visitor.cookies()), "a new ticket");

    // The second time nobody is asked, and the tokens are those of the sign-in.
    assert_eq!(visitor.asks("/vault").await.status, StatusCode::OK);
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    world.wait(58 * MINUTES);
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    // Behind the request.
    let refreshed = |_: &Emulator| world.grants("refresh_token") == 1;
    assert!(world.emulator.wait_until(PATIENCE, refreshed).await);
    assert_eq!(visitor.asks("/vault").await.status, StatusCode::OK);

    // The ticket from before is dead.
    let mut thief = world.visitor();
    thief.cookies().clone_from(&before);
    assert!(thief.asks("/").await.body.contains("stranger"));
}

#[tokio::test]
async fn an_anonymous_user_signs_in_with_the_flow_that_the_page_wants() {
    let world = world().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/vault").await;
    assert_eq!(page.app_path(), Some("/vault"));
    assert_eq!(
        page.body,
        "Ada Lovelace by B2C_1A_StepUp, step true, campaign step"
    );
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
}

#[tokio::test]
async fn a_step_up_that_comes_back_after_a_sign_out_is_a_sign_in() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let request = visitor.asks("/vault").await;
    let callback = visitor.is_answered(&request).await;
    visitor.signs_out().await;
    let page = visitor.opens(&callback).await;
    assert_eq!(page.app_path(), None, "asked for credentials");
    assert_eq!(flow(&visitor), "b2c_1a_stepup");
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn another_account_cannot_step_up_for_the_signed_in_one() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor.forgets_the_provider();
    let page = visitor.opens("/vault").await;
    let page = visitor
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("another account"), "{}", page.body);
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("Ada Lovelace") && page.body.contains("step false"));
}

#[tokio::test]
async fn a_fresh_sign_in_is_asked_for_when_the_last_one_is_too_old() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(visitor.asks("/fresh").await.status, StatusCode::OK);

    world.wait(10 * MINUTES);
    let page = visitor.opens("/fresh").await;
    assert_eq!(asked(&visitor, "max_age").as_deref(), Some("300"));
    assert_eq!(page.app_path(), None, "single sign-on does not count");
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/fresh"));
    assert_eq!(visitor.asks("/fresh").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_provider_that_overlooks_max_age_is_asked_more_plainly_and_then_given_up() {
    let world = world().await;
    let mut visitor = world.visitor();
    // By its word, every sign-in was ten minutes ago.
    let long_ago = Misbehaviour::ClockSkew(-600);
    world.emulator.misbehave(Endpoint::Token, long_ago);
    let page = visitor.signs_in("/fresh").await;
    assert_eq!(asked(&visitor, "prompt").as_deref(), Some("login"));
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("give your password again"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_provider_that_does_not_tell_when_the_user_signed_in_is_not_believed() {
    let world = world_of(TenantKind::Entra, |emulator| {
        let base = emulator.base_url();
        format!("kind = \"entra\"\nemulator = true\nauthority = \"{base}/{GUID}\"")
    });
    let world = world.routes(routes()).build().await;
    let (log, _guard) = Log::open(tracing::Level::ERROR);
    let page = world.visitor().signs_in("/fresh").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{}", page.body);
    let text = log.take();
    assert!(text.contains("optional claim auth_time"), "{text}");
}

#[tokio::test]
async fn a_step_up_outlives_another_sign_in_of_the_same_user_and_no_other() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/vault").await;
    visitor.opens("/write").await;
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("step true"), "{}", page.body);

    visitor.forgets_the_provider();
    // To change users is what the choice of an account is for; nothing else does it unnoticed.
    let page = visitor.opens("/hinted").await;
    let page = visitor
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("step true"), "{}", page.body);

    visitor.forgets_the_provider();
    let page = visitor.opens("/switch").await;
    visitor
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("Grace Hopper"), "{}", page.body);
    assert!(page.body.contains("step false"), "{}", page.body);
}

#[tokio::test]
async fn the_class_of_an_authentication_is_asked_for_and_checked() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    // The sign-in flow has no such class; the page says so, and nothing goes in circles.
    let page = visitor.opens("/platinum").await;
    assert_eq!(asked(&visitor, "acr_values").as_deref(), Some("platinum"));
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("stronger sign-in"), "{}", page.body);
    assert_eq!(visitor.asks("/whoami").await.status, StatusCode::OK);

    // A custom policy names itself as the class.
    visitor.opens("/vault").await;
    assert_eq!(visitor.asks("/gold").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refresh_under_way_is_not_lost_by_a_step_up() {
    let world = World::with()
        .emulator(|builder| super::flows(builder).single_use_refresh_tokens(true))
        .settings(super::settings)
        .routes(routes())
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(58 * MINUTES);
    let request = visitor.asks("/vault").await;
    let callback = visitor.is_answered(&request).await;
    let delay = Misbehaviour::Delay(std::time::Duration::from_millis(300));
    world.emulator.misbehave(Endpoint::Token, delay);
    let mut other_tab = world.visitor();
    other_tab.cookies().clone_from(visitor.cookies());
    let refresh = async {
        // Begins while the code is redeemed, and ends after that.
        let redeemed = |emulator: &Emulator| emulator.requests_under_way() > 0;
        assert!(world.emulator.wait_until(PATIENCE, redeemed).await);
        other_tab.asks("/api").await
    };
    let (page, _) = tokio::join!(visitor.opens(&callback), refresh);
    assert_eq!(page.app_path(), Some("/vault"), "{}", page.body);
    world.emulator.behave();
    world.wait(58 * MINUTES);
    let page = visitor.asks("/api").await;
    assert!(
        page.body.starts_with("200 "),
        "{} {}",
        page.status,
        page.location()
    );
}
