//! How many sessions a user has, and what a session does not outlast.

use std::time::{Duration, SystemTime};

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use tower_b2c::{Config, Session};

use crate::support::{KEY, Meddler, Shared, Visitor, World, WorldBuilder, sign_in_at_once};

const SIGNED_IN: &str = "Hello, Ada Lovelace";
const STRANGER: &str = "Hello, stranger";

/// Two instances over one store, with so many sessions for each user.
fn limited(most: u32, when_full: &'static str) -> WorldBuilder {
    let store = Shared::default();
    World::with()
        .parts(move |builder| builder.store(store.clone()))
        .config(move |file| {
            file.set("session.max_per_user", most)
                .set("session.when_full", when_full)
        })
        .routes(Router::new().route("/count", get(count)))
}

async fn count(session: Session) -> String {
    session
        .user_sessions()
        .list()
        .await
        .unwrap()
        .len()
        .to_string()
}

async fn signed_in<'w>(world: &'w World, name: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    visitor.enters(&page, name, "Passw0rd!").await;
    world.wait(Duration::from_secs(1));
    visitor
}

#[tokio::test]
async fn one_session_more_than_a_user_may_have_ends_the_oldest() {
    let world = limited(2, "end_oldest").build().await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    let mut first = signed_in(&world, "ada@emulator.example").await;
    let mut second = signed_in(&world, "ada@emulator.example").await;
    assert_eq!(first.asks("/").await.body, SIGNED_IN);
    let mut third = signed_in(&world, "ada@emulator.example").await;
    assert_eq!(
        first.asks("/").await.body,
        STRANGER,
        "however lately it was used"
    );
    assert_eq!(second.asks("/").await.body, SIGNED_IN);
    assert_eq!(third.asks("/count").await.body, "2");
    assert_eq!(grace.asks("/").await.body, "Hello, Grace Hopper");
    // A sign-in in place of one's own session takes no room.
    let old = third.cookies()["b2c-session-5000"].clone();
    let pending = third.opens("/private?tab=1").await;
    assert_eq!(pending.status, StatusCode::OK);
    third.cookies().remove("b2c-session-5000");
    let page = third.opens("/private?tab=2").await;
    assert_eq!(
        page.app_path(),
        Some("/private?tab=2"),
        "the provider knows the user"
    );
    assert_ne!(third.cookies()["b2c-session-5000"], old);
    assert_eq!(third.asks("/count").await.body, "2");
}

