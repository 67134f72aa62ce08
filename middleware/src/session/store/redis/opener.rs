//! Opens connections to one server.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, PushInfo, RedisResult, Value, cmd};

use super::address::Address;
use super::renewal::Renewal;
use super::sentinel::Sentinels;

/// Finds a server and connects to it, as often as need be.
pub(super) struct Opener {
    place: Place,
    pub(super) timeout: Duration,
}

/// Where a server is.
#[derive(Clone)]
pub(super) enum Place {
    At(Address),
    Master(Sentinels),
}

/// A connection, and the `host:port` that it leads to.
pub(super) struct Opened {
    pub(super) connection: MultiplexedConnection,
    pub(super) server: String,
    /// Dropped with the connection.
    _renewal: Option<Renewal>,
}

impl Opener {
    pub(super) fn new(place: Place, timeout: Duration) -> Self {
        Self { place, timeout }
    }

    /// A connection that hands over what the server pushes, its own end included (RESP3).
    pub(super) async fn open(
        &self,
        pushed: impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static,
    ) -> RedisResult<Opened> {
        // Each a little shorter than the whole, so that a connection which does not answer is noticed
        // as such and given up.
        let part = self.timeout * 9 / 10;
        let address = self.find(part).await?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(part))
            .set_response_timeout(Some(part))
            .set_push_sender(pushed);
        let (mut connection, renewal) = address.connect(&config).await?;
        if matches!(self.place, Place::Master(_)) {
            is_master(&mut connection).await?;
        }
        Ok(Opened {
            connection,
            server: address.name(),
            _renewal: renewal,
        })
    }

    /// Whether this is still the server to talk to. Where nobody says otherwise, it is.
    pub(super) async fn is_current(&self, server: &str) -> bool {
        let Place::Master(sentinels) = &self.place else {
            return true;
        };
        let found = tokio::time::timeout(self.timeout, sentinels.find(self.timeout)).await;
        match found {
            Ok(Ok(master)) => master.name() == server,
            Ok(Err(_)) | Err(_) => true,
        }
    }

    async fn find(&self, part: Duration) -> RedisResult<Address> {
        match &self.place {
            Place::At(address) => Ok(address.clone()),
            Place::Master(sentinels) => sentinels.find(part).await,
        }
    }
}

/// A Sentinel may not have heard yet of a master that became a replica.
async fn is_master(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    let role: Vec<Value> = cmd("ROLE").query_async(connection).await?;
    let role = role.first().map(redis::from_redis_value_ref::<String>);
    match role {
        Some(Ok(role)) if role == "master" => Ok(()),
        _ => Err((
            ErrorKind::Client,
            "the server that Sentinel named is not a master",
        )
            .into()),
    }
}
