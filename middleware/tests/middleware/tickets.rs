//! Tickets that nobody was given, and records that are not what was written.

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{SessionKey, SessionStore as _, StoredRecord};
use tracing::Level;

use crate::support::sealing::Ticket;
use crate::support::{Log, Shared, Visitor, World};

const NAME: &str = "b2c-session-5000";
const SIGNED_IN: &str = "Hello, Ada Lovelace";
const STRANGER: &str = "Hello, stranger";

async fn world(store: &Shared) -> World {
    let store = store.clone();
    let parts = move |builder: tower_b2c::B2cLayerBuilder| builder.store(store.clone());
    World::with().parts(parts).build().await
}

async fn signed_in<'w>(world: &'w World, name: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    visitor.enters(&page, name, "Passw0rd!").await;
    visitor
}

async fn asks(app: &Router, ticket: &str) -> Response<Body> {
    let request = Request::get("/").header("accept", "text/html");
    let request = request.header("cookie", format!("{NAME}={ticket}"));
    let request = request.body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

async fn greeting(app: &Router, ticket: &str) -> String {
    let body = asks(app, ticket).await.into_body();
    let body = axum::body::to_bytes(body, 10_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn random() -> String {
    let mut bytes = [0; 48];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn a_malformed_ticket_costs_the_store_nothing() {
    let store = Shared::default();
    let world = world(&store).await;
    let ticket = signed_in(&world, "ada@emulator.example").await.cookies()[NAME].clone();
    let before = store.loads();
    for length in 0..ticket.len() {
        assert_eq!(
            greeting(&world.second, &ticket[..length]).await,
            STRANGER,
            "{length}"
        );
    }
    let longer = [
        format!("{ticket}A"),
        format!("{ticket}="),
        format!("2.{ticket}"),
        ticket.repeat(60),
    ];
    for malformed in longer {
        assert_eq!(greeting(&world.second, &malformed).await, STRANGER);
    }
    for at in 0..64 {
        let mut other = ticket.clone();
        other.replace_range(at..=at, "!");
        assert_eq!(greeting(&world.second, &other).await, STRANGER, "{at}");
    }
    assert_eq!(store.loads(), before);
    assert_eq!(greeting(&world.second, &ticket).await, SIGNED_IN);
}

#[tokio::test]
async fn a_flood_of_made_up_tickets_is_bounded_work_and_hinders_nobody() {
    let store = Shared::default();
    let world = world(&store).await;
    let ticket = signed_in(&world, "ada@emulator.example").await.cookies()[NAME].clone();
    let before = store.loads();
    let mut told_to_wait = 0;
    for _ in 0..10_000 {
        let answer = asks(&world.second, &random()).await;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE => {
                told_to_wait += 1;
                assert!(answer.headers().contains_key("retry-after"));
                // It may be an old one, of a key that was taken away.
                assert!(!answer.headers().contains_key("set-cookie"));
            }
            other => panic!("{other}"),
        }
    }
    // The clock stands still, so all came in one second.
    let asked = store.loads() - before;
    assert!(asked <= 500, "{asked} looks at the store");
    assert_eq!(told_to_wait, 10_000 - asked);
    // Who was given their ticket is served, though this instance has never seen them.
    assert_eq!(greeting(&world.second, &ticket).await, SIGNED_IN);
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(greeting(&world.second, &random()).await, STRANGER);
}

#[tokio::test]
async fn a_ticket_that_is_replayed_after_the_sign_out_is_hardly_looked_up() {
    let store = Shared::default();
    let world = world(&store).await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let ticket = visitor.cookies()[NAME].clone();
    visitor.signs_out().await;
    let before = store.loads();
    for _ in 0..1000 {
        assert_eq!(greeting(&world.second, &ticket).await, STRANGER);
    }
    assert_eq!(store.loads() - before, 1);
}

#[tokio::test]
async fn an_id_opens_nothing_with_anothers_key() {
    let store = Shared::default();
    let world = world(&store).await;
    let ada = signed_in(&world, "ada@emulator.example").await.cookies()[NAME].clone();
    let grace = signed_in(&world, "grace@emulator.example").await.cookies()[NAME].clone();
    let (one, other) = (
        URL_SAFE_NO_PAD.decode(&ada).unwrap(),
        URL_SAFE_NO_PAD.decode(&grace).unwrap(),
    );
    let swapped = URL_SAFE_NO_PAD.encode([&one[..16], &other[16..]].concat());
    for app in [&world.app, &world.second] {
        assert_eq!(greeting(app, &swapped).await, STRANGER);
        assert_eq!(greeting(app, &ada).await, SIGNED_IN);
        assert_eq!(greeting(app, &grace).await, "Hello, Grace Hopper");
    }
}

#[tokio::test]
async fn a_record_that_was_meddled_with_ends_its_own_session_only() {
    let store = Shared::default();
    let world = world(&store).await;
    let ada = signed_in(&world, "ada@emulator.example").await.cookies()[NAME].clone();
    let grace = signed_in(&world, "grace@emulator.example").await.cookies()[NAME].clone();
    let key_of = |ticket: &str| SessionKey::from_bytes(Ticket::of(ticket).store_key);
    let load = |ticket: String| {
        let store = store.clone();
        async move { store.load(key_of(&ticket)).await.unwrap().unwrap() }
    };
    let genuine = load(ada.clone()).await;
    let anothers = load(grace.clone()).await.bytes;
    let mut tampered = genuine.bytes.clone();
    tampered[100] ^= 1;
    let cases = [
        ("tampered with", tampered),
        ("cut off", genuine.bytes[..genuine.bytes.len() / 2].to_vec()),
        ("next to nothing", genuine.bytes[..5].to_vec()),
        ("nothing", Vec::new()),
        ("another user's", anothers),
        (
            "in the clear",
            b"\x01{\"claims\":{\"sub\":\"ada\"}}".to_vec(),
        ),
    ];
    let (log, _open) = Log::open(Level::WARN);
    for (case, bytes) in cases {
        let version = store.load(key_of(&ada)).await.unwrap().unwrap().version;
        let meddled = StoredRecord {
            bytes,
            ..genuine.clone()
        };
        store.replace(key_of(&ada), version, meddled).await.unwrap();
        let answer = asks(&world.second, &ada).await;
        let cleared = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(cleared.contains("Max-Age=0"), "{case}: {cleared}");
        assert_eq!(greeting(&world.second, &ada).await, STRANGER, "{case}");
        let told = log.take();
        assert!(
            told.contains("a stored record is refused"),
            "{case}: {told}"
        );
        assert!(told.contains("no_key_opens_it"), "{case}: {told}");
        assert_eq!(
            greeting(&world.second, &grace).await,
            "Hello, Grace Hopper",
            "{case}"
        );
    }
    // Put back, it is what it was.
    let version = store.load(key_of(&ada)).await.unwrap().unwrap().version;
    store.replace(key_of(&ada), version, genuine).await.unwrap();
    assert_eq!(greeting(&world.second, &ada).await, SIGNED_IN);
}
