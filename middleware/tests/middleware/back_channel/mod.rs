//! Sign-out that the provider's server tells of.

mod races;
mod side_by_side;
mod tokens;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Forgery, Misbehaviour, Scope};
use http::{Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::Session;

use crate::support::{Listening, Visitor, World};

const ADA: &str = "ada@emulator.example";
const GRACE: &str = "grace@emulator.example";
const PATH: &str = "/back-channel-logout";

/// A world whose provider names sessions in ID tokens and posts logout tokens to `app`, if any.
async fn world() -> World {
    let routes = Router::new().route("/sid", get(sid));
    let world = World::with().routes(routes).build().await;
    told_at(&world, "http://localhost:1/nobody");
    world
}

fn told_at(world: &World, uri: &str) {
    let client = world.emulator.client().clone().backchannel_logout_uri(uri);
    world.emulator.change_client(&client).unwrap();
}

/// The session at the provider, as the ID token named it.
async fn sid(session: Session) -> String {
    let sid = session.claims().get("sid").and_then(|sid| sid.as_str());
    sid.unwrap_or_default().to_owned()
}

async fn signed_in<'w>(world: &'w World, name: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    let page = visitor.enters(&page, name, "Passw0rd!").await;
    assert!(page.body.starts_with("Hello, "), "{}", page.body);
    visitor
}

async fn is_signed_in(visitor: &mut Visitor<'_>) -> bool {
    visitor.opens("/").await.body != "Hello, stranger"
}

struct Answer {
    status: StatusCode,
    json: serde_json::Value,
}

/// Posts a body to the endpoint; every answer is kept out of caches, every refusal says why.
async fn posts(world: &World, kind: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(PATH).header("content-type", kind);
    let request = request.body(body.into()).unwrap();
    let answer = world.app.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().get("set-cookie").is_none());
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 10_000)
        .await
        .unwrap();
    if status == StatusCode::OK {
        assert!(body.is_empty());
        let json = serde_json::Value::Null;
        return Answer { status, json };
    }
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert!(
        json["error"].is_string() && json["error_description"].is_string(),
        "{json}"
    );
    Answer { status, json }
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn tells(world: &World, token: &str) -> Answer {
    posts(world, FORM, format!("logout_token={token}")).await
}

fn about(name: &str) -> Forgery {
    Forgery::logout_token(name).without("sid")
}

fn forged(world: &World, forgery: &Forgery) -> String {
    world.emulator.forge(forgery).unwrap()
}

#[tokio::test]
async fn the_provider_ends_a_users_sessions_everywhere() {
    let world = world().await;
    let listening = Listening::to(&world).await;
    told_at(&world, &format!("{}{PATH}", listening.base_url));
    let mut laptop = signed_in(&world, ADA).await;
    let mut phone = signed_in(&world, ADA).await;
    let mut grace = signed_in(&world, GRACE).await;
    assert_eq!(world.emulator.sign_out(ADA).await.unwrap(), 2);
    let told = world.emulator.logout_notices();
    assert!(
        told.len() == 2 && told.iter().all(|notice| notice.status() == Some(200)),
        "{told:?}"
    );
    assert!(!is_signed_in(&mut laptop).await && !is_signed_in(&mut phone).await);
    assert!(is_signed_in(&mut grace).await);
}

#[tokio::test]
async fn rp_backchannel_rpinitlogout() {
    let world = world().await;
    let listening = Listening::to(&world).await;
    told_at(&world, &format!("{}{PATH}", listening.base_url));
    let mut visitor = signed_in(&world, ADA).await;
    let page = visitor.signs_out().await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, stranger")
    );
    assert_eq!(
        world.emulator.logout_notices()[0].status(),
        Some(200),
        "nothing left is no fault"
    );
}

/// The bad logout tokens of the conformance suite, and others.
#[tokio::test]
async fn rp_backchannel_bad_logout_tokens() {
    let world = world().await;
    let listening = Listening::to(&world).await;
    told_at(&world, &format!("{}{PATH}", listening.base_url));
    let suite = [
        "alg-none",
        "no-event",
        "with-nonce",
        "wrong-alg",
        "wrong-aud",
        "wrong-event",
        "wrong-iss",
    ];
    let suite = suite.map(|name| format!("oidcc-client-test-rp-backchannel-rpinitlogout-{name}"));
    let others = [
        "bad-signature",
        "no-sub-no-sid",
        "expired",
        "missing-iat",
        "missing-jti",
        "wrong-typ",
    ];
    let others = others.map(|name| format!("logout-token-{name}"));
    for name in suite.iter().chain(&others) {
        let mut visitor = signed_in(&world, ADA).await;
        let bad = Misbehaviour::named(name).unwrap();
        world.emulator.misbehave_for(Scope::everything(), bad);
        world.emulator.sign_out(ADA).await.unwrap();
        let told = world.emulator.logout_notices();
        assert_eq!(told.last().unwrap().status(), Some(400), "{name}");
        assert!(is_signed_in(&mut visitor).await, "{name}");
        world.emulator.behave();
    }
}

#[tokio::test]
async fn another_session_of_the_provider_is_not_this_one() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let answer = tells(&world, &forged(&world, &Forgery::logout_token(ADA))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        is_signed_in(&mut visitor).await,
        "her other browser was meant"
    );

    let sid = visitor.opens("/sid").await.body;
    assert!(!sid.is_empty());
    let mut other = signed_in(&world, ADA).await;
    let token = Forgery::logout_token(ADA).claim("sid", sid);
    assert_eq!(
        tells(&world, &forged(&world, &token)).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&mut visitor).await);
    assert!(is_signed_in(&mut other).await);
    // Without a session it is about the user.
    assert_eq!(
        tells(&world, &forged(&world, &about(ADA))).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&mut other).await);
}

#[tokio::test]
async fn sessions_that_name_none_at_the_provider_end_with_their_user() {
    let world = World::new().await;
    let mut visitor = signed_in(&world, ADA).await;
    let mut grace = signed_in(&world, GRACE).await;
    let nobody = Forgery::logout_token(ADA).without("sub");
    assert_eq!(
        tells(&world, &forged(&world, &nobody)).await.status,
        StatusCode::OK
    );
    assert!(is_signed_in(&mut visitor).await);
    let answer = tells(&world, &forged(&world, &Forgery::logout_token(ADA))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!is_signed_in(&mut visitor).await);
    assert!(is_signed_in(&mut grace).await);
}

fn subject(world: &World) -> String {
    let users = world.emulator.users();
    let ada = users.iter().find(|user| user.sign_in_name() == ADA);
    ada.unwrap().object_id().to_owned()
}
