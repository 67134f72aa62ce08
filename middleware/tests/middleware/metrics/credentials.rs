//! What is counted of a secret that has expired, whatever it is used for: nobody can sign in, and it is no
//! user's doing.

use std::time::Duration;

use b2c_emulator::{Endpoint, Misbehaviour};
use http::StatusCode;
use serde_json::json;

use crate::pushed_authorization::offering;
use crate::support::{Heard, World};

#[tokio::test]
async fn an_expired_secret_is_told_from_a_grant_that_has_ended() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let asked = |grant: &str, outcome: &str| {
        heard.of(&format!(
            "tower_b2c_token_requests_total{{provider=default,grant={grant},outcome={outcome}}}"
        ))
    };
    let (mut ada, mut again) = (world.visitor(), world.visitor());
    ada.signs_in("/api").await;
    again.signs_in("/api").await;
    let expired = Misbehaviour::WrongSecret;
    world.emulator.misbehave(Endpoint::Token, expired);
    world.wait(Duration::from_secs(3590));
    ada.asks("/api").await;
    assert_eq!(asked("refresh_token", "credential_refused"), 1);
    let page = world.visitor().signs_in("/private").await;
    assert!(page.status.is_server_error(), "{}", page.status);
    assert_eq!(asked("authorization_code", "credential_refused"), 1);
    let ended = "tower_b2c_callbacks_total{provider=default,outcome=provider_error}";
    assert_eq!(heard.of(ended), 1);
    for grant in ["refresh_token", "authorization_code"] {
        assert_eq!(asked(grant, "refused"), 0, "{grant}");
    }

    world.emulator.behave();
    let revoked = Misbehaviour::GrantRevoked;
    world.emulator.misbehave(Endpoint::Token, revoked);
    world.wait(Duration::from_secs(5));
    again.asks("/api").await;
    let all = heard.all_of("tower_b2c_token");
    assert_eq!(asked("refresh_token", "refused"), 1, "{all:#?}");
    assert_eq!(asked("refresh_token", "credential_refused"), 1);
}

#[tokio::test]
async fn an_expired_secret_is_counted_where_sign_ins_are_pushed_and_never_get_to_a_code() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let site = offering("").await;
    site.op.behaves(|op| {
        let refusal = json!({ "error": "invalid_client" });
        op.push_refusal = Some((StatusCode::UNAUTHORIZED, refusal));
    });
    let page = site.browser().asks("/private").await;
    assert!(page.status.is_server_error(), "{}", page.status);
    let refused = "tower_b2c_token_requests_total{provider=default,grant=pushed_authorization,outcome=credential_refused}";
    assert_eq!(heard.of(refused), 1);
}
