//! What a token costs: one that comes for the first time, and one that was seen before.

use b2c_emulator::Forgery;
use tower::Layer as _;
use tracing::Level;

use super::{ADA, Api};
use crate::cost::{Nothing, allocations};
use crate::signatures::verified;
use crate::support::Log;

#[tokio::test]
async fn a_token_seen_before_stays_within_its_budget() {
    let api = Api::new().await;
    let token = api.token();
    assert_eq!(api.gets("/", &token).await.status, 200);
    let authorization = format!("Bearer {token}");
    let header = Some(("authorization", authorization.as_str()));
    let bare = allocations(&mut Nothing, header);
    let mut layered = api.layer.layer(Nothing);
    let cached = allocations(&mut layered, header) - bare;
    // The extensions' map and what goes into it.
    assert!(cached <= 3, "{cached} allocations, 3 allowed");
}

#[tokio::test]
async fn a_new_token_stays_within_its_budget() {
    let api = Api::new().await;
    // The provider's keys are known.
    assert_eq!(api.gets("/", &api.token()).await.status, 200);
    let authorization = format!("Bearer {}", another(&api, 1));
    let header = Some(("authorization", authorization.as_str()));
    let bare = allocations(&mut Nothing, header);
    let mut layered = api.layer.layer(Nothing);
    let first = allocations(&mut layered, header) - bare;
    println!("first {first}");
    // One for each text in the claims, and what is decoded, kept and handed on.
    assert!(first <= 24, "{first} allocations, 24 allowed");
}

#[tokio::test]
async fn a_signature_is_verified_when_its_token_comes_for_the_first_time() {
    let api = Api::new().await;
    let (log, _open) = Log::open(Level::TRACE);
    let (first, second) = (another(&api, 1), another(&api, 2));
    for (token, times) in [(&first, 1), (&first, 0), (&second, 1), (&first, 0)] {
        assert_eq!(api.gets("/", token).await.status, 200);
        assert_eq!(verified(&log), times);
    }
}

/// Tokens of the same moment are the same, unless their numbers differ.
fn another(api: &Api, number: u8) -> String {
    api.forge(&Forgery::access_token(ADA).claim("number", number))
}
