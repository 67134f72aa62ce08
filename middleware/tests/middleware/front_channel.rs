//! Sign-out that a frame of the provider's page tells of.

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Client, Tenant};
use http::{Method, StatusCode};
use tower_b2c::Session;

use crate::support::{APP, OTHER_SECRET, Page, Visitor, World, attribute_of};

const PATH: &str = "/front-channel-logout";

async fn world() -> World {
    let routes = Router::new().route("/provider-session", get(session));
    let world = World::with().routes(routes).build().await;
    let client: Client = world.emulator.client().clone();
    let client = client.front_channel_logout_url(format!("{APP}{PATH}"));
    let client = client.frontchannel_logout_session_required();
    world.emulator.change_client(&client).unwrap();
    world
}

/// `iss` and `sid` of the ID token, encoded for a query.
async fn session(session: Session) -> String {
    let text = |name| session.claims().get(name).and_then(|value| value.as_str());
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in ["iss", "sid"] {
        query.append_pair(name, text(name).unwrap_or_default());
    }
    query.finish()
}

async fn signed_in<'w>(world: &'w World, name: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    visitor.enters(&page, name, "Passw0rd!").await;
    visitor
}

async fn is_signed_in(visitor: &mut Visitor<'_>) -> bool {
    visitor.opens("/").await.body != "Hello, stranger"
}

/// A frame on the provider's page: another site, so browsers send no cookie along.
async fn frame(world: &World, query: &str) -> Page {
    let headers = [
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-site", "cross-site"),
    ];
    let path = format!("{PATH}?{query}");
    world
        .visitor()
        .sends_with(Method::GET, &path, &headers)
        .await
}

#[tokio::test]
async fn rp_frontchannel_opinitlogout() {
    let world = world().await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let mut grace = signed_in(&world, "grace@emulator.example").await;
    // Signing out at another app of the provider: its page frames ours.
    let tenant = world.emulator.tenant();
    let logout = format!(
        "{}/{tenant}/B2C_1_signupsignin1/oauth2/v2.0/logout",
        world.emulator.base_url()
    );
    let page = visitor.opens(&logout).await;
    let src = attribute_of(&page.body, "<iframe", "src").expect("a frame");
    let path = src.strip_prefix(APP).expect("ours");
    let headers = [("sec-fetch-dest", "iframe")];
    let answer = world
        .visitor()
        .sends_with(Method::GET, path, &headers)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    assert!(!is_signed_in(&mut visitor).await);
    assert!(is_signed_in(&mut grace).await);
}

#[tokio::test]
async fn the_session_is_found_without_its_cookie() {
    let world = world().await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let query = visitor.opens("/provider-session").await.body;
    assert!(
        query.contains("sid=") && !query.ends_with("sid="),
        "{query}"
    );
    assert_eq!(frame(&world, &query).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut visitor).await);
    assert_eq!(
        frame(&world, &query).await.status,
        StatusCode::OK,
        "and nothing is left to end"
    );
}

#[tokio::test]
async fn the_provider_may_frame_the_answer_and_nobody_may_keep_it() {
    let world = world().await;
    for query in ["iss=a&sid=b", "", "sid=b"] {
        let answer = frame(&world, query).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let ancestors = format!("frame-ancestors {}", world.emulator.base_url());
        assert!(policy.ends_with(&ancestors), "{policy}");
        assert!(!answer.headers.contains_key("x-frame-options"));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    }
}

