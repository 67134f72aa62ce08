//! An app at its public https address, with a provider that does as the test says.

use axum::Router;
use axum::routing::get;
use tower_b2c::testing::ManualClock;
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, Session};

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
    #[expect(dead_code, reason = "the modes of the callback come next")]
    /// Another instance, as behind a load balancer or after a restart.
    pub second: Router,
}

impl Site {
    /// `more` is what `[provider]` says besides the address; `routes` are the app's own.
    pub async fn new(more: impl AsRef<str>) -> Self {
        Self::with(Op::start().await, more.as_ref(), &Router::new())
    }

    pub fn with(op: Op, more: &str, routes: &Router) -> Self {
        let config = settings(&op, more);
        let config = Config::from_text(config)
            .environment([("SECRET", "s3cret"), ("KEY", KEY)])
            .load()
            .unwrap();
        let clock = ManualClock::default();
        let instance = || {
            let layer = B2cLayer::builder(config.clone()).clock(clock.clone());
            let own = Router::new()
                .route("/private", get(who))
                .route_layer(RequireSignInLayer::new())
                .route("/", get(|| async { "home" }));
            own.merge(routes.clone()).layer(layer.build().unwrap())
        };
        Self {
            op,
            app: instance(),
            second: instance(),
            clock,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.app.clone(), SITE)
    }
}

/// Who is signed in, as the app sees it.
pub async fn who(session: Session) -> String {
    let subject = session.claims().subject().unwrap_or("nobody");
    format!("{subject} {}", session.claims().email().unwrap_or("-"))
}

fn settings(op: &Op, more: &str) -> String {
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
