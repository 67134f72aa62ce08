//! What is counted, as a recorder hears it.

mod credentials;
mod first_events;
mod lookups;
mod reloads;
mod stores;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Endpoint, Misbehaviour};
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{B2cLayer, Config, RedisStore, Secret, Session};

use crate::support::{Heard, Shared, World};

const FLOW: &str = "B2C_1_signupsignin1";

#[tokio::test]
async fn lookups_and_store_commands_are_counted() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let store = Shared::default();
    let world = World::with().parts(move |builder| builder.store(store.clone()));
    let world = world.build().await;
    let described = heard.described();
    assert!(described.contains(&"tower_b2c_store_command_seconds".to_owned()));
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let commands = "tower_b2c_store_commands_total{backend=other,operation=insert,outcome=ok}";
    let all = heard.all_of("tower_b2c_store");
    assert!(heard.of(commands) >= 1, "{all:#?}");
    let seconds = "tower_b2c_store_command_seconds{backend=other,operation=insert,outcome=ok}";
    assert_eq!(heard.of(seconds), heard.of(commands));

    let from_memory = "tower_b2c_session_lookups_total{found=memory}";
    let before = heard.of(from_memory);
    for _ in 0..5 {
        visitor.opens("/").await;
    }
    assert_eq!(heard.of(from_memory), before + 5);
}

#[tokio::test]
async fn a_store_that_is_away_is_counted() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::with().parts(|builder| {
        let nobody = RedisStore::new(&Secret::new("redis://127.0.0.1:1"));
        builder.store(nobody.unwrap())
    });
    let world = world.build().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, 503);
    for what in [
        "tower_b2c_store_commands_total{backend=redis,operation=insert,outcome=error}",
        "tower_b2c_redis_connections_total{outcome=failed}",
        "tower_b2c_store_listener_lost_total{}",
        "tower_b2c_callbacks_total{provider=default,outcome=store_unavailable}",
        "tower_b2c_refusals_total{reason=store_unavailable}",
    ] {
        let all = heard.all_of("tower_b2c");
        assert!(heard.of(what) >= 1, "{what} in {all:#?}");
    }
}

#[tokio::test]
async fn a_sign_in_is_counted_from_the_challenge_to_the_session() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let sent = |reason: &str| {
        heard.of(&format!(
            "tower_b2c_authorization_requests_total{{provider=default,user_flow={FLOW},purpose=sign_in,reason={reason}}}"
        ))
    };
    assert_eq!((sent("challenged"), sent("asked")), (1, 0));
    for (what, times) in [
        ("tower_b2c_challenges_total{audience=navigation}", 1),
        (
            "tower_b2c_callbacks_total{provider=default,outcome=signed_in}",
            1,
        ),
        (
            "tower_b2c_token_requests_total{provider=default,grant=authorization_code,outcome=ok}",
            1,
        ),
        (
            "tower_b2c_provider_request_seconds{provider=default,endpoint=discovery,outcome=ok}",
            1,
        ),
        (
            "tower_b2c_provider_request_seconds{provider=default,endpoint=jwks,outcome=ok}",
            1,
        ),
        (
            "tower_b2c_provider_request_seconds{provider=default,endpoint=token,outcome=ok}",
            1,
        ),
    ] {
        let all = heard.all_of("tower_b2c");
        assert_eq!(heard.of(what), times, "{what} in {all:#?}");
    }

    visitor.opens("/login?user_flow=made-up").await;
    visitor.sends_with(Method::GET, "/private", &[]).await;
    let script = world.visitor();
    script.sends_with(Method::GET, "/private", &[]).await;
    assert_eq!(heard.of("tower_b2c_challenges_total{audience=api}"), 1);
    let flows = heard.all_of("tower_b2c_authorization_requests_total");
    let of_config = format!("user_flow={FLOW}");
    assert!(
        flows.keys().all(|key| key.contains(&of_config)),
        "{flows:?}"
    );
}

