//! A provider that is away, slow, wrong or lying.

use std::time::{Duration, Instant};

use b2c_emulator::{Endpoint, Misbehaviour};
use http::StatusCode;
use tracing::Level;

use crate::support::{Log, World};

#[tokio::test]
async fn a_provider_that_is_down_gives_a_kind_page_and_recovers() {
    for misbehaviour in [
        Misbehaviour::Status(503),
        Misbehaviour::Status(429),
        Misbehaviour::Status(404),
        Misbehaviour::Html,
        Misbehaviour::TruncatedJson,
    ] {
        for endpoint in [Endpoint::Metadata, Endpoint::Keys] {
            let world = World::new().await;
            world.emulator.misbehave(endpoint, misbehaviour.clone());
            let mut visitor = world.visitor();
            let page = visitor.opens("/private").await;
            assert_eq!(
                page.status,
                StatusCode::SERVICE_UNAVAILABLE,
                "{endpoint:?} {misbehaviour:?}"
            );
            assert!(
                page.body.contains("not available right now"),
                "{}",
                page.body
            );
            assert!(page.headers.contains_key("retry-after"));
            assert_eq!(
                visitor.opens("/").await.status,
                StatusCode::OK,
                "public pages are served"
            );

            world.emulator.behave();
            world.wait(Duration::from_secs(3));
            assert_eq!(
                visitor.signs_in("/private").await.app_path(),
                Some("/private")
            );
        }
    }
}

#[tokio::test]
async fn the_log_says_that_a_provider_is_away_and_that_it_is_back() {
    let (log, _open) = Log::open(Level::INFO);
    let world = World::new().await;
    world.visitor().signs_in("/private").await;
    let hears = async |wanted: &str| {
        let begun = Instant::now();
        while !log.take().contains(wanted) {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "not said: {wanted}"
            );
            world.visitor().opens("/login").await;
        }
    };

    world.wait(Duration::from_secs(2 * 3600));
    let down = Misbehaviour::Status(503);
    world.emulator.misbehave(Endpoint::Metadata, down);
    hears("the last known is in use").await;
    world.emulator.behave();
    world.wait(Duration::from_secs(120));
    hears("the provider answers again").await;
    world.wait(Duration::from_secs(2 * 3600));
    for _ in 0..5 {
        world.visitor().opens("/login").await;
    }
    let said = log.take();
    assert!(!said.contains("answers again"), "once is enough: {said}");
}

#[tokio::test]
async fn a_token_endpoint_that_fails_gives_a_kind_page() {
    for misbehaviour in [
        Misbehaviour::Status(500),
        Misbehaviour::Status(429),
        Misbehaviour::Html,
        Misbehaviour::TruncatedJson,
    ] {
        let world = World::new().await;
        world
            .emulator
            .misbehave(Endpoint::Token, misbehaviour.clone());
        let mut visitor = world.visitor();
        let page = visitor.signs_in("/private").await;
        assert_eq!(
            page.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{misbehaviour:?}"
        );
        assert!(page.body.contains("Reference"), "{}", page.body);
        world.emulator.behave();
        assert_eq!(visitor.opens("/private").await.app_path(), Some("/private"));
    }
}

