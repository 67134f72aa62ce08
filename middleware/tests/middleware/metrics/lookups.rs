//! What is counted of tickets and of the ends of sessions: one that was signed out is not one that was made
//! up, and one that goes on without the store is not one that the store has.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use tower::ServiceExt as _;
use tower_b2c::Config;

use crate::health::troubled;
use crate::support::{APP, Heard, KEY, TroubledStore, Visitor, World, own_tenant};

const SESSION: &str = "b2c-session-5000";
const HOUR: Duration = Duration::from_secs(3600);

/// How often sessions were found so.
fn found(heard: &Heard, how: &str) -> u64 {
    heard.of(&format!("tower_b2c_session_lookups_total{{found={how}}}"))
}

/// How many sessions ended for this reason.
fn ended(heard: &Heard, reason: &str) -> u64 {
    heard.of(&format!("tower_b2c_session_ends_total{{reason={reason}}}"))
}

/// Shows a ticket to an instance.
async fn shows(app: &Router, ticket: &str) {
    let request = Request::get("/").header("cookie", format!("{SESSION}={ticket}"));
    let request = request.body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap();
}

async fn signed_in(world: &World) -> (Visitor<'_>, String) {
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let ticket = visitor.cookies()[SESSION].clone();
    (visitor, ticket)
}

#[tokio::test]
async fn what_was_signed_out_is_told_from_what_was_made_up() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let (mut visitor, ticket) = signed_in(&world).await;
    visitor.signs_out().await;
    assert_eq!(ended(&heard, "signed_out"), 1);
    for _ in 0..2 {
        shows(&world.app, &ticket).await;
    }
    assert_eq!((found(&heard, "ended"), found(&heard, "nowhere")), (2, 0));
    // Another instance knows by the mark of the app's keys that it was one.
    shows(&world.second, &ticket).await;
    assert_eq!((found(&heard, "ended"), found(&heard, "nowhere")), (3, 0));

    let other = if ticket.starts_with('A') { "B" } else { "A" };
    shows(&world.app, &format!("{other}{}", &ticket[1..])).await;
    assert_eq!((found(&heard, "ended"), found(&heard, "nowhere")), (3, 1));
}

#[tokio::test]
async fn sessions_that_expire_are_told_by_what_was_too_long() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let world = World::new().await;
    let (_, idle) = signed_in(&world).await;
    world.wait(HOUR);
    shows(&world.app, &idle).await;
    assert_eq!((ended(&heard, "idle"), ended(&heard, "absolute")), (1, 0));
    assert_eq!((found(&heard, "expired"), found(&heard, "ended")), (1, 0));
    // Whoever comes again ends nothing more.
    shows(&world.app, &idle).await;
    assert_eq!((ended(&heard, "idle"), found(&heard, "expired")), (1, 2));

    let (_, old) = signed_in(&world).await;
    world.wait(HOUR * 24 * 365);
    shows(&world.app, &old).await;
    assert_eq!((ended(&heard, "idle"), ended(&heard, "absolute")), (1, 1));
    assert_eq!((found(&heard, "expired"), found(&heard, "nowhere")), (3, 0));
}

#[tokio::test]
async fn a_session_that_is_revoked_ends_once_though_the_store_tells_of_it() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let store = TroubledStore::telling();
    let world = World::with().parts(move |builder| builder.store(store.clone()));
    let world = world.build().await;
    let (_, ticket) = signed_in(&world).await;
    let ada = world.emulator.users()[0].object_id().to_owned();
    let sessions = world.layer.user_sessions("default", &ada);
    assert_eq!(sessions.end_all().await.unwrap(), 1);
    shows(&world.app, &ticket).await;
    let counted = ["revoked", "elsewhere", "signed_out"].map(|reason| ended(&heard, reason));
    assert_eq!(counted, [1, 0, 0]);

    // The other instance knows it, too, and hears of its end.
    let (_, ticket) = signed_in(&world).await;
    shows(&world.second, &ticket).await;
    assert_eq!(sessions.end_all().await.unwrap(), 1);
    let is_told = async {
        while ended(&heard, "elsewhere") == 0 {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), is_told).await;
    in_time.expect("the other instance hears of it");
    let counted = ["revoked", "elsewhere", "signed_out"].map(|reason| ended(&heard, reason));
    assert_eq!(counted, [2, 1, 0]);
}

#[tokio::test]
async fn a_store_that_is_away_shows_in_the_lookups() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let (store, world) = troubled().await;
    let (_, ticket) = signed_in(&world).await;
    let before = found(&heard, "memory");
    shows(&world.app, &ticket).await;
    assert_eq!(found(&heard, "memory"), before + 1);
    world.wait(Duration::from_secs(31));
    shows(&world.app, &ticket).await;
    assert_eq!(found(&heard, "store"), 1, "it has been asked again");

    store.goes_away(true);
    world.wait(Duration::from_secs(31));
    // One asks in vain, the next does not have to.
    for times in 1..3 {
        shows(&world.app, &ticket).await;
        let counted = (found(&heard, "grace"), found(&heard, "store"));
        assert_eq!(counted, (times, 1));
        assert_eq!(heard.of("tower_b2c_session_grace_total{}"), 1);
    }
    assert_eq!(found(&heard, "memory"), before + 1);
    assert_eq!(found(&heard, "unavailable"), 0);

    // On an instance that does not know it, and where the grace is over.
    shows(&world.second, &ticket).await;
    assert_eq!(found(&heard, "unavailable"), 1);
    world.wait(Duration::from_secs(400));
    shows(&world.app, &ticket).await;
    assert_eq!(found(&heard, "unavailable"), 2);
}

#[tokio::test]
async fn sessions_that_others_end_are_told_by_who_did() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let (_store, world) = troubled().await;
    let (_, ticket) = signed_in(&world).await;
    // The user signs out at another instance.
    let request = Request::post("/logout")
        .header("cookie", format!("{SESSION}={ticket}"))
        .header("origin", APP);
    let request = request.body(Body::empty()).unwrap();
    world.second.clone().oneshot(request).await.unwrap();
    assert_eq!(ended(&heard, "signed_out"), 1);
    world.wait(Duration::from_secs(31));
    shows(&world.app, &ticket).await;
    assert_eq!((ended(&heard, "elsewhere"), found(&heard, "ended")), (1, 1));

    // The provider is taken out of the configuration.
    let (_, ticket) = signed_in(&world).await;
    let text = own_tenant(&world.emulator).replace("[provider", "[providers.later");
    let config = Config::from_text(text).environment([
        ("SECRET", world.emulator.client().client_secret()),
        ("KEY", KEY),
    ]);
    world.layer.reload_with(config.load().unwrap()).unwrap();
    assert_eq!(ended(&heard, "provider"), 1);
    shows(&world.app, &ticket).await;
    assert_eq!(found(&heard, "nowhere"), 1, "its record is not taken");
}