#[tokio::test]
async fn answers_that_nobody_asked_for_are_counted_by_what_comes_of_them() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let ends = |outcome: &str| {
        heard.of(&format!(
            "tower_b2c_callbacks_total{{provider=default,outcome={outcome}}}"
        ))
    };
    let stranger = world.visitor();
    let html = [("accept", "text/html")];
    for (query, outcome) in [
        ("state=unknown&code=1", "restarted"),
        ("state=again.unknown&code=1", "cookies_lost"),
        ("state=unknown", "callback_malformed"),
        ("state=unknown&error=server_error", "callback_unasked"),
    ] {
        let path = format!("/getAToken?{query}");
        stranger.sends_with(Method::GET, &path, &html).await;
        assert_eq!(ends(outcome), 1, "{query}");
    }
    let reason = "tower_b2c_refusals_total{reason=cookies_lost}";
    assert_eq!(heard.of(reason), 1);
    let restarted = format!(
        "tower_b2c_authorization_requests_total{{provider=default,user_flow={FLOW},purpose=sign_in,reason=restarted}}"
    );
    assert_eq!(heard.of(&restarted), 1);

    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor
        .sends_with(Method::GET, "/getAToken?state=unknown&code=1", &html)
        .await;
    assert_eq!(ends("stale"), 1);
}

#[tokio::test]
async fn sign_outs_are_counted_by_who_asks() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let ends = |kind: &str, outcome: &str| {
        heard.of(&format!(
            "tower_b2c_sign_outs_total{{kind={kind},outcome={outcome}}}"
        ))
    };
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor.signs_out().await;
    assert_eq!(ends("local", "ended"), 1);
    visitor.signs_out().await;
    assert_eq!(ends("local", "nothing"), 1);
    let elsewhere = [("origin", "https://evil.example"), ("accept", "text/html")];
    visitor
        .sends_with(Method::POST, "/logout", &elsewhere)
        .await;
    assert_eq!(ends("local", "refused"), 1);

    visitor
        .sends_with(Method::GET, "/front-channel-logout?sid=1", &[])
        .await;
    assert_eq!(ends("front_channel", "refused"), 1);
    visitor
        .sends_with(Method::GET, "/front-channel-logout", &[])
        .await;
    assert_eq!(ends("front_channel", "nothing"), 1);

    let request = Request::post("/back-channel-logout")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("logout_token=none"))
        .unwrap();
    let answer = world.app.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(ends("back_channel", "refused"), 1);
}

#[tokio::test]
async fn refreshes_are_counted_by_what_comes_of_them() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let ends = |outcome: &str| {
        heard.of(&format!(
            "tower_b2c_token_refreshes_total{{for=user,outcome={outcome}}}"
        ))
    };
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    world.wait(Duration::from_secs(3590));
    let (one, other) = (world.visitor(), world.visitor());
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let headers = [("cookie", cookie.as_str())];
    let asks = |visitor| {
        let visitor: crate::support::Visitor<'_> = visitor;
        async move { visitor.sends_with(Method::GET, "/api", &headers).await }
    };
    let (one, other) = tokio::join!(asks(one), asks(other));
    assert!(one.body.starts_with("200 ") && other.body.starts_with("200 "));
    assert_eq!((ends("ok"), ends("shared")), (1, 1));
    let granted = "tower_b2c_token_requests_total{provider=default,grant=refresh_token,outcome=ok}";
    assert_eq!(heard.of(granted), 1);
    assert_eq!(
        heard.of("tower_b2c_token_refreshes_total{for=app,outcome=ok}"),
        0
    );

    world.wait(Duration::from_secs(3590));
    let down = Misbehaviour::Status(503);
    world.emulator.misbehave(Endpoint::Token, down);
    for _ in 0..2 {
        visitor.asks("/api").await;
    }
    assert_eq!((ends("transient"), ends("throttled")), (1, 1));
    let failing =
        "tower_b2c_provider_request_seconds{provider=default,endpoint=token,outcome=failing}";
    assert_eq!(heard.of(failing), 1);

    world.emulator.behave();
    world.emulator.revoke_sign_ins("ada@emulator.example");
    world.wait(Duration::from_secs(10));
    visitor.asks("/api").await;
    assert_eq!(ends("fatal"), 1, "{:#?}", heard.all_of("tower_b2c_token"));
}

