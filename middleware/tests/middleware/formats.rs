//! Two versions of the app side by side: what one writes, the other reads, or leaves alone.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tower_b2c::{
    B2cLayerBuilder, IndexEntry, IndexKey, SessionKey, SessionStore as _, StoredRecord,
};

use crate::support::sealing::{Ticket, seal, unseal};
use crate::support::{APP, KEY, Shared, World};

/// What the first version wrote, by name. It is opened for as long as it can be around.
fn fixtures() -> BTreeMap<&'static str, &'static str> {
    let lines = include_str!("fixtures/format-1.txt").lines();
    lines.map(|line| line.split_once(' ').unwrap()).collect()
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A minute after the fixtures were written.
fn then() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_060)
}

async fn put(
    store: &Shared,
    ticket: &Ticket,
    bytes: Vec<u8>,
    index: Vec<IndexKey>,
    summary: Vec<u8>,
) {
    let record = StoredRecord {
        version: 1,
        expires_at: then() + Duration::from_secs(3600),
        bytes,
    };
    let keys = index;
    let key = SessionKey::from_bytes(ticket.store_key);
    let added = store.insert(key, record, IndexEntry { keys, summary });
    assert!(added.await.unwrap());
}

fn with(store: &Shared) -> impl Fn(B2cLayerBuilder) -> B2cLayerBuilder + 'static {
    let store = store.clone();
    move |builder| builder.store(store.clone())
}

async fn world(store: &Shared) -> World {
    let world = World::with().parts(with(store)).build().await;
    world.clock.set(then());
    world
}

#[tokio::test]
async fn records_kept_forms_and_summaries_of_the_first_version_are_read() {
    let (store, fixtures) = (Shared::default(), fixtures());
    let ticket = Ticket::of(fixtures["ticket"]);
    let index = IndexKey::from_bytes([7; 32]);
    let summary = decoded(fixtures["summary"]);
    put(
        &store,
        &ticket,
        decoded(fixtures["record"]),
        vec![index],
        summary,
    )
    .await;
    let form = Ticket::of(fixtures["form-ticket"]);
    put(
        &store,
        &form,
        decoded(fixtures["form"]),
        Vec::new(),
        Vec::new(),
    )
    .await;

    let world = world(&store).await;
    let mut visitor = world.visitor();
    let session = fixtures["ticket"].to_owned();
    visitor
        .cookies()
        .insert("b2c-session-5000".to_owned(), session);
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    let page = visitor.asks("/private").await;
    assert_eq!(page.body, "ada@fixture.example of B2C_1_signupsignin1");

    let id = URL_SAFE_NO_PAD.encode(
        &aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            &decoded(fixtures["form-ticket"])[..16],
        )
        .as_ref()[..9],
    );
    let cookie = fixtures["form-ticket"].to_owned();
    visitor
        .cookies()
        .insert(format!("b2c-form-5000-{id}"), cookie);
    let page = visitor.asks(&format!("/login?resume={id}")).await;
    assert!(
        page.body.contains("value=\"42 &amp; more\""),
        "{}",
        page.body
    );

    // The summary opens with the app's key, bound to its session.
    let text = unseal(
        KEY.as_bytes(),
        "session summary",
        &ticket.store_key,
        &decoded(fixtures["summary"]),
    );
    let text: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(text["user_agent"], "Fixture/1.0");
}

#[tokio::test]
async fn a_sign_in_that_began_in_the_first_version_ends_in_this_one() {
    let (store, fixtures) = (Shared::default(), fixtures());
    let world = world(&store).await;
    let mut visitor = world.visitor();
    let (name, value) = fixtures["transaction"].split_once('=').unwrap();
    visitor.cookies().insert(name.to_owned(), value.to_owned());
    let cancelled = "error=access_denied&error_description=AADB2C90091%3a+cancelled";
    let page = visitor
        .asks(&format!("/getAToken?{cancelled}&state=fixture-state"))
        .await;
    assert_eq!(page.location(), "/private?from=fixture");

    // By hand, without a field that a later version added.
    let mut text: Value = serde_json::from_slice(&unseal(
        KEY.as_bytes(),
        "transaction cookie",
        name.as_bytes(),
        &decoded(value),
    ))
    .unwrap();
    let fields = text.as_object_mut().unwrap();
    fields.remove("by_form").unwrap();
    fields.insert("of a later version".to_owned(), json!({"x": 1}));
    let sealed = seal(
        KEY.as_bytes(),
        "transaction cookie",
        name.as_bytes(),
        text.to_string().as_bytes(),
    );
    visitor
        .cookies()
        .insert(name.to_owned(), URL_SAFE_NO_PAD.encode(sealed));
    let page = visitor
        .asks(&format!("/getAToken?{cancelled}&state=fixture-state"))
        .await;
    assert_eq!(page.location(), "/private?from=fixture");

    // The answer to the sign-out that was under way.
    let (state, cookie) = fixtures["sign-out"].split_once(' ').unwrap();
    let (name, value) = cookie.split_once('=').unwrap();
    visitor.cookies().insert(name.to_owned(), value.to_owned());
    let page = visitor.asks(&format!("/?state={state}")).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
}

