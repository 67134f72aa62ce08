//! An app that a provider's server can reach.

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::world::World;

/// Serves the world's app on a port of its own until it is dropped.
pub struct Listening {
    pub base_url: String,
    server: JoinHandle<()>,
}

impl Listening {
    pub async fn to(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let app = world.app.clone();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base_url, server }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.server.abort();
    }
}
