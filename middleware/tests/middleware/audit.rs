//! What the audit is told, compared with `AUDIT.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Forgery, UserFlow};
use http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use tower_b2c::{
    BearerLayer, BoxFuture, Config, RequireScopesLayer, RequireUserFlowLayer, SignIn,
    SignInDecision, SignInError, SignInEvents,
};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::support::{Meddler, World, own_tenant};

type Fields = BTreeMap<String, String>;

/// Everything that is told to the audit.
#[derive(Clone, Default)]
struct Audit(Arc<Mutex<Vec<Fields>>>);

impl<S: Subscriber> Layer<S> for Audit {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "tower_b2c::audit" {
            let mut read = Read(Fields::new());
            event.record(&mut read);
            let expected = match read.0["outcome"].as_str() {
                "success" => Level::INFO,
                _ => Level::WARN,
            };
            assert_eq!(*event.metadata().level(), expected);
            self.0.lock().unwrap().push(read.0);
        }
    }
}

struct Read(Fields);

impl Visit for Read {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// A row of the table: the fields that are always there, and those that may be.
#[derive(Debug)]
struct Row {
    outcome: String,
    always: BTreeSet<String>,
    sometimes: BTreeSet<String>,
}

/// The events of `AUDIT.md`.
fn documented() -> BTreeMap<String, Row> {
    let words = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let text = include_str!("../../AUDIT.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').collect();
        let [event, outcome, _, fields] = cells[..] else {
            return None;
        };
        let (mut always, mut sometimes) = (BTreeSet::new(), BTreeSet::new());
        for field in fields.split(',').map(str::trim) {
            match field.strip_prefix('(') {
                Some(field) => sometimes.insert(words(field.trim_end_matches(')'))),
                None => always.insert(words(field)),
            };
        }
        let outcome = words(outcome);
        if outcome != "success" && outcome != "failure" {
            return None; // the heading
        }
        let row = Row {
            outcome,
            always,
            sometimes,
        };
        Some((words(event), row))
    });
    rows.collect()
}

/// Lets everybody in but Grace.
struct Doorkeeper;

impl SignInEvents for Doorkeeper {
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        let decision = match sign_in.claims().name() {
            Some("Grace Hopper") => SignInDecision::reject("not you"),
            _ => SignInDecision::accept(),
        };
        Box::pin(std::future::ready(Ok(decision)))
    }
}

/// Everything that can happen to a user, once.
async fn everything_happens(world: &World) {
    let mut ada = world.visitor();
    ada.signs_in("/api").await;
    assert_eq!(ada.opens("/vault").await.body, "gold");
    let page = ada.opens("/edit-profile").await;
    ada.submits(&page, "displayName", &[("displayName", "Countess")])
        .await;
    let foreign = [("sec-fetch-site", "cross-site")];
    let answer = ada.sends_with(Method::POST, "/private", &foreign).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    ada.asks("/getAToken?state=made-up&code=c").await;
    ada.asks("/getAToken").await;
    world.wait(Duration::from_secs(3500));
    ada.asks("/api").await;
    // The provider still knows her.
    ada.opens("/login").await;
    ada.signs_out().await;

    let mut grace = world.visitor();
    let page = grace.opens("/login").await;
    grace
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    let mut forgetful = world.visitor();
    let page = forgetful.opens("/reset-password").await;
    forgetful.resets_password(&page).await;
    the_provider_signs_out(world).await;
    an_api_refuses(world).await;
}

async fn an_api_refuses(world: &World) {
    let audience = "11112222-bbbb-3333-cccc-4444dddd5555";
    let settings = own_tenant(&world.emulator);
    let file = Config::from_text(format!("{settings}\n[api]\naudiences = [\"{audience}\"]"));
    let config = file.environment::<&str, &str>([]).load_api().unwrap();
    let layer = BearerLayer::builder(config).clock(world.clock.clone());
    let app = Router::new()
        .route("/orders", get(|| async { "orders" }))
        .route_layer(RequireScopesLayer::all_of(["demo.write"]))
        .layer(layer.build().unwrap());
    let genuine = Forgery::access_token("grace@emulator.example").scopes(["demo.read"]);
    for (forgery, status) in [
        (genuine.clone(), StatusCode::FORBIDDEN),
        (genuine.bad_signature(), StatusCode::UNAUTHORIZED),
    ] {
        let token = world.emulator.forge(&forgery).unwrap();
        let request = Request::get("/orders?page=2")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
    }
}

