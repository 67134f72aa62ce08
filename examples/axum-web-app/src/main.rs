//! The smallest web app that does what the original sample does: sign-in, profile editing, password
//! reset, sign-out, and a call to a web API with the user's token.
//!
//! Start the emulator beside it: `cargo run -p b2c-emulator`, then
//! `cargo run -p example-axum-web-app`, then open <http://localhost:5000>.

use std::time::Duration;

use axum::extract::State;
use axum::response::Html;
use axum::{Router, routing::get};
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, Session, TokenError};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let config = Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/b2c.toml")).load()?;
    let address = format!("127.0.0.1:{}", config.port());
    let listener = tokio::net::TcpListener::bind(&address).await;
    let listener = listener.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    tracing::info!("open {}", config.base_url());
    let layer = B2cLayer::new(config.clone())?;
    layer.reload_on_change(Duration::from_secs(5));
    let ending = layer.clone();
    let server = axum::serve(listener, app(config, &layer)).with_graceful_shutdown(async move {
        // A service that is sent SIGTERM waits for that; middleware/docs/operating.md has more.
        let _ = tokio::signal::ctrl_c().await;
        ending.begin_shutdown();
    });
    server.await?;
    layer.finish(Duration::from_secs(10)).await;
    Ok(())
}

/// The routes: one for everybody, two for signed-in users.
fn app(config: Config, layer: &B2cLayer) -> Router {
    Router::new()
        .route("/profile", get(profile))
        .route("/api", get(call_api))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(home))
        .with_state(config)
        .layer(layer.clone())
        .nest_service("/health", layer.health())
}

async fn home(session: Option<Session>) -> Html<String> {
    let Some(session) = session else {
        return page("Welcome", r#"<a href="/login">Sign in</a>"#);
    };
    let name = escape(session.claims().name().unwrap_or("you"));
    page(
        &format!("Hello, {name}"),
        r#"<a href="/profile">Profile</a> <a href="/edit-profile">Edit profile</a>
        <a href="/reset-password">Reset password</a> <a href="/api">Call the web API</a>
        <form method="post" action="/logout"><button>Sign out</button></form>"#,
    )
}

async fn profile(session: Session) -> Html<String> {
    let mut rows = String::new();
    for (name, value) in session.claims().iter() {
        let value = escape(&value.to_string());
        rows.extend(["<dt>", &escape(name), "</dt><dd>", &value, "</dd>"]);
    }
    page("Profile", &format!("<dl>{rows}</dl>"))
}

async fn call_api(
    State(config): State<Config>,
    session: Session,
) -> Result<Html<String>, TokenError> {
    let token = session.access_token(&["demo.read"]).await?;
    let base_url = config.downstream("demo").map_or("", |demo| demo.base_url());
    let request = reqwest::Client::new().get(format!("{base_url}/me"));
    let answer = match request.bearer_auth(token.secret()).send().await {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        Err(error) => format!("the API does not answer: {error}"),
    };
    Ok(page(
        "The API says",
        &format!("<pre>{}</pre>", escape(&answer)),
    ))
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <meta name=color-scheme content='light dark'><title>{title}</title>\
         <style>body {{ font: 1rem/1.5 sans-serif; margin: 2rem }} pre, dd {{ white-space: pre-wrap; overflow-wrap: anywhere }}</style>\
         <main><h1>{title}</h1>{body}</main></html>"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