#[tokio::test]
async fn half_a_name_or_anothers_ends_nothing() {
    let world = world().await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let query = visitor.opens("/provider-session").await.body;
    let (issuer, sid) = query.split_once('&').unwrap();
    let elsewhere = format!("iss=https%3A%2F%2Felsewhere.example%2F&{sid}");
    let unknown = format!("{issuer}&sid=unknown");
    let upper = format!("{}&{sid}", issuer.to_uppercase().replace("ISS=", "iss="));
    for (query, status) in [
        (issuer, StatusCode::BAD_REQUEST),
        (sid, StatusCode::BAD_REQUEST),
        (&format!("{query}&{sid}"), StatusCode::BAD_REQUEST),
        (&format!("{issuer}&sid="), StatusCode::BAD_REQUEST),
        (&elsewhere, StatusCode::OK),
        (&unknown, StatusCode::OK),
        (&upper, StatusCode::OK),
        ("iss=%ff&sid=%00", StatusCode::OK),
        ("&&;=", StatusCode::OK),
    ] {
        assert_eq!(frame(&world, query).await.status, status, "{query}");
    }
    let long = format!("iss={}&sid=b", "a".repeat(20_000));
    assert_eq!(frame(&world, &long).await.status, StatusCode::OK);
    for method in [Method::HEAD, Method::POST, Method::PUT] {
        let path = format!("{PATH}?{query}");
        let answer = visitor.sends_with(method.clone(), &path, &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    assert!(is_signed_in(&mut visitor).await);
}

#[tokio::test]
async fn without_a_name_only_the_browsers_own_session_ends() {
    let world = world().await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    let mut other = signed_in(&world, "ada@emulator.example").await;
    assert_eq!(frame(&world, "").await.status, StatusCode::OK);
    assert!(
        is_signed_in(&mut visitor).await,
        "a frame without a cookie is nobody's"
    );
    // A link that leads here is not the provider's frame.
    let link = [
        ("sec-fetch-dest", "document"),
        ("sec-fetch-site", "cross-site"),
    ];
    visitor.sends_with(Method::GET, PATH, &link).await;
    assert!(is_signed_in(&mut visitor).await);

    let own = [
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-site", "same-site"),
    ];
    let answer = visitor.sends_with(Method::GET, PATH, &own).await;
    assert_eq!(answer.status, StatusCode::OK);
    let cleared = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cleared.starts_with("b2c-session-5000=;"), "{cleared}");
    assert!(!is_signed_in(&mut visitor).await);
    assert!(is_signed_in(&mut other).await);
}

/// Ada at External ID, whose application has the optional claim `sid` or not; and the path that the
/// provider's page frames when she signs out there.
async fn at_external_id(with_sid: bool) -> (World, String, String) {
    const CLIENT: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
    let world = World::with()
        .emulator(move |builder| {
            let client = Client::new(CLIENT, OTHER_SECRET)
                .redirect_uri(format!("{APP}/getAToken"))
                .front_channel_logout_url(format!("{APP}{PATH}"));
            let client = if with_sid {
                client.frontchannel_logout_session_required()
            } else {
                client
            };
            builder.add_tenant(Tenant::external_id("fabrikam").client(client))
        })
        .settings(|emulator| {
            let base = emulator.base_url();
            format!(
                r#"
                [app]
                base_url = "{APP}"
                [provider]
                kind = "external-id"
                emulator = true
                authority = "{base}/fabrikam.onmicrosoft.com"
                client_id = "{CLIENT}"
                client_secret = {{ env = "OTHER_SECRET" }}
                "#
            )
        })
        .build()
        .await;
    let mut visitor = signed_in(&world, "ada@emulator.example").await;
    assert!(is_signed_in(&mut visitor).await);
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    // She signs out at another app, or at the provider itself.
    let base = world.emulator.base_url();
    let logout = format!("{base}/fabrikam.onmicrosoft.com/oauth2/v2.0/logout");
    let page = visitor.opens(&logout).await;
    let src = attribute_of(&page.body, "<iframe", "src").expect("a frame");
    let path = src.strip_prefix(APP).expect("ours").to_owned();
    assert!(path.contains("iss=") && path.contains("sid="), "{path}");
    drop(visitor);
    (world, ticket, path)
}

fn with_ticket<'w>(world: &'w World, ticket: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let name = "b2c-session-5000".to_owned();
    visitor.cookies().insert(name, ticket.to_owned());
    visitor
}

#[tokio::test]
async fn external_id_with_the_optional_claim_needs_no_cookie() {
    let (world, ticket, path) = at_external_id(true).await;
    let headers = [
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-site", "cross-site"),
    ];
    let answer = world
        .visitor()
        .sends_with(Method::GET, &path, &headers)
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!is_signed_in(&mut with_ticket(&world, &ticket)).await);
}

#[tokio::test]
async fn a_session_without_a_name_ends_by_its_cookie_on_the_same_site() {
    let (world, ticket, path) = at_external_id(false).await;
    let mut visitor = with_ticket(&world, &ticket);
    let frame = [
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-site", "same-site"),
    ];
    world.visitor().sends_with(Method::GET, &path, &frame).await;
    assert!(is_signed_in(&mut visitor).await, "nobody's cookie");
    let link = [
        ("sec-fetch-dest", "document"),
        ("sec-fetch-site", "same-site"),
    ];
    visitor.sends_with(Method::GET, &path, &link).await;
    assert!(is_signed_in(&mut visitor).await, "a link signs nobody out");
    let elsewhere = format!("{PATH}?iss=https%3A%2F%2Felsewhere.example%2F&sid=x");
    visitor.sends_with(Method::GET, &elsewhere, &frame).await;
    assert!(
        is_signed_in(&mut visitor).await,
        "another provider's session"
    );

    visitor.sends_with(Method::GET, &path, &frame).await;
    assert!(!is_signed_in(&mut visitor).await);
}
