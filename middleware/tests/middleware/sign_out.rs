//! Sign-out that begins here, and what the provider is told of it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::routing::get;
use b2c_emulator::{Endpoint, Misbehaviour, Scope, UserFlow};
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;

use crate::support::{APP, Meddler, Page, Shared, Visitor, World};

/// Sends the form; returns the answer, with the parameters of the request that it leads to.
async fn asks_to_sign_out(visitor: &mut Visitor<'_>) -> (Page, BTreeMap<String, String>) {
    let url = format!("{APP}/logout");
    let answer = visitor.sends(Method::POST, &url, None).await;
    let location = url::Url::parse(APP)
        .unwrap()
        .join(answer.location())
        .unwrap();
    let query = location.query_pairs().into_owned().collect();
    (answer, query)
}

async fn signed_in(world: &World) -> Visitor<'_> {
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    visitor
}

#[tokio::test]
async fn the_provider_is_told_all_that_it_needs_and_no_more() {
    let world = World::with()
        .config(|file| file.set("app.after_sign_out", "/bye"))
        .build()
        .await;
    let mut visitor = signed_in(&world).await;
    let (answer, query) = asks_to_sign_out(&mut visitor).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(
        query["post_logout_redirect_uri"],
        "http://localhost:5000/bye"
    );
    assert!(
        answer
            .location()
            .contains("=http%3A%2F%2Flocalhost%3A5000%2Fbye&")
    );
    assert_eq!(query["client_id"], world.emulator.client().client_id());
    assert_eq!(query["state"].len(), 43);
    assert_eq!(
        query.len(),
        3,
        "no ID token, unless the configuration wants it: {query:?}"
    );
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    let cookie = cookies
        .iter()
        .find(|cookie| cookie.to_str().unwrap().contains("sign-out"));
    let cookie = cookie
        .expect("one that remembers the state")
        .to_str()
        .unwrap();
    assert!(
        cookie.contains("Max-Age=300") && !cookie.contains(&query["state"]),
        "{cookie}"
    );
}

#[tokio::test]
async fn the_way_back_is_compared_and_tidied_up() {
    let world = World::new().await;
    let mut visitor = signed_in(&world).await;
    let page = visitor.signs_out().await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, stranger")
    );
    let back = visitor
        .history
        .iter()
        .find(|url| url.starts_with(&format!("{APP}/?")));
    assert!(
        back.unwrap().contains("state="),
        "it came back with the state"
    );
    assert!(visitor.cookies().is_empty());
}

#[tokio::test]
async fn rp_init_logout_other_state() {
    let world = World::new().await;
    let mut visitor = signed_in(&world).await;
    let other = Misbehaviour::named("oidcc-client-test-rp-init-logout-other-state").unwrap();
    world.emulator.misbehave_for(Scope::everything(), other);
    let page = visitor.signs_out().await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.contains("You are signed out"), "{}", page.body);
    assert!(visitor.cookies().is_empty(), "it is over");
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn rp_init_logout_no_state() {
    let world = World::new().await;
    let mut visitor = signed_in(&world).await;
    let none = Misbehaviour::named("oidcc-client-test-rp-init-logout-no-state").unwrap();
    world.emulator.misbehave_for(Scope::everything(), none);
    let page = visitor.signs_out().await;
    // Entra and others leave it out; whoever comes back is signed out all the same.
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, stranger")
    );
    assert!(visitor.cookies().is_empty());
}

