//! Starts the app at one port and what is for operators at another. Beside it:
//! `cargo run -p b2c-emulator`.

use example_observed::{Telemetry, app, management, recorder};
use tokio::net::TcpListener;
use tower_b2c::Config;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let telemetry = Telemetry::start()?;
    let metrics = recorder()?;
    let config = Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/b2c.toml")).load()?;
    let public = listen(&format!("127.0.0.1:{}", config.port())).await?;
    let operators = std::env::var("MANAGEMENT_ADDRESS");
    let operators = listen(operators.as_deref().unwrap_or("127.0.0.1:9090")).await?;
    tracing::info!(
        "open {}; metrics are at http://{}/metrics",
        config.base_url(),
        operators.local_addr()?
    );
    tokio::select! {
        served = axum::serve(public, app(config)?) => served?,
        served = axum::serve(operators, management(metrics)) => served?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    telemetry.finish();
    Ok(())
}

async fn listen(address: &str) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| format!("cannot listen on {address}: {error}"))
}
