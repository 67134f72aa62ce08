//! A user's sessions: looked at and ended from elsewhere.

use std::time::Duration;

use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use http::{Method, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{Session, SessionKey, SessionStore as _, UserSession};

use crate::support::{Shared, Visitor, World};

/// The pages that an app has for its users.
fn routes() -> Router {
    Router::new()
        .route("/sessions", get(list))
        .route("/sessions/end", post(end))
        .route("/sessions/end-others", post(end_others))
        .route("/sessions/end-all", post(end_all))
}

/// A line per session: its id, whether it is this one, how long ago it was seen.
async fn list(session: Session) -> String {
    let list = session.user_sessions().list().await.unwrap();
    let line = |session: &UserSession| {
        let mark = if session.is_current() {
            "this"
        } else {
            "other"
        };
        let user_agent = session.user_agent().unwrap_or("-");
        format!("{} {mark} {user_agent}", session.id())
    };
    list.iter().map(line).collect::<Vec<_>>().join("\n")
}

async fn end(session: Session, Query(query): Query<Vec<(String, String)>>) -> String {
    let ended = session.user_sessions().end(&query[0].1).await.unwrap();
    ended.to_string()
}

async fn end_others(session: Session) -> String {
    session
        .user_sessions()
        .end_others()
        .await
        .unwrap()
        .to_string()
}

async fn end_all(session: Session) -> String {
    session.user_sessions().end_all().await.unwrap().to_string()
}

async fn world() -> World {
    World::with().routes(routes()).build().await
}

async fn posts(visitor: &mut Visitor<'_>, path: &str) -> String {
    let page = visitor.sends_with(Method::POST, path, &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.body
}

async fn signed_in<'w>(world: &'w World, name: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    visitor.enters(&page, name, "Passw0rd!").await;
    visitor
}

trait Greeted {
    async fn is_signed_in(&mut self) -> bool;
}

impl Greeted for Visitor<'_> {
    async fn is_signed_in(&mut self) -> bool {
        self.opens("/").await.body != "Hello, stranger"
    }
}

#[tokio::test]
async fn users_see_their_sessions_and_nobody_elses() {
    let world = world().await;
    let mut laptop = signed_in(&world, "ada@emulator.example").await;
    world.wait(Duration::from_secs(600));
    let mut phone = signed_in(&world, "ada@emulator.example").await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;

    let list = phone.opens("/sessions").await.body;
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    assert!(
        lines[0].contains("this") && lines[1].contains("other"),
        "newest first: {list}"
    );
    assert_eq!(grace.opens("/sessions").await.body.lines().count(), 1);

    // Ten minutes and more after the last visit the store hears of the next one.
    world.wait(Duration::from_secs(600));
    let list = laptop.opens("/sessions").await.body;
    assert!(list.lines().next().unwrap().contains("this"), "{list}");
    // Both are forgotten when their time is over.
    world.wait(Duration::from_secs(2 * 3600));
    let mut back = signed_in(&world, "ada@emulator.example").await;
    assert_eq!(back.opens("/sessions").await.body.lines().count(), 1);
}

#[tokio::test]
async fn one_session_is_ended_from_another() {
    let world = world().await;
    let mut laptop = signed_in(&world, "ada@emulator.example").await;
    let mut phone = signed_in(&world, "ada@emulator.example").await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    let list = phone.opens("/sessions").await.body;
    let other = list.lines().find(|line| line.contains("other")).unwrap();
    let path = format!("/sessions/end?id={}", other.split(' ').next().unwrap());

    assert_eq!(posts(&mut grace, &path).await, "false", "it is not hers");
    assert!(laptop.is_signed_in().await);
    assert_eq!(posts(&mut phone, &path).await, "true");
    assert!(!laptop.is_signed_in().await);
    assert_eq!(posts(&mut phone, &path).await, "false", "it has ended");
    for id in [
        "",
        "no-id",
        &"A".repeat(43),
        &"é".repeat(43),
        &"A".repeat(10_000),
    ] {
        assert_eq!(
            posts(&mut phone, &format!("/sessions/end?id={}", encoded(id))).await,
            "false"
        );
    }
    assert!(phone.is_signed_in().await && grace.is_signed_in().await);
}

