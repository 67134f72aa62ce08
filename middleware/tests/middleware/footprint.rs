//! What a session takes in an instance's memory.

use allocation_counter::measure;
use axum::Router;
use axum::body::Body;
use http::Request;
use tower::ServiceExt as _;

use crate::support::{Shared, World};

/// 4 KB for a record of 2 KB.
#[test]
fn a_session_in_memory_takes_at_most_twice_its_record() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let store = Shared::default();
    let shared = store.clone();
    let (world, cookies) = runtime.block_on(async {
        let world = World::with().parts(move |builder| builder.store(shared.clone()));
        let world = world.build().await;
        let mut cookies = Vec::new();
        for _ in 0..2 * SESSIONS {
            let mut visitor = world.visitor();
            visitor.signs_in("/login").await;
            let ticket = &visitor.cookies()["b2c-session-5000"];
            cookies.push(format!("b2c-session-5000={ticket}"));
        }
        (world, cookies)
    });
    let record = store.last_inserted().0.bytes.len();
    let (first, more) = cookies.split_at(SESSIONS);
    // Tables grow by doubling, so the second half is what counts.
    let held = |cookies: &[String]| {
        let info = measure(|| runtime.block_on(visits(&world.second, cookies)));
        usize::try_from(info.bytes_current).unwrap() / cookies.len()
    };
    let (one, two) = (held(first), held(more));
    println!("a record of {record} bytes takes {two}, {one} in the first tables");
    assert!(two <= 2 * record, "{two} bytes for a record of {record}");
}

async fn visits(app: &Router, cookies: &[String]) {
    for cookie in cookies {
        let request = Request::get("/").header("cookie", cookie);
        let answer = app.clone().oneshot(request.body(Body::empty()).unwrap());
        let body = axum::body::to_bytes(answer.await.unwrap().into_body(), 1000).await;
        assert_eq!(body.unwrap(), "Hello, Ada Lovelace");
    }
}

const SESSIONS: usize = 64;
