//! What a token costs that was seen before.

use tower::Layer as _;

use super::Api;
use crate::cost::{Nothing, allocations};

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
