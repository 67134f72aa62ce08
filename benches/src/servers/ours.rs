//! tower-b2c, with each of its stores.

use ::axum::Router;
use ::axum::routing::get;
use tower_b2c::{B2cLayer, Config, Session, TokenError};

use super::page;
use crate::error::Failure;
use crate::harness::{Process, Scene};

/// The layer around a page that shows the user's name, or another if there is no user.
pub(super) fn app(scene: &Scene, stranger: &'static str) -> Result<Router, Failure> {
    let home = move |session: Option<Session>| async move {
        let claims = session.as_ref().map(Session::claims);
        page(claims.and_then(|claims| claims.name()).unwrap_or(stranger))
    };
    let router = Router::new()
        .route("/", get(home))
        .route("/token", get(token))
        .route("/acquire-cached", get(acquire_cached));
    Ok(router.layer(layer(scene)?))
}

/// The layer that a scene asks for.
///
/// # Errors
///
/// When its configuration is not accepted.
pub fn layer(scene: &Scene) -> Result<B2cLayer, Failure> {
    B2cLayer::new(config(scene)?).map_err(Failure::during("the layer"))
}

/// Its configuration.
///
/// # Errors
///
/// When it is not accepted.
pub fn config(scene: &Scene) -> Result<Config, Failure> {
    let config = Config::from_text(settings(scene)).environment([
        ("SECRET", &*scene.client_secret),
        ("KEY", "not a secret: 0123456789abcdefghij"),
        (
            "STORE",
            scene
                .redis
                .as_deref()
                .or(scene.postgres.as_deref())
                .unwrap_or_default(),
        ),
    ]);
    config.load().map_err(Failure::during("configuration"))
}

/// Tells whether there is a token, not which.
async fn token(session: Session) -> Result<&'static str, TokenError> {
    session
        .access_token(&["demo.read"])
        .await
        .map(|_| "acquired")
}

/// CPU nanoseconds that one acquisition takes of a token that is there: the median of batches.
async fn acquire_cached(session: Session) -> Result<String, TokenError> {
    session.access_token(&["demo.read"]).await?;
    let this = Process(std::process::id());
    let mut batches = Vec::new();
    for _ in 0..BATCHES {
        let before = this.cpu().unwrap_or_default();
        for _ in 0..BATCH {
            session.access_token(&["demo.read"]).await?;
        }
        let spent = this.cpu().unwrap_or_default() - before;
        batches.push(spent.as_nanos() / u128::from(BATCH));
    }
    batches.sort_unstable();
    Ok(batches[batches.len() / 2].to_string())
}

/// The configuration file.
fn settings(scene: &Scene) -> String {
    let store = match (&scene.redis, &scene.postgres) {
        (Some(_), _) => "store = \"redis\"\nredis.url = { env = \"STORE\" }",
        (_, Some(_)) => "store = \"postgres\"\npostgres.url = { env = \"STORE\" }",
        _ if scene.in_cookies => "store = \"cookie\"",
        _ => "store = \"memory\"",
    };
    let Scene {
        provider,
        tenant,
        client_id,
        ..
    } = scene;
    let base_url = scene.base_url();
    format!(
        r#"
        [app]
        base_url = "{base_url}"
        [session]
        cookie_key = {{ env = "KEY" }}
        {store}
        [provider]
        emulator = true
        instance = "{provider}"
        tenant = "{tenant}"
        client_id = "{client_id}"
        client_secret = {{ env = "SECRET" }}
        [provider.user_flows]
        sign_up_sign_in = "B2C_1_signupsignin1"
        [[downstream]]
        name = "demo"
        base_url = "{provider}/api"
        resource = "https://{tenant}/demo-api"
        scopes = ["demo.read"]
        "#
    )
}

const BATCHES: usize = 11;
const BATCH: u32 = 500_000;
