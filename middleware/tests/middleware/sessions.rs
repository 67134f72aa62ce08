//! How long sessions live, and who ends them.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{
    BoxFuture, IndexEntry, IndexKey, IndexedSession, Replaced, SessionKey, SessionStore,
    StoreError, StoredRecord,
};

use crate::support::{APP, Shared, Visitor, World, own_tenant};

async fn ask(app: &Router, visitor: &mut Visitor<'_>) -> String {
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let request = Request::get("/")
        .header("cookie", cookie)
        .body(Body::empty())
        .unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 10_000)
        .await
        .unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_session_that_another_instance_saw_is_kept_alive_by_it() {
    let store = Shared::default();
    let shared = store.clone();
    let world = World::with()
        .parts(move |builder| builder.store(shared.clone()))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    world.clock.advance(Duration::from_secs(58 * 60));
    assert_eq!(
        ask(&world.second, &mut visitor).await,
        "Hello, Ada Lovelace"
    );
    // The store hears of that visit behind the request.
    let heard = async {
        while store.visits() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let heard = tokio::time::timeout(Duration::from_secs(30), heard).await;
    heard.expect("the store hears of a visit to a session that was loaded from it");
    // The first instance saw the user last an hour and two minutes ago: only the store knows better.
    world.clock.advance(Duration::from_secs(4 * 60));
    assert_eq!(ask(&world.app, &mut visitor).await, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn no_more_sessions_stay_in_memory_than_are_configured() {
    const SESSIONS: usize = 40;
    // One in each of the cache's sixteen shards is the least.
    for (line, kept) in [("", SESSIONS), ("cache_sessions = 1", 16)] {
        let store = Shared::default();
        let shared = store.clone();
        let world = World::with()
            .settings(move |emulator| {
                own_tenant(emulator).replace("[session]", &format!("[session]\n{line}"))
            })
            .parts(move |builder| builder.store(shared.clone()))
            .build()
            .await;
        let mut visitors = Vec::new();
        for _ in 0..SESSIONS {
            let mut visitor = world.visitor();
            visitor.signs_in("/login").await;
            visitors.push(visitor);
        }
        let before = store.loads();
        for visitor in &mut visitors {
            assert_eq!(ask(&world.app, visitor).await, "Hello, Ada Lovelace");
        }
        let loads = store.loads() - before;
        if kept == SESSIONS {
            assert_eq!(loads, 0, "all are in memory");
        } else {
            assert!(loads >= SESSIONS - kept, "{loads} were asked for");
        }
    }
}

#[tokio::test]
async fn signing_out_wins_over_a_sign_in_under_way() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let pending = visitor.opens("/private").await;
    visitor.signs_in("/login").await;
    let form = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let callback = visitor.fills(&pending, "signInName", &form.into()).await;

    let delay = b2c_emulator::Misbehaviour::Delay(Duration::from_secs(3));
    world
        .emulator
        .misbehave(b2c_emulator::Endpoint::Token, delay);
    let jar = visitor.cookies().clone();
    let mut other_tab = world.visitor();
    other_tab.cookies().clone_from(&jar);
    let sign_out = async {
        let asked = |emulator: &b2c_emulator::Emulator| emulator.requests_under_way() > 0;
        let patience = Duration::from_secs(30);
        assert!(world.emulator.wait_until(patience, asked).await);
        visitor
            .sends(Method::POST, &format!("{APP}/logout"), None)
            .await
    };
    let (finished, _) = tokio::join!(other_tab.asks(&callback), sign_out);
    let cookies = finished.headers.get_all("set-cookie").iter();
    let begun = cookies
        .filter_map(|cookie| cookie.to_str().ok())
        .any(|cookie| cookie.starts_with("b2c-session-5000=") && !cookie.contains("Max-Age=0"));
    assert!(!begun, "no session begins after the sign-out");
}

#[tokio::test]
async fn a_late_answer_to_a_script_does_not_take_a_newer_ticket_away() {
    let world = World::with()
        .routes(Router::new().route("/poll", get(|| async {})))
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    world.wait(Duration::from_secs(2 * 3600));
    let script = [("cookie", cookie.as_str()), ("sec-fetch-mode", "cors")];
    let answer = visitor.sends_with(Method::GET, "/poll", &script).await;
    assert!(answer.headers.get("set-cookie").is_none());
    let navigation = [("cookie", cookie.as_str()), ("sec-fetch-mode", "navigate")];
    let answer = visitor.sends_with(Method::GET, "/poll", &navigation).await;
    assert!(answer.headers.get("set-cookie").is_some());
}

/// A store that is away.
pub struct Away;

impl SessionStore for Away {
    fn insert(
        &self,
        _: SessionKey,
        _: StoredRecord,
        _: IndexEntry,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }

    fn load(&self, _: SessionKey) -> BoxFuture<'_, Result<Option<StoredRecord>, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }

    fn replace(
        &self,
        _: SessionKey,
        _: u64,
        _: StoredRecord,
    ) -> BoxFuture<'_, Result<Replaced, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }

    fn touch(
        &self,
        _: SessionKey,
        _: std::time::SystemTime,
    ) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }

    fn delete(&self, _: SessionKey) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }

    fn find_indexed(
        &self,
        _: IndexKey,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<IndexedSession>, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }

    fn delete_indexed(
        &self,
        _: IndexKey,
        _: Option<SessionKey>,
    ) -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(async { Err(StoreError::new("away")) })
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_told_in_the_callers_language() {
    let world = World::with()
        .parts(|builder| builder.store(Away))
        .build()
        .await;
    let visitor = world.visitor();
    let cookie = format!("b2c-session-5000={}", "A".repeat(64));
    let grpc = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/grpc"),
    ];
    let answer = visitor.sends_with(Method::POST, "/private", &grpc).await;
    assert_eq!(answer.headers["grpc-status"], "14");
    let page = [("cookie", cookie.as_str()), ("accept", "text/html")];
    let answer = visitor.sends_with(Method::GET, "/", &page).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers.contains_key("retry-after"));
    let answer = visitor
        .sends_with(Method::GET, "/", &[("accept", "text/html")])
        .await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "anonymous visitors need no store"
    );
}
