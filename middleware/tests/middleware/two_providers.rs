//! Users of one provider where there is another, and of one that is no more.

use axum::Router;
use axum::routing::get;
use http::{Method, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{B2cLayer, Challenge, Config, RequireSignInLayer, Session};

use crate::providers::{CLIENT, GUID, side_by_side};
use crate::support::{APP, OTHER_SECRET, Shared, Visitor, World};

async fn customer(world: &World) -> Visitor<'_> {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login?provider=customers").await;
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert!(page.body.starts_with("Hello, "), "{}", page.body);
    visitor
}

/// A page for which the token of an API is missing.
async fn wants_token(session: Session) -> Challenge {
    assert_eq!(session.provider(), "customers");
    Challenge::sign_in().with_scopes(["demo.read"])
}

#[tokio::test]
async fn whoever_needs_a_token_is_sent_to_their_own_provider() {
    for default in ["", "default_provider = \"staff\""] {
        let routes = Router::new().route("/token", get(wants_token));
        let world = side_by_side(default).routes(routes).build().await;
        let mut visitor = customer(&world).await;
        let page = visitor.asks("/token").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{default}");
        let customers = "/b2c_1_signupsignin1/";
        let location = page.location().to_ascii_lowercase();
        assert!(location.contains(customers), "{default}: {location}");

        // A script gets a link, which leads there, too.
        let told = visitor.sends_with(Method::GET, "/token", &[]).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED);
        let told: serde_json::Value = serde_json::from_str(&told.body).unwrap();
        let page = visitor.asks(told["sign_in"].as_str().unwrap()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{default}");
        let location = page.location().to_ascii_lowercase();
        assert!(location.contains(customers), "{default}: {location}");
    }
}

#[tokio::test]
async fn a_session_of_a_provider_that_was_taken_out_is_none() {
    let store = Shared::default();
    let shared = store.clone();
    let world = side_by_side("")
        .parts(move |builder| builder.store(shared.clone()))
        .build()
        .await;
    let mut visitor = customer(&world).await;
    // The next release trusts the staff's provider alone.
    let settings = format!(
        r#"
        [app]
        base_url = "{APP}"
        [providers.staff]
        kind = "entra"
        emulator = true
        authority = "{}/{GUID}"
        client_id = "{CLIENT}"
        client_secret = {{ env = "OTHER_SECRET" }}
        "#,
        world.emulator.base_url()
    );
    let config = Config::from_text(settings).environment([("OTHER_SECRET", OTHER_SECRET)]);
    let layer = B2cLayer::builder(config.load().unwrap())
        .clock(world.clock.clone())
        .store(store)
        .discover_at_start(false)
        .build()
        .unwrap();
    let who = |session: Option<Session>| async move { session.is_some().to_string() };
    let app = Router::new().route("/", get(who)).layer(layer);
    let jar = visitor.cookies().clone();
    let cookies: Vec<_> = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    for (path, expected) in [("/", "false"), ("/session", "{\"signed_in\":false")] {
        let request = http::Request::get(path)
            .header("cookie", cookies.join("; "))
            .header("x-csrf", "1");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let body = app.clone().oneshot(request).await.unwrap().into_body();
        let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.starts_with(expected), "{path}: {body}");
        assert!(!body.contains("claims"), "{path}: {body}");
    }
    assert!(visitor.opens("/").await.body.starts_with("Hello, Ada"));
}

#[tokio::test]
async fn routes_of_one_provider_are_for_its_users() {
    let who = |session: Session| async move { session.provider().to_owned() };
    let guard = RequireSignInLayer::new().at_provider("staff");
    let routes = Router::new().route("/staff", get(who)).route_layer(guard);
    let world = side_by_side("").routes(routes).build().await;
    // A stranger is not asked where: the page is the staff's.
    let mut stranger = world.visitor();
    let page = stranger.signs_in("/staff").await;
    assert_eq!(page.body, "staff");

    // A customer has to sign in there, too, and is then one of the staff.
    let mut visitor = customer(&world).await;
    let told = visitor.sends_with(Method::GET, "/staff", &[]).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert!(told.body.contains("provider=staff"), "{}", told.body);
    let page = visitor.signs_in("/staff").await;
    assert_eq!(page.body, "staff");
}