#[tokio::test]
async fn a_full_house_refuses_kindly_if_it_is_told_to() {
    let world = limited(1, "refuse").build().await;
    let mut first = signed_in(&world, "ada@emulator.example").await;
    let mut second = world.visitor();
    let page = second.opens("/login").await;
    let page = second
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("too many places"), "{}", page.body);
    assert!(!second.cookies().contains_key("b2c-session-5000"));
    assert_eq!(first.asks("/count").await.body, "1");
    first.signs_out().await;
    assert_eq!(
        second.opens("/private").await.app_path(),
        Some("/private"),
        "there is room now"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_sign_ins_at_once_as_many_stay_as_may() {
    for when_full in ["end_oldest", "refuse"] {
        let world = limited(3, when_full).build().await;
        let racers = sign_in_at_once(&world, 12).await;
        let statuses: Vec<_> = racers.iter().map(|racer| racer.status).collect();
        assert!(
            statuses.iter().all(|status| !status.is_server_error()),
            "{statuses:?}"
        );
        let users = world.emulator.users();
        let ada = users
            .iter()
            .find(|user| user.sign_in_name() == "ada@emulator.example");
        let sessions = world
            .layer
            .user_sessions("default", ada.unwrap().object_id());
        let stayed = sessions.list().await.unwrap().len();
        assert_eq!(stayed, 3, "{when_full}: {statuses:?}");
        let given = racers.iter().filter(|racer| racer.cookie.is_some()).count();
        assert!(given >= 3, "{when_full}: {given}");
    }
}

#[tokio::test]
async fn a_session_bound_to_the_id_token_ends_with_it_unless_it_is_renewed() {
    let bound = || World::with().config(|file| file.set("session.bound_to", "id_token"));
    let world = bound().build().await;
    let (mut idle, mut busy) = (world.visitor(), world.visitor());
    idle.signs_in("/private").await;
    busy.signs_in("/private").await;
    for _ in 0..2 {
        world.wait(Duration::from_secs(1700));
        assert_eq!(idle.asks("/").await.body, SIGNED_IN);
        assert_eq!(busy.asks("/").await.body, SIGNED_IN);
    }
    // In the last seconds of the access token the request waits for the next one, and the ID token
    // comes with it.
    world.wait(Duration::from_secs(180));
    assert!(busy.asks("/api").await.body.starts_with("200 "));
    assert_eq!(world.grants("refresh_token"), 1);
    world.wait(Duration::from_secs(120));
    assert_eq!(idle.asks("/").await.body, STRANGER);
    assert_eq!(busy.asks("/").await.body, SIGNED_IN);
    assert!(!idle.cookies().contains_key("b2c-session-5000"));
}

#[tokio::test]
async fn a_session_bound_to_the_refresh_token_ends_when_it_is_refused() {
    let dead = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = serde_json::json!({
                "error": "invalid_grant", "error_description": "AADB2C90080: expired",
            });
        }
    });
    for (bound, expected) in [("refresh_token", STRANGER), ("nothing", SIGNED_IN)] {
        let http = dead.clone();
        let world = World::with()
            .config(move |file| {
                file.set("session.bound_to", bound)
                    .set("session.idle_minutes", 400)
            })
            .parts(move |builder| builder.http_client(http.clone()))
            .build()
            .await;
        let mut visitor = world.visitor();
        visitor.signs_in("/private").await;
        world.wait(Duration::from_secs(2 * 3600));
        assert_eq!(visitor.asks("/").await.body, SIGNED_IN);
        visitor.asks("/api").await;
        assert_eq!(visitor.asks("/").await.body, expected, "{bound}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_nothing_and_revives_nothing() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let signed_in_at = tower_b2c::Clock::now(&world.clock);
    let hour = Duration::from_secs(3600);
    world.clock.set(signed_in_at - hour);
    assert_eq!(visitor.asks("/").await.body, SIGNED_IN);
    // What the clock said of tokens counts for nothing: it gets a new one, or says it cannot.
    let page = visitor.asks("/api").await;
    assert!(
        page.status != StatusCode::INTERNAL_SERVER_ERROR,
        "{}",
        page.body
    );
    let mut other = world.visitor();
    other.signs_in("/private").await;
    world.clock.set(signed_in_at);
    assert_eq!(visitor.asks("/").await.body, SIGNED_IN);
    visitor.signs_out().await;
    world.clock.set(signed_in_at - hour);
    assert_eq!(visitor.asks("/").await.body, STRANGER);
    // The absolute end is where it was.
    world.clock.set(signed_in_at + 8 * hour);
    assert_eq!(other.asks("/").await.body, STRANGER);
    assert!(signed_in_at > SystemTime::UNIX_EPOCH);
}

#[test]
fn what_is_no_limit_is_refused() {
    for (session, expected) in [
        ("max_per_user = 0", "session.max_per_user"),
        ("max_per_user = \"three\"", "session.max_per_user"),
        (
            "max_per_user = 1\nwhen_full = \"drop\"",
            "session.when_full: found \"drop\"",
        ),
        (
            "bound_to = \"access_token\"",
            "session.bound_to: found \"access_token\"",
        ),
        (
            "max_per_user = 1\nstore = \"cookie\"\ncookie_key = { env = \"KEY\" }",
            "which cannot count",
        ),
    ] {
        let text = format!(
            "[app]\nbase_url = \"http://localhost:5000\"\n[session]\n{session}\n[provider]\n\
             kind = \"oidc\"\nissuer = \"https://op.example\"\nclient_id = \"c\"\n\
             client_secret = {{ env = \"KEY\" }}\n"
        );
        let error = Config::from_text(text).environment([("KEY", KEY)]).load();
        let error = error.unwrap_err().to_string();
        assert!(error.contains(expected), "{session}: {error}");
    }
}
