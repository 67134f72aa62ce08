//! A sign-out beside what is under way.

use std::time::Duration;

use axum::body::Body;
use b2c_emulator::{Emulator, Endpoint, Forgery, Misbehaviour};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

use super::{
    ADA, FORM, PATH, about, forged, is_signed_in, signed_in, subject, tells, told_at, world,
};
use crate::support::{Listening, Visitor, World};

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_sign_out_wins_over_a_refresh_under_way() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    world.wait(Duration::from_secs(3000));
    assert!(is_signed_in(&mut visitor).await);
    world.wait(Duration::from_secs(700));
    let delay = Misbehaviour::Delay(Duration::from_secs(3));
    world.emulator.misbehave(Endpoint::Token, delay);
    let jar = visitor.cookies().clone();
    let mut caller = world.visitor();
    caller.cookies().clone_from(&jar);
    let sign_out = async {
        let asked = |emulator: &Emulator| emulator.requests_under_way() > 0;
        assert!(world.emulator.wait_until(PATIENCE, asked).await);
        tells(&world, &forged(&world, &about(ADA))).await.status
    };
    let (refreshed, told) = tokio::join!(caller.asks("/api"), sign_out);
    assert_eq!(told, StatusCode::OK);
    assert_eq!(
        refreshed.status,
        StatusCode::SEE_OTHER,
        "to the sign-in: {}",
        refreshed.body
    );
    assert!(!is_signed_in(&mut visitor).await);
    assert_eq!(world.grants("refresh_token"), 1, "it was under way");
}

/// Signs in at the provider; returns where the provider sends the browser to.
async fn signs_in_up_to_the_callback(visitor: &mut Visitor<'_>) -> String {
    let page = visitor.opens("/login").await;
    let form = [("signInName", ADA), ("password", "Passw0rd!")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    visitor.fills(&page, "signInName", &form.into()).await
}

#[tokio::test]
async fn a_sign_out_wins_over_a_sign_in_under_way() {
    let world = world().await;
    let listening = Listening::to(&world).await;
    told_at(&world, &format!("{}{PATH}", listening.base_url));
    let mut visitor = world.visitor();
    let callback = signs_in_up_to_the_callback(&mut visitor).await;
    // She signs out elsewhere while her browser is on its way back.
    assert_eq!(world.emulator.sign_out(ADA).await.unwrap(), 1);
    assert_eq!(world.emulator.logout_notices()[0].status(), Some(200));
    let page = visitor.opens(&callback).await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, stranger")
    );
    assert!(!is_signed_in(&mut visitor).await);
    let list = world
        .layer
        .user_sessions("default", &subject(&world))
        .list()
        .await
        .unwrap();
    assert!(list.is_empty(), "{list:?}");
    // Signing in anew is another session there, and so here.
    let mut visitor = signed_in(&world, ADA).await;
    assert!(is_signed_in(&mut visitor).await);
}

/// A logout token that names no session: all sessions of the user have ended there.
#[tokio::test]
async fn the_end_of_all_sessions_wins_over_a_sign_in_under_way() {
    let world = world().await;
    let mut visitor = world.visitor();
    let callback = signs_in_up_to_the_callback(&mut visitor).await;
    let told = tells(&world, &forged(&world, &about(ADA))).await;
    assert_eq!(told.status, StatusCode::OK);
    // Told again, later: the end of the sign-in is not forgotten before its time.
    world.wait(Duration::from_secs(60));
    let told = tells(&world, &forged(&world, &about(ADA))).await;
    assert_eq!(told.status, StatusCode::OK);
    visitor.opens(&callback).await;
    assert!(!is_signed_in(&mut visitor).await);
    // Whoever enters their password after that is signed in, whenever they began to.
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    let told = tells(&world, &forged(&world, &about(ADA))).await;
    assert_eq!(told.status, StatusCode::OK);
    world.wait(Duration::from_secs(2));
    let page = visitor.enters(&page, ADA, "Passw0rd!").await;
    assert!(page.body.starts_with("Hello, "), "{}", page.body);
    assert!(is_signed_in(&mut visitor).await);
}

/// The same for a provider that names no sessions in ID tokens, told of one that has a name.
#[tokio::test]
async fn the_end_of_an_unnamed_session_wins_over_a_sign_in_under_way() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let callback = signs_in_up_to_the_callback(&mut visitor).await;
    let told = tells(&world, &forged(&world, &Forgery::logout_token(ADA))).await;
    assert_eq!(told.status, StatusCode::OK);
    visitor.opens(&callback).await;
    assert!(!is_signed_in(&mut visitor).await);
}

#[tokio::test]
async fn a_provider_that_is_away_may_tell_again_later() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    // The other instance knows no keys yet, and cannot get them.
    let token = forged(&world, &about(ADA));
    world
        .emulator
        .misbehave(Endpoint::Metadata, Misbehaviour::Status(503));
    let second = || async {
        let request = Request::post(PATH).header("content-type", FORM);
        let request = request
            .body(Body::from(format!("logout_token={token}")))
            .unwrap();
        let answer = world.second.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, body) = second().await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        body.contains("temporarily_unavailable") && !body.contains("http"),
        "{body}"
    );
    world.emulator.behave();
    world.clock.advance(Duration::from_secs(3));
    assert_eq!(second().await.0, StatusCode::OK);
    assert!(is_signed_in(&mut visitor).await, "these two share no store");
}
