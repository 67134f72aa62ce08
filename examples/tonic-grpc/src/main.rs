//! A gRPC service and a web app that calls it for the signed-in user, with an emulator of B2C beside
//! them: `cargo run -p example-tonic-grpc`, then open <http://localhost:5000>.

use b2c_emulator::Emulator;
use example_tonic_grpc::serve::serve;
use example_tonic_grpc::stop;
use tokio::net::TcpListener;
use tower_b2c::Config;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    tracing_subscriber::fmt().init();
    let stop = stop::signal()?;
    let _emulator = Emulator::builder().port(8400).start().await?;
    let config = Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/b2c.toml")).load()?;
    let site = TcpListener::bind(("127.0.0.1", config.port())).await?;
    let api = TcpListener::bind(("127.0.0.1", 5001)).await?;
    tracing::info!(
        "open {}; sign in as ada@emulator.example, Passw0rd!",
        config.base_url()
    );
    serve(config, site, api, stop).await?;
    tracing::info!("stopped");
    Ok(())
}