#[tokio::test]
async fn an_apps_own_state_is_the_apps() {
    let echo = |RawQuery(query): RawQuery| async move { query.unwrap_or_default() };
    let world = World::with()
        .config(|file| file.set("app.after_sign_out", "/bye"))
        .routes(Router::new().route("/bye", get(echo)))
        .build()
        .await;
    let mut visitor = world.visitor();
    assert_eq!(visitor.opens("/bye?state=mine").await.body, "state=mine");
    // Nor does a cookie of anybody's making, or one of long ago, get in its way.
    let mut visitor = signed_in(&world).await;
    asks_to_sign_out(&mut visitor).await;
    let cookie = visitor.cookies()["b2c-sign-out-5000"].clone();
    world.wait(Duration::from_secs(301));
    assert_eq!(
        visitor.opens("/bye?state=mine").await.status,
        StatusCode::OK
    );
    for cookie in ["", "x", &cookie[1..], &"A".repeat(4000)] {
        let name = "b2c-sign-out-5000".to_owned();
        visitor.cookies().insert(name, cookie.to_owned());
        assert_eq!(
            visitor.opens("/bye?state=mine").await.status,
            StatusCode::OK
        );
        assert!(visitor.cookies().is_empty());
    }
    // Nor does one that was never finished: another tab has the app open.
    let mut visitor = signed_in(&world).await;
    asks_to_sign_out(&mut visitor).await;
    assert_eq!(visitor.opens("/bye?tab=2").await.body, "tab=2");
    assert!(visitor.cookies().is_empty());
}

#[tokio::test]
async fn a_user_flow_that_wants_the_id_token_gets_it() {
    let strict = |builder: b2c_emulator::EmulatorBuilder| {
        let flow = UserFlow::sign_up_sign_in("B2C_1_signupsignin1").require_id_token_in_logout();
        builder.user_flow(flow).redirect_uri(format!("{APP}/bye"))
    };
    let with = |hint: bool| {
        let world = World::with().emulator(strict).config(move |file| {
            let file = file.set("provider.id_token_hint", hint);
            file.set("app.after_sign_out", "/bye")
        });
        world
            .registered_redirect_uri(&format!("{APP}/getAToken"))
            .build()
    };
    let world = with(true).await;
    let mut visitor = signed_in(&world).await;
    let (_, query) = asks_to_sign_out(&mut visitor).await;
    assert_eq!(query["id_token_hint"].split('.').count(), 3);
    let mut visitor = signed_in(&world).await;
    // A refresh brings a newer one, which the provider will not call expired.
    world.wait(Duration::from_secs(3500));
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    let (_, newer) = asks_to_sign_out(&mut visitor).await;
    assert_ne!(newer["id_token_hint"], query["id_token_hint"]);

    let world = with(false).await;
    let mut visitor = signed_in(&world).await;
    let page = visitor.signs_out().await;
    assert!(page.body.contains("AADB2C90272"), "{}", page.body);
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, stranger",
        "here it is over anyway"
    );
}

#[tokio::test]
async fn a_provider_without_a_sign_out_of_its_own() {
    let meddler = Meddler::new(|_, _| {}).changes_metadata(|metadata| {
        metadata
            .as_object_mut()
            .unwrap()
            .remove("end_session_endpoint");
    });
    let world = World::with()
        .parts(move |builder| builder.http_client(meddler.clone()))
        .build()
        .await;
    let mut visitor = signed_in(&world).await;
    let (answer, _) = asks_to_sign_out(&mut visitor).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, "/")
    );
    assert!(visitor.cookies().is_empty(), "and nothing is awaited");
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn an_endpoint_with_a_query_of_its_own_keeps_it() {
    let meddler = Meddler::new(|_, _| {}).changes_metadata(|metadata| {
        let endpoint = metadata["end_session_endpoint"].as_str().unwrap();
        let with_query = format!("{endpoint}?p=b2c_1_signupsignin1");
        metadata["end_session_endpoint"] = with_query.into();
    });
    let world = World::with()
        .parts(move |builder| builder.http_client(meddler.clone()))
        .build()
        .await;
    let mut visitor = signed_in(&world).await;
    let (_, query) = asks_to_sign_out(&mut visitor).await;
    assert_eq!(query["p"], "b2c_1_signupsignin1");
    assert_eq!(query["post_logout_redirect_uri"], "http://localhost:5000/");
}

/// Resets Ada's password as somebody who may or may not be signed in.
async fn resets_the_password(visitor: &mut Visitor<'_>) {
    let page = visitor.opens("/reset-password?return_to=/").await;
    enters_a_new_password(visitor, page).await;
}

