//! Opens connections to one server.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, PushInfo, RedisResult};

use super::address::Address;

/// Finds a server and connects to it, as often as need be.
pub(super) struct Opener {
    address: Address,
    pub(super) timeout: Duration,
}

impl Opener {
    pub(super) fn new(address: Address, timeout: Duration) -> Self {
        Self { address, timeout }
    }

    /// A connection that hands over what the server pushes, its own end included (RESP3).
    pub(super) async fn open(
        &self,
        pushed: impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static,
    ) -> RedisResult<MultiplexedConnection> {
        // Each a little shorter than the whole, so that a connection which does not answer is noticed
        // as such and given up.
        let part = self.timeout * 9 / 10;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(part))
            .set_response_timeout(Some(part))
            .set_push_sender(pushed);
        let client = self.address.client()?;
        client
            .get_multiplexed_async_connection_with_config(&config)
            .await
    }
}
