//! A gRPC service and a web app that calls it for the signed-in user, with an emulator of B2C beside
//! them: `cargo run -p example-tonic-grpc`, then open <http://localhost:5000>.

use b2c_emulator::Emulator;
use example_tonic_grpc::api::Notebook;
use example_tonic_grpc::notes::notes_server::NotesServer;
use example_tonic_grpc::web;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tower_b2c::{BearerLayer, Config};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let _emulator = Emulator::builder().port(8400).start().await?;
    let config = Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/b2c.toml")).load()?;

    let bearer = BearerLayer::new(config.api().ok_or("no [api]")?.clone())?;
    let api = Server::builder()
        .layer(bearer)
        .add_service(NotesServer::new(Notebook::default()));
    let api = tokio::spawn(api.serve(([127, 0, 0, 1], 5001).into()));

    let listener = TcpListener::bind(("127.0.0.1", config.port())).await?;
    tracing::info!(
        "open {}; sign in as ada@emulator.example, Passw0rd!",
        config.base_url()
    );
    let web = axum::serve(listener, web::app(config)?);
    tokio::select! {
        ended = web => ended?,
        ended = api => ended??,
    }
    Ok(())
}
