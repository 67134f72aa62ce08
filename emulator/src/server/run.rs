use std::{future::IntoFuture, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, serve::Listener};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use super::dispatch::dispatch;
use crate::world::World;

/// The server task. Dropping this stops it.
pub(crate) struct RunningServer {
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

/// What every request handler is given.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) world: Arc<World>,
    /// Becomes `true` when the emulator stops.
    pub(super) stopping: watch::Receiver<bool>,
}

/// Starts to serve in a task of its own.
pub(crate) fn run(listener: impl Listener<Addr = SocketAddr>, world: Arc<World>) -> RunningServer {
    serve(listener, |stopping| {
        Router::new()
            .fallback(dispatch)
            .with_state(Server { world, stopping })
    })
}

/// Serves an app that is told when to stop.
pub(super) fn serve(
    listener: impl Listener<Addr = SocketAddr>,
    app: impl FnOnce(watch::Receiver<bool>) -> Router,
) -> RunningServer {
    let (stop, stopping) = watch::channel(false);
    let app = app(stopping.clone());
    let served = axum::serve(listener, app).with_graceful_shutdown(stopped(stopping.clone()));
    let task = tokio::spawn(async move {
        let overtime = async {
            stopped(stopping).await;
            sleep(GRACE).await;
        };
        tokio::select! {
            _ = served.into_future() => {}
            () = overtime => {}
        }
    });
    RunningServer {
        stop,
        task: Some(task),
    }
}

impl RunningServer {
    /// Answers what is being answered, for at most a second, and gives the port back.
    pub(crate) async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Waits for the sign to stop; a lost sender is one, too.
pub(super) async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|&stop| stop).await;
}

const GRACE: Duration = Duration::from_secs(1);
