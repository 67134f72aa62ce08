//! One connection for all requests, made anew when it breaks.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, IntoConnectionInfo, ProtocolVersion, RedisError,
    RedisResult, ScriptInvocation,
};
use tokio::sync::Mutex;

use crate::secret::Secret;
use crate::session::store::StoreError;

/// Sends commands, pipelined over one connection (RESP3), each within a bounded time.
pub(super) struct Link {
    client: Client,
    timeout: Duration,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    connection: Option<MultiplexedConnection>,
    /// Which connection it is, so that one that broke is given up once.
    number: u64,
}

/// Whether a command that may or may not have been carried out can be sent again.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Repeat {
    Once,
    Never,
}

impl Link {
    pub(super) fn new(url: &Secret, timeout: Duration) -> Result<Self, StoreError> {
        // The cause may quote the URL, which has a password in it.
        let unusable = |_| StoreError::new("the URL is not one of Redis (redis:// or rediss://)");
        let info = url.expose().into_connection_info().map_err(unusable)?;
        if matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. }) {
            choose_tls_provider();
        }
        let redis = info.redis_settings().clone();
        let info = info.set_redis_settings(redis.set_protocol(ProtocolVersion::RESP3));
        Ok(Self {
            client: Client::open(info).map_err(unusable)?,
            timeout,
            current: Mutex::default(),
        })
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Runs a script; fails rather than waits.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
        repeat: Repeat,
    ) -> Result<T, StoreError> {
        let run = async {
            match self.try_run(script).await {
                Err(error) if repeat == Repeat::Once && error.is_io_error() => {
                    self.try_run(script).await
                }
                outcome => outcome,
            }
        };
        self.bounded(run).await
    }

    /// A connection of its own, which hands over what the server pushes.
    pub(super) async fn subscribe(
        &self,
        channel: &str,
        pushes: tokio::sync::mpsc::UnboundedSender<redis::PushInfo>,
    ) -> Result<MultiplexedConnection, StoreError> {
        let config = self.config().set_push_sender(pushes);
        self.bounded(async {
            let opened = self
                .client
                .get_multiplexed_async_connection_with_config(&config);
            let mut connection = opened.await?;
            connection.subscribe(channel).await?;
            Ok(connection)
        })
        .await
    }

    async fn bounded<T>(
        &self,
        work: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, StoreError> {
        match tokio::time::timeout(self.timeout, work).await {
            Ok(done) => done.map_err(StoreError::new),
            Err(_) => {
                let waited = self.timeout.as_millis();
                Err(StoreError::new(format!(
                    "Redis did not answer within {waited} ms"
                )))
            }
        }
    }

    async fn try_run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        let (mut connection, number) = self.connection().await?;
        let outcome = script.invoke_async(&mut connection).await;
        if let Err(error) = &outcome
            && is_broken(error)
        {
            let mut current = self.current.lock().await;
            if current.number == number {
                current.connection = None;
            }
        }
        outcome
    }

    async fn connection(&self) -> RedisResult<(MultiplexedConnection, u64)> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok((connection.clone(), current.number));
        }
        let config = self.config();
        let opened = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        let connection = opened.await?;
        current.connection = Some(connection.clone());
        current.number += 1;
        Ok((connection, current.number))
    }

    fn config(&self) -> AsyncConnectionConfig {
        // Each a little shorter than the whole, so that a connection which does not answer is noticed
        // as such and given up.
        let part = self.timeout * 9 / 10;
        AsyncConnectionConfig::new()
            .set_connection_timeout(Some(part))
            .set_response_timeout(Some(part))
    }
}

/// Whether the next command should have another connection: also after a fail-over, when the old
/// master has become a replica.
fn is_broken(error: &RedisError) -> bool {
    error.is_io_error() || error.is_timeout() || error.is_unrecoverable_error() || {
        matches!(error.code(), Some("READONLY" | "LOADING" | "MASTERDOWN"))
    }
}

/// rustls cannot choose where an app's other dependencies turn on a second provider.
fn choose_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that somebody else has chosen meanwhile.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}
