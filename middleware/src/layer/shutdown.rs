//! The end of an instance, in order.

use std::time::Duration;

use super::builder::B2cLayer;

impl B2cLayer {
    /// From now on health probes are told that this instance is not ready
    /// ([`health`](Self::health)), so that requests go to others. Nothing else changes: what comes is
    /// answered as ever, for a while more will.
    pub fn begin_shutdown(&self) {
        self.current().stop();
    }

    /// Waits for what runs behind the requests: tokens that are being refreshed, session changes and
    /// sign-outs that the store has yet to hear of. Tells whether all of it was done in this time. For
    /// the end, when the server has answered its last request.
    ///
    /// ```no_run
    /// # async fn stopped() {}
    /// # async fn f(layer: tower_b2c::B2cLayer) -> std::io::Result<()> {
    /// # use std::time::Duration;
    /// # let (listener, app) = (tokio::net::TcpListener::bind("[::1]:0").await?, axum::Router::new());
    /// let ending = layer.clone();
    /// let server = axum::serve(listener, app).with_graceful_shutdown(async move {
    ///     stopped().await; // SIGTERM
    ///     ending.begin_shutdown();
    ///     tokio::time::sleep(Duration::from_secs(5)).await; // until nobody sends requests here
    /// });
    /// server.await?;
    /// if !layer.finish(Duration::from_secs(10)).await {
    ///     tracing::warn!("the session store was not told of everything");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn finish(&self, at_most: Duration) -> bool {
        let shell = self.shell();
        let idle = shell.sessions().background.idle();
        tokio::time::timeout(at_most, idle).await.is_ok()
    }
}
