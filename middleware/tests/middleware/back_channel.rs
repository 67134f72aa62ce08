//! Sign-out that the provider's server tells of.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Algorithm, Client, Endpoint, Forgery, Misbehaviour, Scope, Tenant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::Session;

use crate::support::{APP, Listening, OTHER_SECRET, Page, Shared, Visitor, World};

const ADA: &str = "ada@emulator.example";
const GRACE: &str = "grace@emulator.example";
const PATH: &str = "/back-channel-logout";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

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

#[tokio::test]
async fn a_token_counts_once_on_all_instances() {
    let store = Shared::default();
    let world = World::with()
        .parts(move |builder| builder.store(store.clone()))
        .build()
        .await;
    let mut visitor = signed_in(&world, ADA).await;
    let token = forged(&world, &about(ADA));
    assert_eq!(tells(&world, &token).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut visitor).await);
    let mut visitor = signed_in(&world, ADA).await;
    let answer = tells(&world, &token).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json["error"], "invalid_request");
    let request = Request::post(PATH).header("content-type", FORM);
    let request = request
        .body(Body::from(format!("logout_token={token}")))
        .unwrap();
    let second = world.second.clone().oneshot(request).await.unwrap();
    assert_eq!(second.status(), StatusCode::BAD_REQUEST);
    assert!(
        is_signed_in(&mut visitor).await,
        "the newer session was not meant"
    );
    // The same name of another token of long ago, or of another issuer, would be another.
    let next = about(ADA).claim("jti", "two");
    assert_eq!(
        tells(&world, &forged(&world, &next)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn forged_tokens_end_nothing() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let now = world.emulator.now();
    let bad = [
        ("unsigned", about(ADA).algorithm(Algorithm::None)),
        (
            "signed with the public key",
            about(ADA).algorithm(Algorithm::Hs256),
        ),
        ("signature", about(ADA).bad_signature()),
        ("unknown key", about(ADA).kid("nobody's")),
        ("ID token", Forgery::id_token(ADA)),
        ("access token", Forgery::access_token(ADA)),
        ("ID token with an event", {
            let events = serde_json::json!({ EVENT: {} });
            Forgery::id_token(ADA)
                .claim("events", events)
                .claim("nonce", "n")
        }),
        ("old", about(ADA).claim("iat", now - 301)),
        ("of the future", about(ADA).claim("iat", now + 200)),
        ("ended", about(ADA).claim("exp", now - 121)),
        ("endless", about(ADA).without("exp")),
        (
            "exp as text",
            about(ADA).claim("exp", (now + 60).to_string()),
        ),
        ("exp as 1e300", about(ADA).claim("exp", 1e300)),
        (
            "sid as a list",
            about(ADA).claim("sid", serde_json::json!(["a"])),
        ),
        ("empty sid", about(ADA).claim("sid", "")),
        ("foreign audience", about(ADA).claim("aud", "somebody-else")),
        ("several audiences", {
            let client_id = world.emulator.client().client_id();
            about(ADA).claim("aud", serde_json::json!([client_id, "somebody-else"]))
        }),
        (
            "foreign issuer",
            about(ADA).claim("iss", "https://elsewhere.example/"),
        ),
    ];
    for (what, forgery) in bad {
        let answer = tells(&world, &forged(&world, &forgery)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        let description = answer.json["error_description"].as_str().unwrap();
        assert!(
            !description.contains("eyJ") && !description.contains(ADA),
            "{description}"
        );
    }
    for text in [
        "",
        ".",
        "..",
        "a.b.c",
        "eyJ",
        "%00",
        "é",
        &"A".repeat(60_000),
        &"[".repeat(9000),
    ] {
        assert_eq!(
            tells(&world, text).await.status,
            StatusCode::BAD_REQUEST,
            "{text:.9}"
        );
    }
    assert!(is_signed_in(&mut visitor).await);
}

#[tokio::test]
async fn only_one_form_of_bounded_size_is_a_logout_request() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let token = forged(&world, &about(ADA));
    let form = format!("logout_token={token}");
    for (kind, body) in [
        ("application/json", form.clone()),
        ("text/plain", form.clone()),
        (FORM, String::new()),
        (FORM, "&".to_owned()),
        (FORM, format!("token={token}")),
        (FORM, format!("{form}&{form}")),
        (FORM, format!("{form}&logout_token=")),
    ] {
        let answer = posts(&world, kind, body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{kind} {body:.30}");
    }
    let huge = format!("{form}&x={}", "x".repeat(1 << 20));
    let answer = posts(&world, FORM, huge).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    // One that does not say how long it is, and never ends.
    let endless = futures_body();
    let answer = posts(&world, FORM, endless).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let page: Page = visitor.sends_with(method.clone(), PATH, &[]).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(page.headers["allow"], "POST");
    }
    assert!(is_signed_in(&mut visitor).await);
    let with_charset = "application/x-www-form-urlencoded;charset=UTF-8";
    let answer = posts(&world, with_charset, format!("a=b&{form}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!is_signed_in(&mut visitor).await);
}

/// A body of unknown length that goes on for ever.
fn futures_body() -> Body {
    struct Endless;
    impl http_body::Body for Endless {
        type Data = bytes::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
            let data = bytes::Bytes::from_static(&[b'x'; 1024]);
            std::task::Poll::Ready(Some(Ok(http_body::Frame::data(data))))
        }
    }
    Body::new(Endless)
}

#[tokio::test]
async fn newer_keys_are_asked_for_once_a_minute_at_most() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    let keys = || {
        let requests = world.emulator.requests();
        let keys = requests
            .iter()
            .filter(|request| request.path().contains("/discovery/"));
        keys.count()
    };
    let before = keys();
    world.emulator.rotate_signing_key();
    assert_eq!(
        tells(&world, &forged(&world, &about(ADA))).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&mut visitor).await, "the new key was found");
    for number in 0..100 {
        let forgery = about(ADA).kid(format!("unknown-{number}"));
        let answer = tells(&world, &forged(&world, &forgery)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(keys() - before, 1, "{:?}", world.emulator.requests().last());
}

#[tokio::test]
async fn a_sign_out_wins_over_a_refresh_under_way() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    world.wait(Duration::from_secs(3000));
    assert!(is_signed_in(&mut visitor).await);
    world.wait(Duration::from_secs(700));
    let delay = Misbehaviour::Delay(Duration::from_millis(300));
    world.emulator.misbehave(Endpoint::Token, delay);
    let jar = visitor.cookies().clone();
    let mut caller = world.visitor();
    caller.cookies().clone_from(&jar);
    let sign_out = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        tells(&world, &forged(&world, &about(ADA))).await.status
    };
    let (refreshed, told) = tokio::join!(caller.asks("/api"), sign_out);
    assert_eq!(told, StatusCode::OK);
    assert_eq!(
        refreshed.status,
        StatusCode::SEE_OTHER,
        "to the sign-in: {}",
        refreshed.body
    );
    assert!(!is_signed_in(&mut visitor).await);
    assert_eq!(world.grants("refresh_token"), 1, "it was under way");
}

