//! APIs that are protected with access tokens.

mod answers;
mod bad_tokens;
mod bound;
mod bound_reload;
mod cost;
mod counted;
mod discovery;
mod health;
mod hosts;
mod keys;
mod kinds;
mod own_provider;
mod reload;
mod side_by_side;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Emulator, EmulatorBuilder, Forgery};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_b2c::testing::ManualClock;
use tower_b2c::{
    Bearer, BearerChallenge, BearerLayer, BearerLayerBuilder, Config, RequireRolesLayer,
    RequireScopesLayer,
};

/// The demo API's application id at the emulator.
const AUDIENCE: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const ADA: &str = "ada@emulator.example";

/// An API beside an emulator, and the clock that both go by.
struct Api {
    emulator: Emulator,
    clock: ManualClock,
    layer: BearerLayer,
    app: Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Api {
    /// The API of the emulator's own tenant.
    async fn new() -> Self {
        Self::with("", |builder| builder).await
    }

    /// The same, with these lines in `[api]`.
    async fn with(
        lines: &str,
        parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder,
    ) -> Self {
        let lines = lines.to_owned();
        let settings = move |emulator: &Emulator| own_tenant(emulator, &lines);
        Self::build(|builder| builder, settings, parts).await
    }

    async fn build(
        emulator: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder,
        settings: impl FnOnce(&Emulator) -> String,
        parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder,
    ) -> Self {
        let emulator = emulator(Emulator::builder()).start().await.unwrap();
        let config = Config::from_text(settings(&emulator)).environment::<&str, &str>([]);
        let clock = ManualClock::default();
        let builder = BearerLayer::builder(config.load_api().unwrap()).clock(clock.clone());
        // Tests count requests, and set clocks before the first one.
        let layer = parts(builder.discover_at_start(false)).build().unwrap();
        Self {
            app: app().layer(layer.clone()),
            emulator,
            clock,
            layer,
        }
    }

    /// Time passes, for the API and the provider alike.
    fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.emulator.advance_clock(time);
    }

    fn forge(&self, forgery: &Forgery) -> String {
        self.emulator.forge(forgery).unwrap()
    }

    /// The token that a user would get.
    fn token(&self) -> String {
        self.forge(&Forgery::access_token(ADA))
    }

    async fn gets(&self, path: &str, token: &str) -> Answer {
        let authorization = format!("Bearer {token}");
        self.sends(path, &[("authorization", authorization.as_bytes())])
            .await
    }

    async fn sends(&self, path: &str, headers: &[(&str, &[u8])]) -> Answer {
        send(&self.app, path, headers).await
    }

    /// How many requests for metadata or keys the provider has had.
    fn fetches(&self) -> usize {
        self.emulator.requests().len()
    }
}

impl Answer {
    fn challenge(&self) -> &str {
        let value = self.headers.get(header::WWW_AUTHENTICATE);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The one word for programs.
    fn reason(&self) -> String {
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        problem["reason"].as_str().unwrap_or_default().to_owned()
    }
}

async fn send(app: &Router, path: &str, headers: &[(&str, &[u8])]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (parts, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// The configuration of an API whose tokens come from the emulator's own tenant.
fn own_tenant(emulator: &Emulator, lines: &str) -> String {
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    format!(
        r#"
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        [api]
        audiences = ["{AUDIENCE}"]
        {lines}
        "#
    )
}

/// Every guard, and a handler that tells who calls.
fn app() -> Router {
    let may = || async { "may" };
    let scoped = |layer: RequireScopesLayer| get(may).layer(layer);
    Router::new()
        .route("/", get(whoami))
        .route("/write", get(writes))
        .route("/read", scoped(RequireScopesLayer::all_of(["demo.read"])))
        .route(
            "/both",
            scoped(RequireScopesLayer::all_of(["demo.read", "demo.write"])),
        )
        .route(
            "/either",
            scoped(RequireScopesLayer::any_of(["demo.read", "demo.write"])),
        )
        .route(
            "/read-or-job",
            scoped(RequireScopesLayer::all_of(["demo.read"]).or_app_roles(["Demo.Job"])),
        )
        .route(
            "/nobody",
            scoped(RequireScopesLayer::all_of(Vec::<String>::new())),
        )
        .route(
            "/job",
            get(may).layer(RequireRolesLayer::of_app(["Demo.Job"])),
        )
        .route(
            "/admin",
            get(may).layer(RequireRolesLayer::of_user(["Admin"])),
        )
}

async fn writes(bearer: Bearer) -> Result<&'static str, BearerChallenge> {
    bearer.require_scopes(&["demo.write"])?;
    Ok("written")
}

async fn whoami(bearer: Option<Bearer>) -> String {
    let Some(bearer) = bearer else {
        return "nobody".to_owned();
    };
    let scopes: Vec<_> = bearer.scopes().collect();
    format!(
        "{} of {} through {}: {}",
        bearer.claims().name().unwrap_or(bearer.subject()),
        bearer.provider(),
        bearer.client_id().unwrap_or("?"),
        scopes.join(" ")
    )
}
