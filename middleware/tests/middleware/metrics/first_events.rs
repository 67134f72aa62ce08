//! What is listed before anything has happened: in a series that begins with its first event Prometheus
//! sees no increase.

use tower_b2c::{B2cLayer, BearerLayer, Config};

use super::FLOW;
use crate::support::{Heard, KEY, Op, World, settings};

#[tokio::test]
async fn a_sign_in_layer_lists_at_zero_what_may_happen() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let _world = World::new().await;
    let fetches = |outcome: &str| {
        format!(
            "tower_b2c_metadata_fetches_total{{provider=default,user_flow={FLOW},outcome={outcome}}}"
        )
    };
    for series in [
        "tower_b2c_refusals_total{reason=goes_in_circles}",
        "tower_b2c_sign_outs_total{kind=back_channel,outcome=refused}",
        "tower_b2c_sign_outs_unheard_total{}",
        "tower_b2c_session_records_refused_total{reason=garbled}",
        "tower_b2c_session_lookups_total{found=nowhere}",
        "tower_b2c_config_reloads_total{outcome=refused}",
        "tower_b2c_callbacks_total{provider=default,outcome=id_token_invalid}",
        "tower_b2c_token_requests_total{provider=default,grant=refresh_token,outcome=no_proof}",
        "tower_b2c_token_refreshes_total{for=user,outcome=transient}",
        "tower_b2c_provider_request_seconds{provider=default,endpoint=token,outcome=throttled}",
        "tower_b2c_store_commands_total{backend=memory,operation=load,outcome=error}",
        &fetches("unavailable"),
    ] {
        assert!(heard.lists(series), "{series}");
        assert_eq!(heard.of(series), 0, "{series}");
    }
    let failed = heard.shown("tower_b2c_config_reload_failed{}");
    assert_eq!(failed, Some(0.0));
    // Nothing of what is not here: another store, access tokens of callers, an age of 1970.
    for other in [
        "tower_b2c_store_commands_total{backend=redis,operation=load,outcome=error}",
        "tower_b2c_redis_connections_total{outcome=failed}",
        "tower_b2c_bearer_validations_total{outcome=accepted}",
    ] {
        assert!(!heard.lists(other), "{other}");
    }
    let keys =
        format!("tower_b2c_keys_fetched_timestamp_seconds{{provider=default,user_flow={FLOW}}}");
    assert_ne!(heard.shown(&keys), Some(0.0));
}

#[tokio::test]
async fn a_bearer_layer_lists_what_is_its_own() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let text = "[provider]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\n\
                [api]\naudiences = [\"api\"]";
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let layer = BearerLayer::builder(config.load_api().unwrap()).discover_at_start(false);
    let _layer = layer.build().unwrap();
    for series in [
        "tower_b2c_bearer_validations_total{outcome=invalid_token}",
        "tower_b2c_metadata_fetches_total{provider=default,user_flow=,outcome=unavailable}",
        "tower_b2c_config_reloads_total{outcome=refused}",
    ] {
        assert!(heard.lists(series), "{series}");
    }
    assert!(!heard.lists("tower_b2c_sign_outs_unheard_total{}"));
    let token = "tower_b2c_token_requests_total{provider=default,grant=refresh_token,outcome=ok}";
    assert!(!heard.lists(token));
}

#[tokio::test]
async fn a_provider_that_comes_with_a_reload_is_listed_then() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let op = Op::start().await;
    let one = settings(&op, "");
    let load = |text: &str| {
        let config = Config::from_text(text).environment([("KEY", KEY), ("SECRET", "s3cret")]);
        config.load().unwrap()
    };
    let layer = B2cLayer::builder(load(&one)).discover_at_start(false);
    let layer = layer.build().unwrap();
    let of_other = "tower_b2c_callbacks_total{provider=later,outcome=signed_in}";
    assert!(!heard.lists(of_other));
    let two = one.replace("[provider]", "[providers.later]");
    layer.reload_with(load(&two)).unwrap();
    assert!(heard.lists(of_other));
}
