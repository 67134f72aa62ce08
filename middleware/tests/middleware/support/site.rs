//! An app at its public https address, with a provider that does as the test says.

use axum::Router;
use axum::routing::get;
use tower_b2c::testing::ManualClock;
use tower_b2c::{B2cLayer, Challenge, Config, RequireSignInLayer, Session};

use super::browser::Browser;
use super::op::Op;
use super::world::KEY;

/// The app's origin.
pub const SITE: &str = "https://app.example";

/// An app of one provider.
pub struct Site {
    pub op: Op,
    pub clock: ManualClock,
    pub app: Router,
    /// Another instance, as behind a load balancer or after a restart.
    pub second: Router,
}

impl Site {
    /// `more` is what `[provider]` says besides the address; `routes` are the app's own.
    pub async fn new(more: impl AsRef<str>) -> Self {
        Self::with(Op::start().await, more.as_ref(), &Router::new())
    }

    pub fn with(op: Op, more: &str, routes: &Router) -> Self {
        let clock = ManualClock::default();
        let (app, second) = instances(&settings(&op, more), "s3cret", &clock, routes);
        Self {
            op,
            clock,
            app,
            second,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.app.clone(), SITE)
    }
}

/// Two instances of an app, which share nothing but configuration and clock.
pub fn instances(
    settings: &str,
    secret: &str,
    clock: &ManualClock,
    routes: &Router,
) -> (Router, Router) {
    let config = Config::from_text(settings).environment([("SECRET", secret), ("KEY", KEY)]);
    let config = config.load().unwrap();
    let instance = || {
        let layer = B2cLayer::builder(config.clone()).clock(clock.clone());
        let layer = layer.build().unwrap();
        let own = Router::new()
            .route("/private", get(who))
            .route_layer(RequireSignInLayer::new())
            .route("/step-up", get(|| async { Challenge::sign_in() }))
            .route("/", get(|| async { "home" }));
        own.merge(routes.clone()).layer(layer)
    };
    (instance(), instance())
}

/// Who is signed in, as the app sees it.
pub async fn who(session: Session) -> String {
    let subject = session.claims().subject().unwrap_or("nobody");
    format!("{subject} {}", session.claims().email().unwrap_or("-"))
}

/// The configuration of an app of one provider.
pub fn settings(op: &Op, more: &str) -> String {
    let issuer = &op.issuer;
    let secret = if more.contains("client_secret") || more.contains("client_authentication") {
        ""
    } else {
        "client_secret = { env = \"SECRET\" }"
    };
    format!(
        r#"
        [app]
        base_url = "{SITE}"
        [session]
        cookie_key = {{ env = "KEY" }}
        [provider]
        kind = "oidc"
        issuer = "{issuer}"
        client_id = "the client"
        signing_algorithms = ["ES256"]
        {secret}
        {more}
        "#
    )
}
