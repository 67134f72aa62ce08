//! Tokens that the API does not take, though they have not expired.

use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour};
use http::{HeaderMap, HeaderValue, header};
use tower_b2c::{AccessToken, ClaimsChallenge, Session, TokenError};

use super::held::Held;
use crate::support::{Meddler, World};

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;

async fn token(session: &Session) -> AccessToken {
    session.access_token(&["demo.read"]).await.unwrap()
}

/// Tokens of one second are the same.
fn next_second(world: &World) {
    world.wait(Duration::from_secs(1));
}

fn challenge() -> ClaimsChallenge {
    let mut headers = HeaderMap::new();
    let value = "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==\"";
    headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
    ClaimsChallenge::from_headers(&headers).expect("a challenge")
}

/// What the refresh requests sent as `claims`, in order.
fn claims_sent(meddler: &Meddler) -> Vec<Option<String>> {
    let forms = meddler.forms();
    let refreshes = forms
        .iter()
        .filter(|form| form.contains("grant_type=refresh_token"));
    let claims = refreshes.map(|form| {
        let mut pairs = url::form_urlencoded::parse(form.as_bytes());
        pairs.find_map(|(name, value)| (name == "claims").then(|| value.into_owned()))
    });
    claims.collect()
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once_for_all_who_had_it() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let rejected = token(&session).await;
    let before = world.grants("refresh_token");
    next_second(&world);
    world.emulator.misbehave(
        Endpoint::Token,
        Misbehaviour::Delay(Duration::from_millis(100)),
    );
    let crowd: Vec<_> = (0..20)
        .map(|_| {
            let (session, rejected) = (session.clone(), rejected.clone());
            tokio::spawn(async move {
                let replaced = session
                    .replace_access_token(&["demo.read"], &rejected)
                    .await;
                replaced.unwrap().secret().to_owned()
            })
        })
        .collect();
    let mut replacements = Vec::new();
    for one in crowd {
        replacements.push(one.await.unwrap());
    }
    assert_eq!(world.grants("refresh_token"), before + 1);
    replacements.dedup();
    assert_eq!(replacements.len(), 1, "all have the same new one");
    assert_ne!(replacements[0], rejected.secret());
    assert_eq!(token(&session).await.secret(), replacements[0]);

    // Who comes late with the old one gets what is there.
    let late = session
        .replace_access_token(&["demo.read"], &rejected)
        .await;
    assert_eq!(late.unwrap().secret(), replacements[0]);
    assert_eq!(world.grants("refresh_token"), before + 1);
}

#[tokio::test]
async fn a_rejected_token_is_not_handed_out_again_when_the_provider_is_away() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let rejected = token(&session).await;
    world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Status(503));
    let replaced = session
        .replace_access_token(&["demo.read"], &rejected)
        .await;
    assert!(
        matches!(replaced, Err(TokenError::Unavailable { .. })),
        "{replaced:?}"
    );
    assert_eq!(token(&session).await.secret(), rejected.secret());
}

#[tokio::test]
async fn a_claims_challenge_goes_to_the_provider_and_its_answer_is_shared() {
    let held = Held::default();
    let meddler = Meddler::new(|_, _| {});
    let client = meddler.clone();
    let world = World::with()
        .routes(held.routes())
        .parts(move |builder| builder.http_client(client.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let rejected = token(&session).await;
    let before = claims_sent(&meddler).len();
    next_second(&world);
    for _ in 0..2 {
        let replaced = session
            .replace_access_token_for(&["demo.read"], &rejected, &challenge())
            .await;
        assert_ne!(replaced.unwrap().secret(), rejected.secret());
    }
    let sent = claims_sent(&meddler).split_off(before);
    assert_eq!(sent, [Some(CLAIMS.to_owned())]);

    // Without a challenge the token serves as any other, and an ordinary one meets no challenge.
    let newer = token(&session).await;
    next_second(&world);
    let replaced = session.replace_access_token(&["demo.read"], &newer).await;
    let ordinary = replaced.unwrap();
    next_second(&world);
    let replaced = session
        .replace_access_token_for(&["demo.read"], &rejected, &challenge())
        .await;
    assert_ne!(replaced.unwrap().secret(), ordinary.secret());
    let sent = claims_sent(&meddler).split_off(before);
    assert_eq!(sent.len(), 3);
}

#[tokio::test]
async fn a_challenge_that_only_the_user_can_satisfy_is_passed_on() {
    let held = Held::default();
    let refusing = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") && form.contains("claims=") {
            *answer = serde_json::json!({
                "error": "interaction_required", "error_description": "AADSTS50076: second factor",
            });
        }
    });
    let client = refusing.clone();
    let world = World::with()
        .routes(held.routes())
        .parts(move |builder| builder.http_client(client.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let rejected = token(&session).await;
    let replaced = session
        .replace_access_token_for(&["demo.read"], &rejected, &challenge())
        .await;
    let Err(error @ TokenError::SignInRequired { claims, .. }) = &replaced else {
        panic!("{replaced:?}");
    };
    assert_eq!(claims.as_deref(), Some(CLAIMS));
    assert_eq!(
        error.challenge(),
        TokenError::claims_required(
            ["https://b2cemulator.onmicrosoft.com/demo-api/demo.read"],
            &challenge()
        )
        .challenge()
    );
}