async fn the_provider_signs_out(world: &World) {
    let client = world.emulator.client().clone();
    let client = client.backchannel_logout_uri("http://localhost:1/nobody");
    world.emulator.change_client(&client).unwrap();
    let mut ada = world.visitor();
    let page = ada.opens("/login").await;
    ada.enters(&page, "ada@emulator.example", "N3w-Passw0rd")
        .await;
    let about_ada = Forgery::logout_token("ada@emulator.example").without("sid");
    let genuine = world.emulator.forge(&about_ada).unwrap();
    for (token, status) in [
        (genuine.as_str(), StatusCode::OK),
        ("none", StatusCode::BAD_REQUEST),
    ] {
        let request = Request::post("/back-channel-logout")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("logout_token={token}")))
            .unwrap();
        let answer = world.app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn audit_events_have_exactly_the_fields_that_are_documented() {
    let audit = Audit::default();
    let subscriber = tracing_subscriber::registry().with(audit.clone());
    // With one dispatcher alone, an event that another test's thread meets first counts as of no
    // interest to anybody.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let refuse_refreshes = Meddler::new(|form, answer| {
        if form.contains("grant_type=refresh_token") {
            *answer = serde_json::json!({
                "error": "invalid_grant", "error_description": "AADB2C90129: revoked",
            });
        }
    });
    let peer: IpAddr = "203.0.113.9".parse().unwrap();
    for known in [false, true] {
        let http = refuse_refreshes.clone();
        let vault = Router::new()
            .route("/vault", get(|| async { "gold" }))
            .route_layer(RequireUserFlowLayer::named("stepup"));
        let world = World::with()
            .routes(vault)
            .emulator(|emulator| emulator.user_flow(UserFlow::sign_up_sign_in("B2C_1A_StepUp")))
            .config(|file| file.set("provider.user_flows.stepup", "B2C_1A_StepUp"))
            .parts(move |builder| {
                let builder = builder.http_client(http.clone()).events(Doorkeeper);
                builder.peer_address(move |_| known.then_some(peer))
            })
            .build()
            .await;
        everything_happens(&world).await;
        let mut lost = world.visitor();
        lost.asks("/login").await;
        let denied = "/getAToken?error=server_error&error_description=AADB2C90006%3A+no";
        lost.asks(denied).await;
    }

    let documented = documented();
    assert!(documented.len() >= 9, "{documented:?}");
    let told = audit.0.lock().unwrap();
    for fields in told.iter() {
        let row = documented
            .get(&fields["event"])
            .unwrap_or_else(|| panic!("not in AUDIT.md: {fields:?}"));
        assert_eq!(fields["outcome"], row.outcome, "{fields:?}");
        let told: BTreeSet<_> = fields
            .keys()
            .filter(|name| !["event", "outcome", "message"].contains(&name.as_str()))
            .cloned()
            .collect();
        assert!(
            told.is_superset(&row.always),
            "{fields:?} lacks some of {row:?}"
        );
        let known = &row.always | &row.sometimes;
        assert!(told.is_subset(&known), "{fields:?} has more than {row:?}");
        for value in fields.values() {
            for secret in ["Ada", "Grace", "@", "Passw0rd", "made-up", "N3w"] {
                assert!(!value.contains(secret), "{fields:?}");
            }
        }
    }
    for (event, row) in &documented {
        let of_event = |fields: &&Fields| fields["event"] == *event;
        for field in &row.sometimes {
            let mut told = told.iter().filter(of_event);
            assert!(
                told.any(|fields| fields.contains_key(field)),
                "{event}: {field}"
            );
        }
        assert!(
            told.iter().any(|fields| of_event(&fields)),
            "{event} never happened"
        );
    }
}