#[tokio::test]
async fn the_others_are_ended_and_this_one_stays() {
    let world = world().await;
    let mut first = signed_in(&world, "ada@emulator.example").await;
    let mut second = signed_in(&world, "ada@emulator.example").await;
    let mut this = signed_in(&world, "ada@emulator.example").await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    assert_eq!(posts(&mut this, "/sessions/end-others").await, "2");
    assert!(!first.is_signed_in().await && !second.is_signed_in().await);
    assert!(this.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!(posts(&mut this, "/sessions/end-others").await, "0");
}

#[tokio::test]
async fn everywhere_is_everywhere() {
    let world = world().await;
    let mut other = signed_in(&world, "ada@emulator.example").await;
    let mut this = signed_in(&world, "ada@emulator.example").await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    assert_eq!(posts(&mut this, "/sessions/end-all").await, "2");
    assert!(!other.is_signed_in().await && !this.is_signed_in().await);
    assert!(this.cookies().is_empty(), "the dead ticket is taken away");
    assert!(grace.is_signed_in().await);
}

#[tokio::test]
async fn an_administrator_ends_a_users_sessions() {
    let world = world().await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    let users = world.emulator.users();
    let ada = users
        .iter()
        .find(|user| user.sign_in_name() == "ada@emulator.example");
    let sessions = world
        .layer
        .user_sessions("default", ada.unwrap().object_id());
    let list = sessions.list().await.unwrap();
    assert_eq!(list.len(), 1);
    let session = &list[0];
    assert!(!session.is_current(), "the administrator has another");
    assert_eq!(session.user_flow(), Some("B2C_1_signupsignin1"));
    let (began, ends) = (
        session.signed_in_at().unwrap(),
        session.expires_at().unwrap(),
    );
    assert_eq!(
        ends.duration_since(began).unwrap(),
        Duration::from_secs(480 * 60)
    );
    assert_eq!(sessions.end_all().await.unwrap(), 1);
    assert!(sessions.list().await.unwrap().is_empty());
    assert!(!visitor.is_signed_in().await);
    assert!(grace.is_signed_in().await);
    assert!(
        world
            .layer
            .user_sessions("default", "nobody")
            .list()
            .await
            .unwrap()
            .is_empty()
    );
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn ten_thousand_sessions_of_one_user_are_bounded_work() {
    let store = Shared::default();
    let shared = store.clone();
    let world = World::with()
        .routes(routes())
        .parts(move |builder| builder.store(shared.clone()))
        .build()
        .await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let (record, index) = store.last_inserted();
    for number in 0..10_000_u64 {
        let mut key = [7; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        let key = SessionKey::from_bytes(key);
        assert!(
            store
                .insert(key, record.clone(), index.clone())
                .await
                .unwrap()
        );
    }
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    let list = visitor.opens("/sessions").await.body;
    assert_eq!(list.lines().count(), 1000, "nobody reads more");
    assert_eq!(grace.opens("/sessions").await.body.lines().count(), 1);

    let started = std::time::Instant::now();
    assert_eq!(posts(&mut visitor, "/sessions/end-others").await, "10000");
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
    assert!(visitor.is_signed_in().await && grace.is_signed_in().await);
    assert_eq!(visitor.opens("/sessions").await.body.lines().count(), 1);
}

#[tokio::test]
async fn a_store_sees_neither_user_nor_session_nor_browser() {
    let store = Shared::default();
    let shared = store.clone();
    let world = World::with()
        .parts(move |builder| builder.store(shared.clone()))
        .build()
        .await;
    signed_in(&world, "ada@emulator.example").await;
    let users = world.emulator.users();
    let ada = users
        .iter()
        .find(|user| user.sign_in_name() == "ada@emulator.example");
    let (record, index) = store.last_inserted();
    let mut bytes = [record.bytes, index.summary].concat();
    for key in &index.keys {
        bytes.extend(key.as_bytes());
    }
    for plain in [
        ada.unwrap().object_id(),
        "ada",
        "Ada",
        "B2C_1",
        "signed_in_at",
    ] {
        let found = bytes
            .windows(plain.len())
            .any(|window| window == plain.as_bytes());
        assert!(!found, "{plain}");
    }
    // Another user has other keys; the same user the same one.
    signed_in(&world, "grace@emulator.example").await;
    let (_, other) = store.last_inserted();
    assert!(other.keys.iter().all(|key| !index.keys.contains(key)));
    signed_in(&world, "ada@emulator.example").await;
    let (_, again) = store.last_inserted();
    assert_eq!(again.keys, index.keys);
}

#[tokio::test]
async fn what_a_list_shows_of_the_browser_is_the_operators_choice() {
    for (setting, expected) in [(true, "Mozilla/5.0 (\"<b>\")"), (false, "-")] {
        let world = World::with()
            .routes(routes())
            .config(move |file| file.set("session.record_user_agent", setting))
            .build()
            .await;
        let mut visitor = world.visitor();
        let page = visitor.opens("/login").await;
        let form = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let callback = visitor.fills(&page, "signInName", &form.into()).await;
        let path = callback.strip_prefix(crate::support::APP).unwrap();
        let agent = [
            ("user-agent", "Mozilla/5.0 (\"<b>\")"),
            ("accept", "text/html"),
        ];
        let answer = visitor.sends_with(Method::GET, path, &agent).await;
        let cookies = answer.headers.get_all("set-cookie").iter();
        let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
        let cookie = cookies
            .find(|cookie| cookie.starts_with("b2c-session-5000="))
            .unwrap();
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        visitor.cookies().insert(name.to_owned(), value.to_owned());
        let list = visitor.opens("/sessions").await.body;
        assert!(list.ends_with(expected), "{list}");
    }
}

#[tokio::test]
async fn another_instance_hears_of_it_when_it_next_asks_the_store() {
    let store = Shared::default();
    let shared = store.clone();
    let world = World::with()
        .routes(routes())
        .parts(move |builder| builder.store(shared.clone()))
        .build()
        .await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let asks_second = || async {
        let request = http::Request::get("/").header("cookie", &cookie);
        let request = request.body(axum::body::Body::empty()).unwrap();
        let answer = world.second.clone().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    };
    assert_eq!(asks_second().await, "Hello, Ada Lovelace");
    assert_eq!(posts(&mut visitor, "/sessions/end-all").await, "1");
    assert_eq!(
        visitor.opens("/").await.body,
        "Hello, stranger",
        "here at once"
    );
    // Six minutes later, a tenth of an idle hour, the other instance tells the store of a visit.
    world.wait(Duration::from_secs(6 * 60));
    let told = async {
        while asks_second().await != "Hello, stranger" {
            tokio::task::yield_now().await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    told.expect("the store tells that there is no such session");
}

#[tokio::test]
async fn sessions_that_end_each_other_at_once_are_each_ended_once() {
    let world = world().await;
    let mut cookies = Vec::new();
    for _ in 0..12 {
        let mut visitor = signed_in(&world, "ada@emulator.example").await;
        let ticket = &visitor.cookies()["b2c-session-5000"];
        cookies.push(format!("b2c-session-5000={ticket}"));
    }
    let mut calls = tokio::task::JoinSet::new();
    for cookie in cookies {
        let request = http::Request::post("/sessions/end-all").header("cookie", cookie);
        let request = request.body(axum::body::Body::empty()).unwrap();
        let app = world.app.clone();
        calls.spawn(async move {
            let answer = app.oneshot(request).await.unwrap();
            // Whose own session was ended before gets no answer.
            let served = answer.status() == StatusCode::OK;
            let body = axum::body::to_bytes(answer.into_body(), 10_000)
                .await
                .unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            if served {
                body.parse::<usize>().unwrap()
            } else {
                0
            }
        });
    }
    let ended: usize = calls.join_all().await.into_iter().sum();
    assert_eq!(ended, 12);
}
