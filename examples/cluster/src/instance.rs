//! One instance of the app, a process of its own.

use std::error::Error;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_b2c::Config;
use tracing_subscriber::EnvFilter;

use crate::app;
use crate::arguments::Instance;
use crate::interrupt::Interrupt;

/// Serves until SIGTERM, or until the cluster is gone; then takes no more requests, finishes those
/// that it has, and returns.
pub(crate) async fn serve(instance: Instance) -> Result<(), Box<dyn Error>> {
    let mut interrupt = Interrupt::listen()?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let config = Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/b2c.toml")).load()?;
    let app = app::routes(config, instance.name)?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, instance.port)).await?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            tokio::select! {
                () = interrupt.wait() => {}
                () = abandoned() => {}
            }
        })
        .await?;
    Ok(())
}

/// The cluster holds the other end of the standard input and writes nothing to it.
async fn abandoned() {
    let (sender, ended) = oneshot::channel::<()>();
    // A thread that nobody waits for: reading cannot be interrupted.
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        drop(sender);
    });
    let _ = ended.await;
}
