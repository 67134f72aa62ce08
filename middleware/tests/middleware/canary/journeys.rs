//! Whole journeys, with every log line and span of every crate.

use std::time::Duration;

use axum::Router;
use b2c_emulator::{Client, Endpoint, Forgery, Misbehaviour, Tenant};
use http::{Request, StatusCode};
use serde_json::json;

use super::{Canaries, Listens};
use crate::client_auth::{Folder, Registered};
use crate::support::{Browser, Log, OTHER_SECRET, SITE, Site, World, instances};

/// What the crates of this process logged, but for the emulator's own lines.
fn logged(log: &Log) -> String {
    let text = log.take();
    let ours = text.lines().filter(|line| !line.contains("b2c_emulator"));
    let ours: Vec<_> = ours.collect();
    let ours = ours.join("\n");
    for of in ["tower_b2c", "hyper_util", "reqwest"] {
        assert!(ours.contains(of), "nothing of {of} was captured");
    }
    ours
}

/// Everything that can happen to somebody at the emulator's own tenant.
async fn everything_happens(world: &World, canaries: &Canaries) {
    canaries.add("the client secret", world.emulator.client().client_secret());
    let mut visitor = world.visitor();
    visitor
        .opens("/login?login_hint=ada@emulator.example")
        .await;
    canaries.add_cookies(&mut visitor);
    visitor.signs_in("/api").await;
    canaries.add_cookies(&mut visitor);
    world.wait(Duration::from_secs(3500));
    visitor.opens("/api").await;
    visitor.opens("/write").await;
    visitor.opens("/session").await;
    let page = visitor.opens("/edit-profile").await;
    visitor
        .submits(&page, "displayName", &[("displayName", "Ada King")])
        .await;
    let page = visitor.opens("/reset-password").await;
    visitor.resets_password(&page).await;
    canaries.add("a password", "N3w-Passw0rd");
    canaries.add_cookies(&mut visitor);

    // What others try, and what fails.
    visitor
        .asks("/getAToken?state=canary-state&code=canary-code")
        .await;
    visitor
        .asks("/getAToken?state=canary-state&code=canary-code&code=canary-code")
        .await;
    visitor
        .asks(
            "/getAToken?error=invalid_request&state=canary-state&error_description=AADB2C90006%3a",
        )
        .await;
    canaries.add("a code", "canary-code");
    canaries.add("a state", "canary-state");
    let bad = [
        Misbehaviour::BadSignature,
        Misbehaviour::UnknownKid,
        Misbehaviour::WrongNonce,
        Misbehaviour::Status(503),
    ];
    for bad in bad {
        world.emulator.misbehave(Endpoint::Token, bad);
        let mut another = world.visitor();
        let page = another.opens("/private").await;
        let page = another
            .enters(&page, "grace@emulator.example", "Passw0rd!")
            .await;
        assert!(page.status.is_server_error());
        canaries.add_cookies(&mut another);
        canaries.add_addresses(&another.history);
        world.emulator.behave();
        world.wait(Duration::from_secs(61));
    }
    let token = world
        .emulator
        .forge(&Forgery::logout_token("ada@emulator.example"))
        .unwrap();
    for token in [token.as_str(), "canary-logout-token", "a.b.c"] {
        tells_back_channel(world, token).await;
    }
    canaries.add("a logout token", "canary-logout-token");
    visitor
        .asks("/front-channel-logout?iss=https%3a%2f%2fx&sid=canary-sid")
        .await;

    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    visitor
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    canaries.add_cookies(&mut visitor);
    visitor.signs_out().await;
    canaries.add_addresses(&visitor.history);
}

async fn tells_back_channel(world: &World, token: &str) {
    use tower::ServiceExt as _;
    let request = Request::post("/back-channel-logout")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(format!("logout_token={token}")));
    world.app.clone().oneshot(request.unwrap()).await.unwrap();
}

#[tokio::test]
async fn no_secret_is_logged_in_any_journey_at_a_b2c_tenant() {
    for listens in [true, false] {
        let canaries = Canaries::new();
        let (log, _guard) = Log::of_everything();
        let listening = canaries.clone();
        let world = World::with().parts(move |builder| {
            if !listens {
                // The client that apps get.
                return builder;
            }
            builder.http_client(Listens {
                http: reqwest::Client::new(),
                canaries: listening.clone(),
            })
        });
        let world = world.build().await;
        everything_happens(&world, &canaries).await;
        let known = canaries.0.lock().unwrap().len();
        assert!(
            known > if listens { 60 } else { 30 },
            "{known} secrets are known"
        );
        canaries.are_not_in(&logged(&log), "the log");
    }
}

