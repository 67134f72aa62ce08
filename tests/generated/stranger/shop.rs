//! The stranger's own service, and what the pages tell them to do with it.

use std::fs;
use std::path::Path;

use e2e::Workspace;
use libtest_mimic::Failed;

use super::edits;

/// As it was before anybody thought of sign-ins, with the versions that this workspace is tested with.
pub fn is_there(root: &Path, port: u16) -> Result<(), Failed> {
    fs::create_dir_all(root.join("src"))?;
    fs::write(root.join("Cargo.toml"), MANIFEST)?;
    let main = MAIN.replace("3210", &port.to_string());
    fs::write(root.join("src/main.rs"), main)?;
    let versions = Workspace::root().join("Cargo.lock");
    fs::copy(versions, root.join("Cargo.lock"))?;
    Ok(())
}

/// docs/existing-service.md: "Then take a `Session` in a handler".
pub fn knows_who_it_is(root: &Path) -> Result<(), Failed> {
    let handler = (
        "async fn profile() -> &'static str {\n    \"Nobody is known here.\"",
        "async fn profile(session: tower_b2c::Session) -> String {\n    \
         format!(\"Orders of {}\", session.claims().name().unwrap_or(\"you\"))",
    );
    edits(&root.join("src/main.rs"), &[handler])
}

/// docs/existing-service.md, "A service that is operated", and middleware/docs/metrics.md, "A /metrics of
/// your own". The probe turns red as soon as the provider is away.
pub fn is_made_to_be_operated(root: &Path) -> Result<(), Failed> {
    let recorder = "[dependencies]\nmetrics-exporter-prometheus = \
                    { version = \"0.18\", default-features = false }\n";
    let features = (
        "features = [\"axum\"]",
        "features = [\"axum\", \"metrics\"]",
    );
    let manifest = [("[dependencies]\n", recorder), features];
    edits(&root.join("Cargo.toml"), &manifest)?;
    edits(&root.join("src/main.rs"), &[(WIRED, OPERATED)])
}

const MANIFEST: &str = r#"[package]
name = "strangers-shop"
version = "2.3.1"
edition = "2024"

[workspace]

[dependencies]
axum = { version = "0.8.9", default-features = false, features = ["form", "http1", "json", "matched-path", "query", "tokio"] }
tokio = { version = "1.54.1", default-features = false, features = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"] }
tracing-subscriber = { version = "0.3.23", default-features = false, features = ["ansi", "env-filter", "fmt"] }

[profile.dev.package."*"]
debug = false
"#;

const MAIN: &str = r#"use axum::{Router, routing::get};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let app = Router::new()
        .route("/", get(|| async { "The shop" }))
        .route("/profile", get(profile));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3210").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn profile() -> &'static str {
    "Nobody is known here."
}
"#;

/// What `add --wire` makes of it.
const WIRED: &str = r#"    let app = Router::new()
        .route("/", get(|| async { "The shop" }))
        .route("/profile", get(profile))
        .layer(auth::layer()?);
"#;

const OPERATED: &str = r#"    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let sign_in = auth::layer()?;
    sign_in.reload_on_change(std::time::Duration::from_secs(5));
    let health = sign_in.health().last_known_good(std::time::Duration::from_secs(1));
    let app = Router::new()
        .route("/", get(|| async { "The shop" }))
        .route("/profile", get(profile))
        .layer(sign_in)
        .nest_service("/health", health)
        .route("/metrics", get(move || async move { metrics.render() }));
"#;
