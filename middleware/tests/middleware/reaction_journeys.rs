//! Each of a provider's errors on its way through the app.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Endpoint, Misbehaviour, TenantKind};
use http::StatusCode;
use tower_b2c::{Challenge, Prompt, Session};

use crate::providers::{GUID, world as world_of};
use crate::support::{Log, Meddler, OTHER_SECRET, Page, Visitor, World};

const ALMOST_AN_HOUR: Duration = Duration::from_secs(3500);

/// What a person sees.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Seen {
    /// A page of this status with these words, with or without "try again".
    Page(u16, &'static str, bool),
    /// Sent on to the provider; the same error again is this page.
    OnceMore(u16, &'static str),
    /// Back to where they were.
    Back,
}

use Seen::{Back, OnceMore, Page as Shown};

const AGAIN: &str = "start again";
const BUSY: &str = "busy right now";
const SETUP: &str = "not set up correctly";
const LOCKED: &str = "locked for the moment";
const STEP: &str = "one more step";
const OTHER: &str = "cannot be used here";

/// By what a person sees, not by reaction: the table of reactions is elsewhere.
const B2C: &[(&str, Seen)] = &[
    ("AADB2C90118", OnceMore(500, "cannot be reset from here")),
    ("AADB2C90091", Back),
    ("AADB2C90273", Back),
    ("AADB2C90289", Shown(503, "provider does not answer", true)),
    ("AADB2C90077", OnceMore(403, STEP)),
    ("AADB2C90121", OnceMore(403, STEP)),
    ("AADB2C90006", Shown(500, SETUP, false)),
    ("AADB2C90057", Shown(500, SETUP, false)),
    ("AADB2C90115", Shown(500, SETUP, false)),
    ("AADB2C90117", Shown(500, SETUP, false)),
    ("AADB2C90205", Shown(500, SETUP, false)),
    ("AADB2C99059", Shown(500, SETUP, false)),
    ("AADB2C90081", Shown(500, SETUP, false)),
    ("AADB2C90080", OnceMore(400, AGAIN)),
    ("AADB2C90088", OnceMore(400, AGAIN)),
    ("AADB2C90129", OnceMore(400, AGAIN)),
    ("AADB2C90128", Shown(403, "no longer there", true)),
    ("AADB2C90085", OnceMore(400, AGAIN)),
    ("AADB2C90182", OnceMore(400, AGAIN)),
    ("AADB2C90279", Shown(500, SETUP, false)),
    ("AADB2C90244", Shown(503, BUSY, true)),
    ("AADB2C90111", Shown(403, LOCKED, false)),
    ("AADB2C90151", Shown(403, LOCKED, false)),
    ("AADB2C90272", Shown(400, "link has expired", true)),
    ("AADB2C90046", Shown(400, AGAIN, true)),
    ("AADB2C90255", Shown(400, AGAIN, true)),
    ("AADB2C99001", Shown(403, OTHER, true)),
    ("AADB2C99002", Shown(403, OTHER, true)),
    ("AADB2C90075", Shown(502, "could not be completed", true)),
    ("AADB2C90001", Shown(502, "did not succeed", true)),
];

const ENTRA: &[(&str, Seen)] = &[
    ("AADSTS16000", OnceMore(403, STEP)),
    ("AADSTS50011", Shown(500, SETUP, false)),
    ("AADSTS50020", Shown(403, OTHER, true)),
    ("AADSTS50053", Shown(403, LOCKED, false)),
    ("AADSTS50058", OnceMore(403, STEP)),
    ("AADSTS50076", OnceMore(403, STEP)),
    ("AADSTS54005", OnceMore(400, AGAIN)),
    ("AADSTS65001", OnceMore(403, STEP)),
    ("AADSTS65004", Back),
    ("AADSTS70008", OnceMore(400, AGAIN)),
    ("AADSTS700016", Shown(500, SETUP, false)),
    ("AADSTS7000222", Shown(500, SETUP, false)),
    ("AADSTS90094", Shown(403, "has to approve", true)),
    ("AADSTS500208", Shown(403, OTHER, true)),
    ("AADSTS90033", Shown(503, BUSY, true)),
];

/// A world of one tenant of this kind, and an app that believes this to be its secret.
async fn kind_of(kind: TenantKind, name: &'static str, secret: &'static str) -> World {
    let world = world_of(kind, move |emulator| {
        let base = emulator.base_url();
        format!("kind = \"{name}\"\nemulator = true\nauthority = \"{base}/{GUID}\"")
    });
    let world = world.config(move |file| file.environment([("OTHER_SECRET", secret)]));
    world.routes(silent()).build().await
}

fn is_page(page: &Page, status: u16, words: &str, code: &str) {
    assert_eq!(page.status.as_u16(), status, "{code}: {}", page.body);
    assert!(page.body.contains(words), "{code}: {}", page.body);
    assert!(page.body.contains(code), "{code}: {}", page.body);
    assert!(page.body.contains("1111-2222"), "{code}: no correlation id");
    assert!(!page.body.contains("<script>"), "{code}: {}", page.body);
    let waits = page.headers.contains_key("retry-after");
    assert_eq!(waits, status == 503, "{code}: Retry-After");
}

#[tokio::test]
async fn every_error_on_the_redirect_ends_where_its_reaction_leads() {
    let external = kind_of(TenantKind::ExternalId, "external-id", OTHER_SECRET).await;
    let entra = kind_of(TenantKind::Entra, "entra", OTHER_SECRET).await;
    let b2c = World::new().await;
    for (world, table) in [(&b2c, B2C), (&external, ENTRA), (&entra, ENTRA)] {
        for &(code, seen) in table {
            let mut visitor = world.visitor();
            let description = format!(
                "{code}: <script>text</script>\r\nCorrelation ID: 1111-2222\r\n\
                 Timestamp: 2026-01-15 09:50:39Z"
            );
            let request = visitor.asks("/login?return_to=/private").await;
            let page = visitor.is_refused(&request, "server_error", &description);
            let page = page.await;
            match seen {
                Shown(status, words, retry) => {
                    is_page(&page, status, words, code);
                    let offered = page.body.contains("Try again");
                    assert_eq!(offered, retry, "{code}: a button");
                }
                OnceMore(status, words) => {
                    assert!(page.location().contains("/authorize?"), "{code}: {page:?}");
                    let page = visitor.is_refused(&page, "server_error", &description);
                    is_page(&page.await, status, words, code);
                }
                Back => assert_eq!(page.location(), "/private", "{code}"),
            }
        }
    }
}

/// How often the provider was asked for a sign-in.
fn asked(visitor: &Visitor<'_>) -> usize {
    let urls = visitor.history.iter();
    urls.filter(|url| url.contains("/authorize?")).count()
}

#[tokio::test]
async fn what_the_emulator_can_order_ends_in_the_same_way() {
    let cases = [
        (Misbehaviour::ForgotPassword, 500, 2),
        (Misbehaviour::Cancelled, 401, 1),
        (Misbehaviour::ProviderDenied, 401, 1),
        (Misbehaviour::RedirectElsewhere, 500, 1),
        (Misbehaviour::Throttled, 503, 1),
        (Misbehaviour::Error(90035), 503, 1),
        (Misbehaviour::Error(90037), 400, 1),
        (Misbehaviour::Error(90038), 400, 1),
        (Misbehaviour::Error(90048), 400, 1),
        (Misbehaviour::Error(90075), 502, 1),
        (Misbehaviour::Error(90085), 400, 2),
        (Misbehaviour::Error(90162), 502, 1),
        (Misbehaviour::Error(90174), 503, 1),
        (Misbehaviour::Error(90206), 400, 1),
        (Misbehaviour::Error(90229), 503, 1),
        (Misbehaviour::Error(90243), 503, 1),
        (Misbehaviour::Error(90261), 502, 1),
        (Misbehaviour::Error(90289), 503, 1),
        (Misbehaviour::Error(90296), 500, 1),
    ];
    for (misbehaviour, status, requests) in cases {
        let world = World::new().await;
        world
            .emulator
            .misbehave(Endpoint::Authorize, misbehaviour.clone());
        let mut visitor = world.visitor();
        let page = visitor.opens("/private").await;
        let name = misbehaviour.name();
        assert_eq!(page.status.as_u16(), status, "{name}: {}", page.body);
        assert_eq!(asked(&visitor), requests, "{name}");

        // It is over when the provider is well.
        world.emulator.behave();
        let page = visitor.signs_in("/private").await;
        assert_eq!(page.app_path(), Some("/private"), "{name}");
    }
}

/// An app that first tries without showing anything.
fn silent() -> Router {
    let silent = get(|session: Option<Session>| async move {
        match session {
            Some(_) => Ok("signed in"),
            None => Err(Challenge::sign_in().with_prompt(Prompt::None)),
        }
    });
    Router::new().route("/silent", silent)
}

#[tokio::test]
async fn entras_own_answers_end_in_the_same_way() {
    for (kind, name) in [
        (TenantKind::ExternalId, "external-id"),
        (TenantKind::Entra, "entra"),
    ] {
        // AADSTS65004: the user cancels.
        let world = kind_of(kind, name, OTHER_SECRET).await;
        let tenant = world.emulator.in_tenant(GUID).unwrap();
        tenant.misbehave(Endpoint::Authorize, Misbehaviour::Cancelled);
        let mut visitor = world.visitor();
        let page = visitor.opens("/private").await;
        assert_eq!(
            page.status,
            StatusCode::UNAUTHORIZED,
            "{name}: {}",
            page.body
        );
        assert!(page.body.contains("Sign-in cancelled"), "{}", page.body);
        world.emulator.behave();

        // AADSTS50058: nobody is signed in there, so it cannot be done in silence.
        let mut visitor = world.visitor();
        let page = visitor.signs_in("/silent").await;
        assert_eq!(
            (page.body.as_str(), asked(&visitor)),
            ("signed in", 2),
            "{name}"
        );

        // AADSTS7000215: the secret is wrong.
        let world = kind_of(kind, name, "another secret").await;
        let page = world.visitor().signs_in("/private").await;
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{name}");
        assert!(page.body.contains("AADSTS7000215"), "{}", page.body);
        assert!(!page.body.contains("Try again"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_revoked_grant_ends_the_session_that_stands_on_it() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::GrantRevoked);
    let page = visitor.opens("/write").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.body);
    assert!(page.body.contains("AADB2C90129"), "{}", page.body);
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_refresh_reacts_as_a_sign_in_does() {
    // What the provider answers, the status of the page then, and whether the session stays.
    let cases = [
        (Misbehaviour::GrantRevoked, 303, false),
        (Misbehaviour::WrongSecret, 502, true),
        (Misbehaviour::Error(90035), 503, true),
        (Misbehaviour::Error(90048), 503, true),
        (Misbehaviour::Throttled, 503, true),
    ];
    for (misbehaviour, status, stays) in cases {
        let name = misbehaviour.name();
        let world = World::with()
            .config(|file| file.set("session.idle_minutes", 600))
            .build()
            .await;
        let mut visitor = world.visitor();
        visitor.signs_in("/api").await;
        world.emulator.misbehave(Endpoint::Token, misbehaviour);
        // A token that is good for some more minutes serves whatever the provider says.
        world.wait(ALMOST_AN_HOUR);
        let page = visitor.asks("/api").await;
        assert!(page.body.starts_with("200 "), "{name}: {}", page.status);
        if stays {
            world.wait(Duration::from_secs(200));
            let page = visitor.asks("/api").await;
            assert_eq!(page.status.as_u16(), status, "{name}: {}", page.body);
            let waits = page.headers.contains_key("retry-after");
            assert_eq!(waits, status == 503, "{name}");
        }
        if stays {
            assert_eq!(
                visitor.asks("/").await.body,
                "Hello, Ada Lovelace",
                "{name}"
            );
        } else {
            becomes_a_stranger(&mut visitor).await;
            let page = visitor.asks("/api").await;
            assert_eq!(page.status.as_u16(), status, "{name}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn a_deleted_account_loses_its_session() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    assert!(world.emulator.remove_user("ada@emulator.example"));
    world.wait(ALMOST_AN_HOUR);
    visitor.asks("/api").await;
    becomes_a_stranger(&mut visitor).await;
}

/// The provider is asked behind the request; what it says counts from then on.
async fn becomes_a_stranger(visitor: &mut Visitor<'_>) {
    let within = Duration::from_secs(10);
    let stranger = async {
        while visitor.asks("/").await.body != "Hello, stranger" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let came = tokio::time::timeout(within, stranger).await;
    came.expect("the session ends");
}

#[tokio::test]
async fn somebody_elses_error_does_not_end_a_session() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let forged = "error=invalid_grant&error_description=AADB2C90129%3a+x&state=made-up";
    visitor.asks(&format!("/getAToken?{forged}")).await;
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_second_factor_that_an_api_wants_is_asked_for_as_the_provider_says() {
    let claims = r#"{"access_token":{"capolids":{"essential":true,"values":["c1"]}}}"#;
    let strict = Meddler::new(move |form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = serde_json::json!({
                "error": "interaction_required",
                "error_description": "AADSTS50076: You must use multi-factor authentication.",
                "error_codes": [50076], "suberror": "basic_action", "claims": claims,
            });
        }
    });
    let world = World::with()
        .config(|file| file.set("session.idle_minutes", 600))
        .parts(move |builder| builder.http_client(strict.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(ALMOST_AN_HOUR + Duration::from_secs(200));
    let page = visitor.asks("/api").await;

    let url = url::Url::parse(page.location()).unwrap();
    let sent = url.query_pairs().find(|(name, _)| name == "claims");
    assert_eq!(sent.unwrap().1, claims);
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn the_operator_is_told_what_to_do_about_a_wrong_secret() {
    let (log, _guard) = Log::open(tracing::Level::ERROR);
    let world = World::new().await;
    let mut visitor = world.visitor();
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::WrongSecret);
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!page.body.contains("Try again"), "{}", page.body);
    let text = log.take();
    assert!(text.contains("AADB2C90081"), "{text}");
    assert!(text.contains("create a new client secret"), "{text}");

    // While a session lives, its refresh says so, too.
    world.emulator.behave();
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    log.take();
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::WrongSecret);
    world.wait(ALMOST_AN_HOUR);
    visitor.asks("/api").await;
    // The token is replaced behind the request.
    let started = std::time::Instant::now();
    let mut text = String::new();
    while !text.contains("create a new client secret") {
        assert!(started.elapsed() < Duration::from_secs(10), "{text}");
        tokio::time::sleep(Duration::from_millis(5)).await;
        text.push_str(&log.take());
    }
}
