//! What is counted of access tokens.

use std::time::Duration;

use b2c_emulator::Forgery;

use super::{ADA, Api};
use crate::support::Heard;

#[tokio::test]
async fn access_tokens_are_counted_by_what_becomes_of_them() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let api = Api::new().await;
    let token = api.token();
    let counted = |outcome: &str| {
        heard.of(&format!(
            "tower_b2c_bearer_validations_total{{outcome={outcome}}}"
        ))
    };
    let found = |found: &str| {
        heard.of(&format!(
            "tower_b2c_bearer_cache_lookups_total{{found={found}}}"
        ))
    };
    for _ in 0..3 {
        api.gets("/", &token).await;
    }
    assert_eq!(counted("accepted"), 3);
    assert_eq!((found("no"), found("yes")), (1, 2));
    api.sends("/", &[]).await;
    assert_eq!((counted("token_missing"), found("no")), (1, 1));
    api.gets("/", "no.to.ken").await;
    assert_eq!(counted("invalid_token"), 1);
    let other = api.forge(&Forgery::access_token(ADA).scopes(["demo.other"]));
    api.gets("/read", &other).await;
    assert_eq!((counted("accepted"), counted("insufficient_scope")), (4, 1));
    api.wait(Duration::from_secs(7200));
    api.gets("/", &token).await;
    assert_eq!(counted("token_expired"), 1);
    // The sum of it: nobody's provider, scope or subject is in any label.
    let all = heard.all_of("tower_b2c_bearer");
    assert!(all.keys().all(|labels| !labels.contains("ada")), "{all:?}");
}
