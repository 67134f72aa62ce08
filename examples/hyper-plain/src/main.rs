//! `cargo run -p example-hyper-plain`, then open <http://localhost:5000>. An emulator of B2C runs beside
//! it, on port 8400.

use b2c_emulator::Emulator;
use example_hyper_plain::{serve, stop};
use tokio::net::TcpListener;
use tower_b2c::{B2cLayer, Config};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let stop = stop::signal()?;
    let _emulator = Emulator::builder().port(8400).start().await?;
    let config = Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/b2c.toml")).load()?;
    let listener = TcpListener::bind(("127.0.0.1", config.port())).await?;
    tracing::info!(
        "open {}; sign in as ada@emulator.example, Passw0rd!",
        config.base_url()
    );
    serve(listener, B2cLayer::new(config)?, stop).await?;
    tracing::info!("stopped");
    Ok(())
}
