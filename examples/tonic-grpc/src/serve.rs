//! Both servers, and their end.

use std::error::Error;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tower_b2c::{B2cLayer, BearerLayer, Config};

use crate::api::Notebook;
use crate::notes::notes_server::NotesServer;
use crate::{stop, web};

type Failure = Box<dyn Error + Send + Sync>;

/// Serves the web app and the service until `stop` resolves. Then nobody is taken in any more, what has
/// begun is finished, and so is what runs behind the requests.
///
/// # Errors
///
/// When the configuration has no `[api]` or no downstream API called `notes`, or a listener fails.
pub async fn serve(
    config: Config,
    site: TcpListener,
    api: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let bearer = BearerLayer::new(config.api().ok_or("no [api]")?.clone())?;
    let sign_in = B2cLayer::new(config.clone())?;
    let (close, closing) = watch::channel(false);
    let closed = || {
        let mut closing = closing.clone();
        // The sender is there until then.
        async move { drop(closing.wait_for(|closing| *closing).await) }
    };

    let notebook = Notebook::default();
    let notes = Server::builder()
        .layer(bearer)
        .add_service(NotesServer::new(notebook.clone()));
    let notes = notes.serve_with_incoming_shutdown(TcpIncoming::from(api), closed());
    let app = web::app(&config, &sign_in)?;
    let site = axum::serve(site, app).with_graceful_shutdown(closed());

    let stopping = async {
        stop.await;
        sign_in.begin_shutdown();
        // Who watches would keep the process alive for as long as their token.
        notebook.closes();
        close.send_replace(true);
        tokio::time::sleep(stop::LONGEST_REQUEST).await;
        tracing::warn!("requests that take longer are cut off");
    };
    // If one of them fails the other does not serve on alone.
    let both = async {
        let site = async { site.await.map_err(Failure::from) };
        let notes = async { notes.await.map_err(Failure::from) };
        tokio::try_join!(site, notes)
    };
    tokio::select! {
        ended = both => {
            ended?;
        }
        () = stopping => {}
    }
    if !sign_in.finish(stop::LONGEST_WRITES).await {
        tracing::warn!("the session store was not told of everything");
    }
    Ok(())
}