#[tokio::test]
async fn the_age_of_keys_is_told_and_so_is_that_they_cannot_be_renewed() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let keys =
        format!("tower_b2c_keys_fetched_timestamp_seconds{{provider=default,user_flow={FLOW}}}");
    let fetches = |outcome: &str| {
        heard.of(&format!(
            "tower_b2c_metadata_fetches_total{{provider=default,user_flow={FLOW},outcome={outcome}}}"
        ))
    };
    let first = heard.shown(&keys).unwrap();
    assert_eq!(heard.shown(&keys.replace("keys", "metadata")), Some(first));
    assert_eq!(fetches("ok"), 1);

    world.wait(Duration::from_secs(2 * 3600));
    let down = Misbehaviour::Status(503);
    world.emulator.misbehave(Endpoint::Metadata, down);
    let bound = std::time::Instant::now();
    while fetches("unavailable") == 0 {
        assert!(bound.elapsed() < Duration::from_secs(60));
        world.visitor().opens("/login").await;
    }
    assert_eq!(heard.shown(&keys), Some(first), "they are as old as before");

    world.emulator.behave();
    world.wait(Duration::from_secs(120));
    let bound = std::time::Instant::now();
    while fetches("ok") == 1 {
        assert!(bound.elapsed() < Duration::from_secs(60));
        world.visitor().opens("/login").await;
    }
    let passed = heard.shown(&keys).unwrap() - first;
    assert!((7320.0..7400.0).contains(&passed), "{passed}");
}

#[tokio::test]
async fn the_sessions_in_memory_are_counted_until_they_are_gone() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let cached = || heard.shown("tower_b2c_session_cache_sessions{}");
    let capacity = || heard.shown("tower_b2c_session_cache_capacity{}");
    let world = World::new().await;
    // Two instances.
    let room = capacity().unwrap();
    assert!(room >= 2000.0, "{room}");
    let (mut ada, mut again) = (world.visitor(), world.visitor());
    ada.signs_in("/private").await;
    again.signs_in("/private").await;
    assert_eq!(cached(), Some(2.0));
    ada.signs_out().await;
    assert_eq!(cached(), Some(1.0));
    drop((ada, again));
    drop(world);
    let bound = std::time::Instant::now();
    while capacity() != Some(0.0) || cached() != Some(0.0) {
        assert!(bound.elapsed() < Duration::from_secs(60), "{:?}", cached());
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_full_memory_says_what_it_drops() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::with().settings(|emulator| {
        let settings = crate::support::own_tenant(emulator);
        settings.replace("[session]", "[session]\ncache_sessions = 16")
    });
    let world = world.build().await;
    let mut racers = crate::support::sign_in_at_once(&world, 40).await;
    assert_eq!(racers.len(), 40);
    racers.clear();
    let evicted = heard.of("tower_b2c_session_cache_evictions_total{}");
    let cached = heard.shown("tower_b2c_session_cache_sessions{}").unwrap();
    assert!(
        evicted >= 8 && cached <= 32.0,
        "{evicted} evicted, {cached} left"
    );
}

#[tokio::test]
async fn a_user_flow_that_only_a_session_remembers_is_no_label() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let store = Shared::default();
    let shared = store.clone();
    let world = World::with().parts(move |builder| builder.store(shared.clone()));
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);

    // The next version of the app has another user flow for signing in.
    let settings = crate::support::own_tenant(&world.emulator).replace(FLOW, "B2C_1_next");
    let config = Config::from_text(settings).environment([
        ("SECRET", world.emulator.client().client_secret()),
        ("KEY", crate::support::KEY),
    ]);
    let layer = B2cLayer::builder(config.load().unwrap())
        .store(store)
        .clock(world.clock.clone())
        .discover_at_start(false)
        .build()
        .unwrap();
    let token = async |session: Session| match session.access_token(&["demo.read"]).await {
        Ok(_) => "a token".to_owned(),
        Err(error) => error.to_string(),
    };
    let app = Router::new().route("/token", get(token)).layer(layer);
    world.wait(Duration::from_secs(3590));
    let request = Request::get("/token").header("cookie", cookie);
    let answer = app.oneshot(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    let fetches = heard.all_of("tower_b2c_metadata_fetches_total");
    let old = "{provider=default,user_flow=other,outcome=ok}";
    assert_eq!(fetches.get(old), Some(&1), "{fetches:?}");
    assert_eq!(fetches.len(), 2, "{fetches:?}");
}
