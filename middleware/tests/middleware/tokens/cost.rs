//! What a token costs that the session has.

use std::pin::pin;
use std::task::{Context, Waker};

use allocation_counter::measure;

use super::held::Held;
use crate::support::World;

#[tokio::test]
async fn a_token_at_hand_is_found_without_an_allocation() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    let scope = "https://b2cemulator.onmicrosoft.com/demo-api/demo.read";
    let info = measure(|| {
        let mut context = Context::from_waker(Waker::noop());
        for scope in ["demo.read", scope] {
            let scopes = [scope];
            let token = pin!(session.access_token(&scopes));
            assert!(token.poll(&mut context).is_ready());
        }
        let token = pin!(session.token_for("demo"));
        assert!(token.poll(&mut context).is_ready());
    });
    assert_eq!(info.count_total, 0);
}
