//! Refreshes on several instances that share a store.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour};
use serde_json::json;
use tower_b2c::{Session, TokenError};
use url::form_urlencoded;

use super::held::Held;
use super::{MORE_THAN_AN_HOUR, until};
use crate::support::{Meddler, TroubledStore, Visitor, World};

/// Two instances over a store, and what goes wrong on the way to the provider.
struct Pair {
    world: World,
    store: TroubledStore,
    held: Held,
}

impl Pair {
    async fn new(meddler: &Meddler) -> Self {
        let (held, store) = (Held::default(), TroubledStore::default());
        let (client, shared) = (meddler.clone(), store.clone());
        let world = World::with()
            .routes(held.routes())
            .parts(move |builder| builder.http_client(client.clone()).store(shared.clone()))
            .config(|file| {
                file.set("session.idle_minutes", 600)
                    .set("session.revalidate_seconds", 86_400)
            })
            .build()
            .await;
        Self { world, store, held }
    }

    /// The same session on both, with a token that has ended.
    async fn sessions(&self, visitor: &mut Visitor<'_>) -> (Session, Session) {
        visitor.signs_in("/api").await;
        let first = self.held.at(&self.world.app, visitor).await;
        let second = self.held.at(&self.world.second, visitor).await;
        self.world.wait(MORE_THAN_AN_HOUR);
        (first, second)
    }
}

/// A provider that takes each refresh token once.
fn single_use() -> Meddler {
    let used = Arc::<Mutex<HashSet<String>>>::default();
    Meddler::new(move |form, answer| {
        let pairs = form_urlencoded::parse(form.as_bytes());
        let mut sent = pairs.filter(|(name, _)| name == "refresh_token");
        let Some((_, token)) = sent.next() else {
            return;
        };
        if !used.lock().unwrap().insert(token.into_owned()) {
            *answer = json!({ "error": "invalid_grant", "error_description": "spent" });
        }
    })
}

async fn token(session: &Session) -> Result<String, TokenError> {
    let token = session.access_token(&["demo.read"]).await;
    token.map(|token| token.secret().to_owned())
}

#[tokio::test]
async fn two_instances_ask_once_and_the_record_hands_the_token_over() {
    let meddler = single_use();
    let pair = Pair::new(&meddler).await;
    let mut visitor = pair.world.visitor();
    let (first, second) = pair.sessions(&mut visitor).await;
    pair.world.emulator.misbehave(
        Endpoint::Token,
        Misbehaviour::Delay(Duration::from_millis(300)),
    );
    let before = meddler.requests();
    let (one, two) = tokio::join!(token(&first), token(&second));
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(meddler.requests(), before + 1);
}

#[tokio::test]
async fn an_instance_that_does_not_know_of_a_newer_refresh_token_finds_it() {
    let meddler = single_use();
    let pair = Pair::new(&meddler).await;
    let mut visitor = pair.world.visitor();
    let (first, second) = pair.sessions(&mut visitor).await;
    token(&first).await.unwrap();
    pair.world.wait(MORE_THAN_AN_HOUR);
    // Nothing makes the second one look at the record first, so it sends what is spent.
    pair.store.loses_its_locks();
    let before = meddler.requests();
    token(&second).await.unwrap();
    assert_eq!(meddler.requests(), before + 2);
}

#[tokio::test]
async fn a_refresh_token_is_given_up_only_once_the_store_says_that_it_is_the_last() {
    let refusing = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = json!({ "error": "invalid_grant", "error_description": "spent" });
        }
    });
    let pair = Pair::new(&refusing).await;
    let mut visitor = pair.world.visitor();
    let (first, _) = pair.sessions(&mut visitor).await;
    pair.store.goes_away(true);
    let refused = token(&first).await;
    assert!(
        matches!(refused, Err(TokenError::Unavailable { .. })),
        "{refused:?}"
    );
    pair.store.goes_away(false);
    pair.world.wait(Duration::from_secs(3));
    let refused = token(&first).await;
    assert!(
        matches!(refused, Err(TokenError::SignInRequired { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_the_store_cannot_take_is_used_and_stored_when_it_is_back() {
    let meddler = single_use();
    let pair = Pair::new(&meddler).await;
    let mut visitor = pair.world.visitor();
    let (first, second) = pair.sessions(&mut visitor).await;
    pair.world
        .emulator
        .misbehave(Endpoint::Token, Misbehaviour::Delay(Duration::from_secs(3)));
    let before = meddler.requests();
    let leaves = async {
        until(|| meddler.requests() == before + 1).await;
        pair.store.goes_away(true);
    };
    let (one, ()) = tokio::join!(token(&first), leaves);
    let one = one.unwrap();
    assert_eq!(token(&first).await.unwrap(), one);
    let writes = pair.store.writes();
    pair.store.goes_away(false);
    until(|| pair.store.writes() > writes).await;
    assert_eq!(
        token(&second).await.unwrap(),
        one,
        "without a request of its own"
    );
    assert_eq!(meddler.requests(), before + 1);
}

#[tokio::test]
async fn without_the_store_an_instance_asks_once_for_all_its_requests() {
    let meddler = single_use();
    let pair = Pair::new(&meddler).await;
    let mut visitor = pair.world.visitor();
    let (first, _) = pair.sessions(&mut visitor).await;
    pair.store.goes_away(true);
    let before = meddler.requests();
    let crowd: Vec<_> = (0..50)
        .map(|_| {
            let session = first.clone();
            tokio::spawn(async move { token(&session).await.is_ok() })
        })
        .collect();
    for one in crowd {
        assert!(one.await.unwrap());
    }
    assert_eq!(meddler.requests(), before + 1);
}

#[tokio::test]
async fn what_a_provider_asks_one_instance_to_wait_all_wait() {
    let (held, store) = (Held::default(), TroubledStore::default());
    let shared = store.clone();
    let world = World::with()
        .routes(held.routes())
        .parts(move |builder| builder.store(shared.clone()))
        .build()
        .await;
    let pair = Pair { world, store, held };
    let mut visitor = pair.world.visitor();
    let (first, second) = pair.sessions(&mut visitor).await;
    let emulator = &pair.world.emulator;
    let throttling = Misbehaviour::named("retry-after-429-90").unwrap();
    emulator.misbehave(Endpoint::Token, throttling);
    let asked = || {
        let requests = emulator.requests();
        let refreshes = requests
            .iter()
            .filter(|request| request.grant_type() == Some("refresh_token"));
        refreshes.count()
    };
    for session in [&first, &second, &first] {
        let Err(TokenError::Unavailable { retry_after }) = token(session).await else {
            panic!("a throttled provider");
        };
        assert!(
            retry_after.is_some_and(|left| left.as_secs() > 60),
            "{retry_after:?}"
        );
    }
    assert_eq!(asked(), 1);
    emulator.behave();
    pair.world.wait(Duration::from_secs(80));
    assert!(token(&second).await.is_err(), "the time is not up");
    assert_eq!(asked(), 1);
    pair.world.wait(Duration::from_secs(11));
    let one = token(&second).await.unwrap();
    assert_eq!(token(&first).await.unwrap(), one);
    assert_eq!(asked(), 2);
}
