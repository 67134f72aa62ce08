//! Sessions and tokens for tests, and what tests see of challenges: without any network.

mod bad_input;
mod bearers;
mod challenges;
mod emulated;
mod kinds;
mod provider;
mod sessions;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use tower::ServiceExt as _;
use tower_b2c::testing::{ManualClock, Provider};
use tower_b2c::{
    B2cLayer, Config, ConfigFile, RequireFreshSignInLayer, RequireSignInLayer,
    RequireUserFlowLayer, Session, TokenError,
};

const SUSI: &str = "B2C_1_signupsignin1";
const STEPUP: &str = "B2C_1A_stepup";

/// An app whose provider is in memory.
struct App {
    provider: Provider,
    layer: B2cLayer,
    router: Router,
}

impl App {
    fn new() -> Self {
        Self::with(|file| file)
    }

    fn with(change: impl FnOnce(ConfigFile) -> ConfigFile) -> Self {
        Self::of(change(Config::from_text(SETTINGS)))
    }

    fn of(file: ConfigFile) -> Self {
        let secrets = [("SECRET", "a secret"), ("KEY", crate::support::KEY)];
        let config = file.environment(secrets).load().unwrap();
        let provider = Provider::new();
        let layer = B2cLayer::builder(config)
            .offline(&provider)
            .build()
            .unwrap();
        let router = routes().layer(layer.clone());
        Self {
            provider,
            layer,
            router,
        }
    }

    fn clock(&self) -> &ManualClock {
        self.provider.clock()
    }

    /// What a browser gets that navigates there with this cookie.
    async fn opens(&self, path: &str, cookie: &HeaderValue) -> Response<Body> {
        let headers = [
            (header::ACCEPT, HeaderValue::from_static("text/html")),
            (header::COOKIE, cookie.clone()),
        ];
        self.sends("GET", path, HeaderMap::from_iter(headers)).await
    }

    async fn sends(&self, method: &str, path: &str, headers: HeaderMap) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        request.headers_mut().unwrap().extend(headers);
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn reads(&self, path: &str, cookie: &HeaderValue) -> String {
        let response = self.opens(path, cookie).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        text(response).await
    }
}

fn routes() -> Router {
    Router::new()
        .route(
            "/private",
            get(|session: Session| async move { who(&session) }),
        )
        .route_layer(RequireSignInLayer::new())
        .merge(
            Router::new()
                .route("/vault", get(|| async { "gold" }))
                .route_layer(RequireUserFlowLayer::named("stepup")),
        )
        .merge(
            Router::new()
                .route("/fresh", get(|| async { "fish" }))
                .route_layer(RequireFreshSignInLayer::within(FIVE_MINUTES)),
        )
        .route("/", get(home))
        .route("/token", get(token))
}

async fn home(session: Option<Session>) -> String {
    session.map_or_else(|| "stranger".to_owned(), |session| who(&session))
}

/// Tests may see the token that they chose themselves.
async fn token(session: Session) -> Result<String, TokenError> {
    let token = session.access_token(&["demo.read"]).await?;
    Ok(token.secret().to_owned())
}

fn who(session: &Session) -> String {
    let (name, flow) = (session.claims().name(), session.user_flow());
    format!("{} by {}", name.unwrap_or("?"), flow.unwrap_or("no flow"))
}

async fn text(response: Response<Body>) -> String {
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

const FIVE_MINUTES: std::time::Duration = std::time::Duration::from_secs(300);

const SETTINGS: &str = r#"
[app]
base_url = "http://localhost:5000"
[session]
cookie_key = { env = "KEY" }
idle_minutes = 60
absolute_minutes = 480
[provider]
tenant = "contoso"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
client_secret = { env = "SECRET" }
[provider.user_flows]
sign_up_sign_in = "B2C_1_signupsignin1"
edit_profile = "B2C_1_profileediting1"
stepup = "B2C_1A_stepup"
[[downstream]]
name = "demo"
base_url = "https://api.contoso.com"
resource = "https://contoso.onmicrosoft.com/demo-api"
scopes = ["demo.read"]
"#;