#[tokio::test]
async fn a_sign_out_wins_over_a_sign_in_under_way() {
    let world = world().await;
    let listening = Listening::to(&world).await;
    told_at(&world, &format!("{}{PATH}", listening.base_url));
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    let form = [("signInName", ADA), ("password", "Passw0rd!")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let callback = visitor.fills(&page, "signInName", &form.into()).await;
    // She signs out elsewhere while her browser is on its way back.
    assert_eq!(world.emulator.sign_out(ADA).await.unwrap(), 1);
    assert_eq!(world.emulator.logout_notices()[0].status(), Some(200));
    let page = visitor.opens(&callback).await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, stranger")
    );
    assert!(!is_signed_in(&mut visitor).await);
    let list = world
        .layer
        .user_sessions("default", &subject(&world))
        .list()
        .await
        .unwrap();
    assert!(list.is_empty(), "{list:?}");
    // Signing in anew is another session there, and so here.
    let mut visitor = signed_in(&world, ADA).await;
    assert!(is_signed_in(&mut visitor).await);
}

fn subject(world: &World) -> String {
    let users = world.emulator.users();
    let ada = users.iter().find(|user| user.sign_in_name() == ADA);
    ada.unwrap().object_id().to_owned()
}

#[tokio::test]
async fn a_provider_that_is_away_may_tell_again_later() {
    let world = world().await;
    let mut visitor = signed_in(&world, ADA).await;
    // The other instance knows no keys yet, and cannot get them.
    let token = forged(&world, &about(ADA));
    world
        .emulator
        .misbehave(Endpoint::Metadata, Misbehaviour::Status(503));
    let second = || async {
        let request = Request::post(PATH).header("content-type", FORM);
        let request = request
            .body(Body::from(format!("logout_token={token}")))
            .unwrap();
        let answer = world.second.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let (status, body) = second().await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        body.contains("temporarily_unavailable") && !body.contains("http"),
        "{body}"
    );
    world.emulator.behave();
    world.clock.advance(Duration::from_secs(3));
    assert_eq!(second().await.0, StatusCode::OK);
    assert!(is_signed_in(&mut visitor).await, "these two share no store");
}

