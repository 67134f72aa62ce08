//! App tokens are kept, replaced ahead, and shared.

use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour, TenantKind};
use tower_b2c::TokenError;

use super::{Service, secret, until};
use crate::support::{Shared, TroubledStore};

const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";
const MORE_THAN_AN_HOUR: Duration = Duration::from_secs(3700);

fn delay(service: &Service, milliseconds: u64) {
    let delay = Misbehaviour::Delay(Duration::from_millis(milliseconds));
    service.emulator.misbehave(Endpoint::Token, delay);
}

#[tokio::test]
async fn an_ageing_token_serves_while_the_next_one_comes() {
    let service = Service::of(TenantKind::B2c).await;
    let first = service.token().await;
    service.wait(Duration::from_secs(3500));
    delay(&service, 300);
    assert_eq!(service.token().await, first);
    until(|| service.asked() == 2).await;
    let started = std::time::Instant::now();
    while service.token().await == first {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(service.asked(), 2);
}

#[tokio::test]
async fn a_crowd_at_the_end_causes_one_request() {
    let service = Service::of(TenantKind::B2c).await;
    service.token().await;
    service.wait(MORE_THAN_AN_HOUR);
    delay(&service, 200);
    let crowd: Vec<_> = (0..100)
        .map(|_| {
            let tokens = service.tokens.clone();
            tokio::spawn(async move { secret(&tokens).await })
        })
        .collect();
    let mut all = Vec::new();
    for one in crowd {
        all.push(one.await.unwrap());
    }
    all.dedup();
    assert_eq!(all.len(), 1);
    assert_eq!(service.asked(), 2);
}

#[tokio::test]
async fn instances_of_one_key_share_tokens_and_others_have_their_own() {
    let store = TroubledStore::default();
    let shared = store.clone();
    let service = Service::with(TenantKind::Entra, |builder| builder.store(shared)).await;
    let twin = service.another(crate::support::KEY, |builder| builder.store(store.clone()));
    let stranger = service.another(OTHER_KEY, |builder| builder.store(store.clone()));
    delay(&service, 300);
    let (one, two) = tokio::join!(secret(&service.tokens), secret(&twin));
    assert_eq!(one, two);
    assert_eq!(service.asked(), 1);
    secret(&stranger).await;
    assert_eq!(service.asked(), 2, "what another key sealed is none");

    // Without the store each has its own, once.
    service.wait(MORE_THAN_AN_HOUR);
    store.goes_away(true);
    for _ in 0..2 {
        secret(&twin).await;
        secret(&service.tokens).await;
    }
    assert_eq!(service.asked(), 4);
}

#[tokio::test]
async fn a_token_rests_sealed() {
    let store = Shared::default();
    let shared = store.clone();
    let service = Service::with(TenantKind::Entra, |builder| builder.store(shared)).await;
    let token = service.token().await;
    let (record, index) = store.last_inserted();
    let parts = token.split('.').chain(["demo", "api://"]);
    for part in parts {
        let part = part.as_bytes();
        assert!(
            !record
                .bytes
                .windows(part.len())
                .any(|window| window == part)
        );
    }
    assert!(index.keys.is_empty() && index.summary.is_empty());
}

#[tokio::test]
async fn what_a_provider_asks_one_instance_to_wait_all_wait() {
    let store = TroubledStore::default();
    let shared = store.clone();
    let service = Service::with(TenantKind::Entra, |builder| builder.store(shared)).await;
    let twin = service.another(crate::support::KEY, |builder| builder.store(store));
    let throttling = Misbehaviour::named("retry-after-429-90").unwrap();
    service.emulator.misbehave(Endpoint::Token, throttling);
    for tokens in [&service.tokens, &twin, &service.tokens] {
        let refused = tokens.token_for("demo").await;
        let Err(TokenError::Unavailable { retry_after }) = refused else {
            panic!("{refused:?}");
        };
        assert!(retry_after.is_some_and(|left| left.as_secs() > 60));
    }
    assert_eq!(service.asked(), 1);
    service.emulator.behave();
    service.wait(Duration::from_secs(91));
    assert_eq!(secret(&twin).await, service.token().await);
    assert_eq!(service.asked(), 2);
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_cost_the_others_their_token() {
    let service = Service::of(TenantKind::B2c).await;
    delay(&service, 3000);
    let impatient = service.tokens.token_for("demo");
    let given_up = tokio::time::timeout(Duration::from_millis(100), impatient).await;
    assert!(given_up.is_err());
    service.token().await;
    assert_eq!(service.asked(), 1);
}