#[tokio::test]
async fn no_secret_is_logged_with_any_kind_of_provider() {
    let client_id = "00001111-aaaa-2222-bbbb-3333cccc4444";
    for kind in ["external-id", "entra"] {
        let canaries = Canaries::new();
        let (log, _guard) = Log::of_everything();
        let tenant = match kind {
            "entra" => Tenant::entra("woodgrove"),
            _ => Tenant::external_id("woodgrove"),
        };
        let client = Client::new(client_id, OTHER_SECRET)
            .redirect_uri(format!("{SITE}/getAToken"))
            .issue_id_tokens();
        let emulator = b2c_emulator::Emulator::builder().add_tenant(tenant.client(client));
        let emulator = emulator.start().await.unwrap();
        let settings = format!(
            "[app]\nbase_url = \"{SITE}\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n[provider]\n\
             kind = \"{kind}\"\nemulator = true\ninstance = \"{}\"\ntenant = \"woodgrove\"\n\
             client_id = \"{client_id}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
             response_mode = \"form_post\"\nresponse_type = \"code id_token\"\n",
            emulator.base_url()
        );
        let clock = tower_b2c::testing::ManualClock::default();
        let (app, _) = instances(&settings, OTHER_SECRET, &clock, &Router::new());
        let mut browser = Browser::new(app, SITE);
        let page = browser.opens("/private").await;
        canaries.add_addresses([&page.url]);
        let values = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let page = browser.submits(&page, "signInName", &values).await;
        assert_eq!(page.status, StatusCode::OK, "{kind}: {}", page.body);
        let ticket = browser.cookie("__Host-b2c-session").unwrap().to_owned();
        canaries.add("the session cookie", &ticket);
        let home = browser.opens("/").await;
        browser.posts(&home, "/logout", "").await;
        canaries.are_not_in(&logged(&log), kind);
    }
}

#[tokio::test]
async fn no_secret_is_logged_where_a_key_proves_the_app_and_requests_are_pushed() {
    let canaries = Canaries::new();
    let (log, _guard) = Log::of_everything();
    let folder = Folder::new("canary");
    let registered = Registered::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let pem = registered.key.serialize_pem();
    for line in pem.lines().filter(|line| !line.starts_with('-')) {
        canaries.add("the private key", line);
    }
    let key = folder.file("key.pem", &pem);
    let certificate = folder.file("certificate.pem", &registered.certificate.pem());
    let site = Site::new(format!(
        "client_authentication = \"private_key_jwt\"\nclient_key = {key}\n\
         client_certificate = {certificate}\nuserinfo = true\npushed_authorization = \"required\"\n\
         response_mode = \"form_post\"\nresponse_type = \"code id_token\""
    ));
    let site = site.await;
    let endpoint = format!("{}/push", site.op.issuer);
    site.op.behaves(|op| {
        op.metadata = json!({ "pushed_authorization_request_endpoint": endpoint });
        op.userinfo =
            json!({ "sub": "ada", "email": "ada@emulator.example", "name": "Ada Lovelace" });
    });
    let mut browser = site.browser();
    let page = browser.opens("/private").await;
    assert_eq!(page.body, "ada ada@emulator.example");
    let ticket = browser.cookie("__Host-b2c-session").unwrap().to_owned();
    canaries.add("the session cookie", &ticket);
    // Somebody else's answer, a wrong code, a refused push.
    site.op.behaves(|op| {
        op.response = Box::new(|answer| {
            answer.insert("code".to_owned(), "canary-code".to_owned());
        });
    });
    canaries.add("a code", "canary-code");
    site.browser().opens("/private").await;
    site.op.behaves(|op| {
        op.push_refusal = Some((
            StatusCode::BAD_REQUEST,
            json!({ "error": "invalid_request" }),
        ));
    });
    site.browser().opens("/private").await;
    for path in ["/push", "/token", "/authorize"] {
        let seen = site.op.seen(path);
        assert!(!seen.is_empty(), "{path}");
        for seen in seen {
            canaries.add_all(seen.form.into_iter());
        }
    }
    canaries.are_not_in(&logged(&log), "the log");
}