const STAFF: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

/// Customers at B2C, staff at Entra ID, both of which name sessions in ID tokens.
async fn side_by_side() -> World {
    let world = World::with()
        .routes(Router::new().route("/sid", get(sid)))
        .registered_redirect_uri(&format!("{APP}/getAToken/customers"))
        .emulator(|builder| {
            let staff = Client::new(STAFF, OTHER_SECRET)
                .redirect_uri(format!("{APP}/getAToken/staff"))
                .backchannel_logout_uri("http://localhost:1/nobody");
            builder.add_tenant(Tenant::entra("fabrikam").client(staff))
        })
        .settings(|emulator| {
            let base = emulator.base_url();
            format!(
                r#"
                [app]
                base_url = "{APP}"
                [providers.customers]
                emulator = true
                authority = "{base}/{}/B2C_1_signupsignin1"
                client_id = "{}"
                client_secret = {{ env = "SECRET" }}
                [providers.staff]
                kind = "entra"
                emulator = true
                authority = "{base}/fabrikam.onmicrosoft.com"
                client_id = "{STAFF}"
                client_secret = {{ env = "OTHER_SECRET" }}
                "#,
                emulator.tenant(),
                emulator.client().client_id(),
            )
        });
    let world = world.build().await;
    told_at(&world, "http://localhost:1/nobody");
    world
}

async fn signed_in_at<'w>(world: &'w World, provider: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens(&format!("/login?provider={provider}")).await;
    let page = visitor.enters(&page, ADA, "Passw0rd!").await;
    assert!(page.body.starts_with("Hello, "), "{}", page.body);
    visitor
}

#[tokio::test]
async fn a_provider_ends_its_own_sessions_only() {
    let world = side_by_side().await;
    let mut customer = signed_in_at(&world, "customers").await;
    let mut staff = signed_in_at(&world, "staff").await;
    let sid = customer.opens("/sid").await.body;
    assert!(!sid.is_empty());
    let fabrikam = world.emulator.in_tenant("fabrikam").unwrap();

    // The session of one, named by the other; its user, too.
    let object_id = subject(&world);
    let token = Forgery::logout_token(ADA)
        .client(STAFF)
        .claim("sid", sid.clone())
        .claim("sub", object_id);
    let token = fabrikam.forge(&token).unwrap();
    assert_eq!(tells(&world, &token).await.status, StatusCode::OK);
    assert!(is_signed_in(&mut customer).await && is_signed_in(&mut staff).await);
    // A token of the one, made out to the registration at the other.
    let misled = about(ADA).claim("aud", STAFF);
    assert_eq!(
        tells(&world, &forged(&world, &misled)).await.status,
        StatusCode::BAD_REQUEST
    );
    let issuer = fabrikam.forge(&about(ADA).client(STAFF)).unwrap();
    let issuer = issuer_of(&issuer);
    let misled = about(ADA).claim("aud", STAFF).claim("iss", issuer);
    assert_eq!(
        tells(&world, &forged(&world, &misled)).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(is_signed_in(&mut staff).await);

    let token = fabrikam.forge(&about(ADA).client(STAFF)).unwrap();
    assert_eq!(tells(&world, &token).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut staff).await);
    assert!(is_signed_in(&mut customer).await);
    let token = Forgery::logout_token(ADA).claim("sid", sid);
    assert_eq!(
        tells(&world, &forged(&world, &token)).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&mut customer).await);
}

fn issuer_of(token: &str) -> String {
    let payload = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    claims["iss"].as_str().unwrap().to_owned()
}
