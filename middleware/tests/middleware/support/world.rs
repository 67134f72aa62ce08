//! The parts of a test: emulator, app, clock.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Router};
use b2c_emulator::{Emulator, EmulatorBuilder};
use tower_b2c::testing::ManualClock;
use tower_b2c::{
    B2cLayer, B2cLayerBuilder, Config, ConfigFile, RequireSignInLayer, Session, TokenError,
};

use super::visitor::Visitor;

/// Seals pending sign-ins, on both instances.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The secret of applications in further tenants.
pub const OTHER_SECRET: &str = "the secret of another application";

pub const APP: &str = "http://localhost:5000";

/// Everything a test has at hand.
pub struct World {
    pub emulator: Emulator,
    pub clock: ManualClock,
    pub layer: B2cLayer,
    pub app: Router,
    /// Another instance of the app, as behind a load balancer.
    pub second: Router,
    pub http: reqwest::Client,
}

pub struct WorldBuilder {
    emulator: Box<dyn FnOnce(EmulatorBuilder) -> EmulatorBuilder>,
    settings: Box<dyn FnOnce(&Emulator) -> String>,
    change: Box<dyn FnOnce(ConfigFile) -> ConfigFile>,
    parts: Box<dyn Fn(B2cLayerBuilder) -> B2cLayerBuilder>,
    routes: Router,
    redirect_uri: String,
}

impl World {
    pub async fn new() -> Self {
        Self::with().build().await
    }

    pub fn with() -> WorldBuilder {
        WorldBuilder {
            emulator: Box::new(|builder| builder),
            settings: Box::new(own_tenant),
            change: Box::new(|file| file),
            parts: Box::new(|builder| builder),
            routes: Router::new(),
            redirect_uri: format!("{APP}/getAToken"),
        }
    }

    /// A browser with empty pockets.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// Time passes, for the app and the provider alike.
    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.emulator.advance_clock(time);
    }

    /// How many token requests of this grant type the provider has accepted.
    pub fn grants(&self, grant_type: &str) -> usize {
        let requests = self.emulator.requests();
        let granted = requests.iter().filter(|request| {
            request.grant_type() == Some(grant_type) && request.outcome().is_accepted()
        });
        granted.count()
    }
}

impl WorldBuilder {
    /// Gives the emulator more than its own tenant.
    pub fn emulator(
        mut self,
        change: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder + 'static,
    ) -> Self {
        self.emulator = Box::new(change);
        self
    }

    /// The whole configuration file, in place of that of the emulator's own tenant.
    pub fn settings(mut self, text: impl FnOnce(&Emulator) -> String + 'static) -> Self {
        self.settings = Box::new(text);
        self
    }

    pub fn config(mut self, change: impl FnOnce(ConfigFile) -> ConfigFile + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    /// Gives the layer parts of the test's own.
    pub fn parts(mut self, parts: impl Fn(B2cLayerBuilder) -> B2cLayerBuilder + 'static) -> Self {
        self.parts = Box::new(parts);
        self
    }

    /// Adds routes to the app.
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes = routes;
        self
    }

    pub fn registered_redirect_uri(mut self, uri: &str) -> Self {
        uri.clone_into(&mut self.redirect_uri);
        self
    }

    pub async fn build(self) -> World {
        let builder = Emulator::builder().redirect_uri(self.redirect_uri);
        let emulator = (self.emulator)(builder).start().await.unwrap();
        let file = Config::from_text((self.settings)(&emulator)).environment([
            ("SECRET", emulator.client().client_secret()),
            ("OTHER_SECRET", OTHER_SECRET),
            ("KEY", KEY),
        ]);
        let config = (self.change)(file).load().unwrap();
        let clock = ManualClock::default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let instance = || {
            let builder = B2cLayer::builder(config.clone()).clock(clock.clone());
            // Tests count requests, and set clocks before the first one.
            let builder = builder.discover_at_start(false);
            let layer = (self.parts)(builder).build().unwrap();
            let routes = app(&config, http.clone()).merge(self.routes.clone());
            (layer.clone(), routes.layer(layer))
        };
        let ((layer, app), (_, second)) = (instance(), instance());
        World {
            emulator,
            clock,
            layer,
            app,
            second,
            http,
        }
    }
}

/// The configuration file for the emulator's own tenant.
pub fn own_tenant(emulator: &Emulator) -> String {
    let base = emulator.base_url();
    let tenant = emulator.tenant();
    let client_id = emulator.client().client_id();
    format!(
        r#"
        [app]
        base_url = "{APP}"
        [session]
        cookie_key = {{ env = "KEY" }}
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        client_id = "{client_id}"
        client_secret = {{ env = "SECRET" }}
        [provider.user_flows]
        sign_up_sign_in = "B2C_1_signupsignin1"
        edit_profile = "B2C_1_profileediting1"
        reset_password = "B2C_1_passwordreset1"
        [[downstream]]
        name = "demo"
        base_url = "{base}/api"
        resource = "https://{tenant}/demo-api"
        scopes = ["demo.read"]
        "#
    )
}

fn app(config: &Config, http: reqwest::Client) -> Router {
    let api = config
        .downstream("demo")
        .map(tower_b2c::Downstream::base_url);
    let api = format!("{}/me", api.unwrap_or("http://localhost:1"));
    Router::new()
        .route("/private", get(private).post(|| async { "saved" }))
        .route("/other/private", get(private))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(home))
        .route("/api", get(call_api))
        .route("/write", get(wants_write))
        .route("/unknown", get(wants_unknown))
        .layer(Extension(Arc::new(api)))
        .with_state(http)
}

async fn home(session: Option<Session>) -> String {
    match session {
        Some(session) => format!("Hello, {}", session.claims().name().unwrap_or("?")),
        None => "Hello, stranger".to_owned(),
    }
}

async fn private(session: Session) -> String {
    format!(
        "{} of {}",
        session.claims().email().unwrap_or("?"),
        session.user_flow().unwrap_or("no user flow")
    )
}

async fn call_api(
    State(http): State<reqwest::Client>,
    Extension(api): Extension<Arc<String>>,
    session: Session,
) -> Result<String, TokenError> {
    let token = session.access_token(&["demo.read"]).await?;
    let answer = http
        .get(&*api)
        .bearer_auth(token.secret())
        .send()
        .await
        .unwrap();
    Ok(format!(
        "{} {}",
        answer.status().as_u16(),
        answer.text().await.unwrap()
    ))
}

async fn wants_write(session: Session) -> Result<String, TokenError> {
    let tenant = "https://b2cemulator.onmicrosoft.com";
    let both = [
        format!("{tenant}/demo-api/demo.read"),
        format!("{tenant}/demo-api/demo.write"),
    ];
    session
        .access_token(&[&both[0], &both[1]])
        .await
        .map(|_| "may write".to_owned())
}

async fn wants_unknown(session: Session) -> Result<String, TokenError> {
    session
        .access_token(&["https://elsewhere.example/api/read"])
        .await
        .map(|_| "granted".to_owned())
}