#[tokio::test]
async fn a_newer_versions_session_is_neither_ended_nor_overwritten() {
    let (store, fixtures) = (Shared::default(), fixtures());
    let ticket = Ticket::of(fixtures["ticket"]);
    let mut newer = vec![2];
    newer.extend(b"{\"everything\":\"is different\"}");
    let sealed = seal(&ticket.key, "session record", &ticket.store_key, &newer);
    put(&store, &ticket, sealed.clone(), Vec::new(), Vec::new()).await;
    let world = world(&store).await;
    let mut visitor = world.visitor();
    let session = fixtures["ticket"].to_owned();
    visitor
        .cookies()
        .insert("b2c-session-5000".to_owned(), session.clone());
    for path in ["/", "/private", "/login", "/session"] {
        let page = visitor
            .sends_with(
                Method::GET,
                path,
                &[("accept", "text/html"), ("x-csrf", "1")],
            )
            .await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(page.headers.contains_key("retry-after"), "{path}");
        assert!(
            !page.headers.contains_key("set-cookie"),
            "{path}: the ticket stays"
        );
    }
    let key = SessionKey::from_bytes(ticket.store_key);
    let present = store.load(key).await.unwrap().unwrap();
    assert_eq!((present.bytes, present.version), (sealed, 1));
    // Signing out works all the same.
    visitor.signs_out().await;
    assert!(!visitor.cookies().contains_key("b2c-session-5000"));
    assert!(store.load(key).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_that_a_newer_version_changed_goes_on_in_memory_for_a_while() {
    let store = Shared::default();
    let world = World::with().parts(with(&store)).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let ticket = Ticket::of(&visitor.cookies()["b2c-session-5000"]);
    let key = SessionKey::from_bytes(ticket.store_key);
    let present = store.load(key).await.unwrap().unwrap();
    let sealed = seal(&ticket.key, "session record", &ticket.store_key, b"\x02{}");
    let bytes = sealed.clone();
    store
        .replace(key, present.version, StoredRecord { bytes, ..present })
        .await
        .unwrap();

    world.clock.advance(Duration::from_secs(60));
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    // A change needs the record, so it waits for an instance that can read it.
    world.wait(Duration::from_secs(120));
    let page = visitor.asks("/write").await;
    assert_eq!(
        page.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        page.body
    );
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(
        visitor.asks("/").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert!(visitor.cookies().contains_key("b2c-session-5000"));
    assert_eq!(store.load(key).await.unwrap().unwrap().bytes, sealed);
}

#[tokio::test]
async fn a_newer_versions_pending_sign_in_starts_over_and_is_left_alone() {
    let store = Shared::default();
    let world = world(&store).await;
    let mut visitor = world.visitor();
    let name = "b2c-tx-5000-ua1IlE-CyVdDSyto";
    let text = json!({ "format": 2, "state": "fixture-state", "all": "new" }).to_string();
    let sealed = seal(
        KEY.as_bytes(),
        "transaction cookie",
        name.as_bytes(),
        text.as_bytes(),
    );
    visitor
        .cookies()
        .insert(name.to_owned(), URL_SAFE_NO_PAD.encode(sealed));
    let page = visitor.asks("/getAToken?state=fixture-state&code=c").await;
    assert!(
        page.location().contains("state=again."),
        "{}",
        page.location()
    );
    assert!(
        visitor.cookies().contains_key(name),
        "it is another instance's to answer"
    );
    assert!(page.url.starts_with(APP));
}

#[tokio::test]
async fn records_in_the_clear_are_never_taken() {
    let (store, fixtures) = (Shared::default(), fixtures());
    let ticket = Ticket::of(fixtures["ticket"]);
    let text = unseal(
        &ticket.key,
        "session record",
        &ticket.store_key,
        &decoded(fixtures["record"]),
    );
    let plain = text[1..].to_vec();
    assert!(serde_json::from_slice::<Value>(&plain).unwrap()["claims"]["sub"] == "fixture-user");
    let world = world(&store).await;
    for planted in [plain, text] {
        put(&store, &ticket, planted, Vec::new(), Vec::new()).await;
        let mut visitor = world.visitor();
        let session = fixtures["ticket"].to_owned();
        visitor
            .cookies()
            .insert("b2c-session-5000".to_owned(), session);
        assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
        assert!(visitor.cookies().is_empty(), "signed out");
        store
            .delete(SessionKey::from_bytes(ticket.store_key))
            .await
            .unwrap();
    }
}
