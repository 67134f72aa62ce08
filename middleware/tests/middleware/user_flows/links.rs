//! What links and challenges send along to the provider.

use axum::Router;
use axum::routing::get;
use b2c_emulator::UserFlow;
use http::StatusCode;
use tower_b2c::{Challenge, Session};

use super::{asked, flow, settings, world};
use crate::support::{Page, World};

#[tokio::test]
async fn what_a_link_sends_along_fits_into_a_cookie() {
    let world = world().await;
    let mut visitor = world.visitor();
    let (long, path) = ("%22".repeat(340), "a".repeat(1000));
    let link = format!("/login?login_hint={long}&campaign={long}&return_to=/{path}");
    let page = visitor.asks(&link).await;
    let hint = page.location().contains("login_hint=%22%22");
    assert!(hint, "it is sent all the same");
    for cookie in page.headers.get_all(http::header::SET_COOKIE) {
        assert!(cookie.len() < 4096, "{} bytes", cookie.len());
    }
}

#[tokio::test]
async fn links_may_ask_for_what_the_settings_allow() {
    let world = world().await;
    let opens = async |query: &str| {
        let mut visitor = world.visitor();
        visitor.opens(&format!("/login?{query}")).await;
        let names = ["login_hint", "ui_locales", "campaign", "prompt", "max_age"];
        let values = names.map(|name| asked(&visitor, name).unwrap_or_default());
        (flow(&visitor), values.join("|"))
    };
    let plain = "b2c_1_signupsignin1".to_owned();
    let cases = [
        ("", plain.as_str(), "|de|always||"),
        ("user_flow=invite", "b2c_1a_invite", "|de|always||"),
        ("user_flow=B2C_1A_Invite", "b2c_1a_invite", "|de|always||"),
        ("user_flow=stepup", &plain, "|de|always||"),
        ("user_flow=edit_profile", &plain, "|de|always||"),
        ("user_flow=B2C_1A_else/../x", &plain, "|de|always||"),
        (
            "login_hint=a%40b.c&ui_locales=fr",
            &plain,
            "a@b.c|fr|always||",
        ),
        ("campaign=x&prompt=login&max_age=1", &plain, "|de|x||"),
        ("login_hint=a%0d%0ab", &plain, "|de|always||"),
    ];
    for (query, flow, values) in cases {
        let seen = opens(query).await;
        assert_eq!(seen, (flow.to_owned(), values.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn links_to_other_flows_send_along_what_is_allowed() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor
        .opens("/edit-profile?ui_locales=fr&prompt=login&user_flow=stepup&max_age=1")
        .await;
    assert_eq!(flow(&visitor), "b2c_1_profileediting1");
    assert_eq!(asked(&visitor, "ui_locales").as_deref(), Some("fr"));
    assert_eq!(asked(&visitor, "prompt"), None);
    assert_eq!(asked(&visitor, "max_age"), None);
}

#[tokio::test]
async fn the_protocols_parameters_come_from_the_layer_alone() {
    let world = world().await;
    let names = [
        "state",
        "nonce",
        "redirect_uri",
        "response_type",
        "response_mode",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "scope",
    ];
    for name in names {
        for spelling in [name.to_owned(), name.to_uppercase()] {
            let mut visitor = world.visitor();
            visitor.opens(&format!("/login?{spelling}=evil")).await;
            let values = names.map(|name| asked(&visitor, name).unwrap());
            assert!(
                values.iter().all(|value| !value.contains("evil")),
                "{spelling}"
            );
        }
    }
    let mut visitor = world.visitor();
    visitor.opens("/hinted").await;
    let values = names.map(|name| asked(&visitor, name).unwrap());
    assert!(values.iter().all(|value| !value.contains("evil")));
    let hints = [
        "login_hint",
        "domain_hint",
        "ui_locales",
        "prompt",
        "campaign",
        "max_age",
    ];
    let hints = hints.map(|name| asked(&visitor, name).unwrap_or_default());
    assert_eq!(
        hints,
        [
            "grace@emulator.example",
            "google.com",
            "fr",
            "login",
            "own",
            ""
        ]
    );
}

#[tokio::test]
async fn a_signed_in_user_can_be_asked_for_more_by_any_link() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let page = visitor
        .opens("/login?user_flow=stepup&return_to=/vault")
        .await;
    assert_eq!(page.app_path(), Some("/vault"));
    assert!(page.body.contains("step true"));
    // Nothing more to do.
    let page = visitor
        .asks("/login?user_flow=stepup&return_to=/vault")
        .await;
    assert_eq!(page.location(), "/vault");
}

#[tokio::test]
async fn scripts_are_told_which_link_satisfies_the_page() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let answer = visitor
        .sends_with(
            http::Method::GET,
            "/vault",
            &[("accept", "application/json")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["user_flow"], "stepup");
    let link = body["sign_in"].as_str().unwrap().to_owned();
    assert!(link.contains("user_flow=stepup"), "{link}");
    let page: Page = visitor.opens(&format!("{link}&return_to=/vault")).await;
    assert_eq!(page.app_path(), Some("/vault"));
}

#[tokio::test]
async fn a_silent_sign_in_that_needs_the_user_becomes_an_ordinary_one() {
    let world = world().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/silent").await;
    assert_eq!(asked(&visitor, "prompt"), None, "the second request asks");
    let asked_silently = visitor
        .history
        .iter()
        .any(|url| url.contains("prompt=none"));
    assert!(asked_silently);
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.body, "signed in");
}

#[tokio::test]
async fn a_hint_that_the_provider_does_not_take_ends_on_a_page() {
    let hinted = |hint: &'static str| {
        get(move |session: Option<Session>| async move {
            let challenge = Challenge::sign_in().with_user_flow("invite");
            match session {
                Some(_) => Ok("signed in"),
                None if hint.is_empty() => Err(challenge),
                None => Err(challenge.with_id_token_hint(hint)),
            }
        })
    };
    let world = World::with()
        .emulator(|emulator| {
            let flow = UserFlow::sign_up_sign_in("B2C_1A_invite");
            let step_up = UserFlow::sign_up_sign_in("B2C_1A_StepUp");
            emulator
                .user_flow(flow.require_id_token_hint())
                .user_flow(step_up)
        })
        .settings(settings)
        .routes(
            Router::new()
                .route("/without", hinted(""))
                .route("/wrong", hinted("not.a.token")),
        )
        .build()
        .await;
    for (path, code) in [("/without", "AADB2C90272"), ("/wrong", "AADB2C90210")] {
        let mut visitor = world.visitor();
        let page = visitor.opens(path).await;
        assert_eq!(
            page.status,
            StatusCode::BAD_REQUEST,
            "{path}: {}",
            page.body
        );
        assert!(page.body.contains(code), "{path}: {}", page.body);
        // "Try again" goes without the hint and at the sign-in's own flow.
        let page = visitor.signs_in("/login").await;
        assert_eq!(page.body, "Hello, Ada Lovelace", "{path}");
    }
}