#[tokio::test]
async fn a_provider_that_vanishes_between_sign_in_and_callback_gives_a_kind_page() {
    let mut world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let form = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let callback = visitor.fills(&page, "signInName", &form.into()).await;
    let jar = visitor.cookies().clone();

    // Another emulator takes the place of the first, whose port is closed with it.
    world.emulator = b2c_emulator::Emulator::builder().start().await.unwrap();
    let mut visitor = world.visitor();
    visitor.cookies().clone_from(&jar);
    let page = visitor.asks(&callback).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        page.body.contains("not available right now"),
        "{}",
        page.body
    );
    assert!(page.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up_after_ten_seconds() {
    let world = World::new().await;
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Hang);
    let started = Instant::now();
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn tokens_that_are_not_genuine_are_refused() {
    for misbehaviour in [
        Misbehaviour::WrongIssuer,
        Misbehaviour::WrongAudience,
        Misbehaviour::WrongNonce,
        Misbehaviour::WrongPolicy,
        Misbehaviour::BadSignature,
        Misbehaviour::UnknownKid,
        Misbehaviour::Expired,
        Misbehaviour::AlgNone,
        Misbehaviour::NoIdToken,
    ] {
        let world = World::new().await;
        world
            .emulator
            .misbehave(Endpoint::Token, misbehaviour.clone());
        let mut visitor = world.visitor();
        let page = visitor.signs_in("/private").await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{misbehaviour:?}");
        assert!(
            !visitor.cookies().contains_key("b2c-session-5000"),
            "{misbehaviour:?}"
        );
        assert!(
            page.body.contains("Reference") && !page.body.contains("eyJ"),
            "{misbehaviour:?}"
        );
    }
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_named_as_the_cause() {
    // Tokens live for an hour: an hour behind, they end just as they arrive.
    for seconds in [3600, -3600 - 180] {
        let world = World::new().await;
        world.emulator.set_clock_offset(seconds);
        let page = world.visitor().signs_in("/private").await;
        assert_eq!(
            page.status,
            StatusCode::BAD_GATEWAY,
            "{seconds}: {}",
            page.body
        );
        assert!(
            page.body.contains("The clocks do not agree"),
            "{seconds}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn a_failure_remembered_by_a_wrong_clock_does_not_outlive_its_correction() {
    let clock = tower_b2c::testing::ManualClock::default();
    let ahead = std::time::SystemTime::now() + Duration::from_secs(3600);
    let wrong = tower_b2c::testing::ManualClock::new(ahead);
    let layer_clock = wrong.clone();
    let world = World::with()
        .parts(move |builder| builder.clock(layer_clock.clone()))
        .build()
        .await;
    world
        .emulator
        .misbehave(Endpoint::Metadata, Misbehaviour::Status(503));
    assert_eq!(
        world.visitor().asks("/login").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    world.emulator.behave();
    wrong.set(tower_b2c::Clock::now(&clock));
    assert_eq!(
        world.visitor().asks("/login").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_new_signing_key_is_fetched_when_a_token_names_it() {
    let world = World::new().await;
    world.visitor().signs_in("/private").await;
    world.emulator.rotate_signing_key();
    world.emulator.drop_old_signing_keys();
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.app_path(), Some("/private"));
}

#[tokio::test]
async fn made_up_keys_do_not_make_us_flood_the_provider() {
    let world = World::new().await;
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::UnknownKid);
    let fetched = || {
        let requests = world.emulator.requests();
        requests
            .iter()
            .filter(|request| request.endpoint() == Some(Endpoint::Keys))
            .count()
    };
    for _ in 0..5 {
        world.visitor().signs_in("/private").await;
    }
    assert_eq!(
        fetched(),
        2,
        "once to begin with, once for the first unknown key"
    );
}

#[tokio::test]
async fn an_emulator_is_not_trusted_without_the_setting() {
    let world = World::with()
        .config(|file| file.set("provider.emulator", false))
        .build()
        .await;
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_shown_to_the_operator() {
    let world = World::with()
        .registered_redirect_uri("http://localhost:5000/registered")
        .build()
        .await;
    let answer = world.visitor().asks("/login").await;
    let location = answer.location().to_owned();
    let mut visitor = world.visitor();
    let back = visitor.asks(&location).await;
    assert!(
        back.location()
            .starts_with("http://localhost:5000/registered?error=redirect_uri_mismatch")
    );
    // Had the registered one been ours:
    let page = visitor
        .asks(&back.location().replace("/registered", "/getAToken"))
        .await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("AADB2C90006"));
}

#[tokio::test]
async fn a_wrong_client_secret_is_a_configuration_error_with_its_code() {
    let world = World::with()
        .config(|file| {
            file.environment([("SECRET", "not the secret"), ("KEY", crate::support::KEY)])
        })
        .build()
        .await;
    let page = world.visitor().signs_in("/private").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("AADB2C90081") && page.body.contains("Correlation ID"));
    assert!(
        !page.body.contains("Try again"),
        "trying again would not help"
    );
}