/// From the page that asks for the address to the end.
async fn enters_a_new_password(visitor: &mut Visitor<'_>, page: Page) {
    let email = [("email", "ada@emulator.example")];
    let page = visitor
        .submits(&page, "emailVerificationSendCode", &email)
        .await;
    let code = page.text_of("mailboxCode").unwrap();
    let code = [("verificationCode", code.as_str())];
    let page = visitor.submits(&page, "verificationCode", &code).await;
    let new = [
        ("newPassword", "N3w-Passw0rd"),
        ("reenterPassword", "N3w-Passw0rd"),
    ];
    visitor.submits(&page, "newPassword", &new).await;
}

#[tokio::test]
async fn a_reset_password_ends_the_sessions_elsewhere() {
    for (ends, setting) in [(true, None), (true, Some(true)), (false, Some(false))] {
        let world = World::with().config(move |file| match setting {
            Some(value) => file.set("session.sign_out_others_after_reset", value),
            None => file,
        });
        let world = world.build().await;
        let mut thief = signed_in(&world).await;
        let mut ada = signed_in(&world).await;
        let mut grace = world.visitor();
        let page = grace.opens("/login").await;
        grace
            .enters(&page, "grace@emulator.example", "Passw0rd!")
            .await;

        resets_the_password(&mut ada).await;
        let expected = if ends {
            "Hello, stranger"
        } else {
            "Hello, Ada Lovelace"
        };
        assert_eq!(thief.opens("/").await.body, expected);
        assert_eq!(ada.opens("/").await.body, "Hello, Ada Lovelace");
        assert_eq!(grace.opens("/").await.body, "Hello, Grace Hopper");
    }
    // Also when she is nowhere signed in herself.
    let world = World::new().await;
    let mut thief = signed_in(&world).await;
    resets_the_password(&mut world.visitor()).await;
    assert_eq!(thief.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_holds_nobody_here() {
    for away in [
        Misbehaviour::Status(503),
        Misbehaviour::Delay(Duration::from_secs(60)),
    ] {
        let store = Shared::default();
        let shared = store.clone();
        let world = World::with().parts(move |builder| builder.store(shared.clone()));
        let world = world.build().await;
        let mut visitor = signed_in(&world).await;
        // The other instance has yet to learn where the provider's sign-out is.
        world.emulator.misbehave(Endpoint::Metadata, away);
        let ticket = &visitor.cookies()["b2c-session-5000"];
        let request =
            Request::post("/logout").header("cookie", format!("b2c-session-5000={ticket}"));
        let request = request.body(Body::empty()).unwrap();
        let answer = world.second.clone().oneshot(request);
        let answer = tokio::time::timeout(Duration::from_secs(30), answer).await;
        let answer = answer.expect("in time").unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/");
        let sessions = world.layer.user_sessions("default", &subject(&world));
        assert!(sessions.list().await.unwrap().is_empty());
    }
}

fn subject(world: &World) -> String {
    world.emulator.users()[0].object_id().to_owned()
}

#[tokio::test]
async fn a_password_that_is_reset_within_the_sign_in_ends_the_sessions_elsewhere() {
    let world = World::with().emulator(|builder| {
        let flow = UserFlow::sign_up_sign_in("B2C_1_signupsignin1").embedded_password_reset();
        builder.user_flow(flow)
    });
    let world = world.build().await;
    let mut thief = signed_in(&world).await;
    let mut ada = world.visitor();
    let page = ada.opens("/private").await;
    let page = ada.follows(&page, "forgotPassword").await;
    assert!(
        page.app_path().is_none(),
        "the provider does it by itself: {}",
        page.url
    );
    enters_a_new_password(&mut ada, page).await;
    assert_eq!(ada.opens("/").await.body, "Hello, Ada Lovelace");
    assert_eq!(thief.opens("/").await.body, "Hello, stranger");
}
