//! What other instances write, as Redis tells it.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{PushInfo, PushKind, Value};
use tokio::sync::mpsc::UnboundedReceiver;

use super::store::read_name;
use crate::future::BoxFuture;
use crate::session::store::{Invalidation, Invalidations, StoreError};

/// A subscription to the channel that every write is published on.
pub(super) struct Listener {
    connection: MultiplexedConnection,
    pushes: UnboundedReceiver<PushInfo>,
}

impl Listener {
    pub(super) fn new(
        connection: MultiplexedConnection,
        pushes: UnboundedReceiver<PushInfo>,
    ) -> Self {
        Self { connection, pushes }
    }

    async fn hear(&mut self) -> Result<Invalidation, StoreError> {
        loop {
            match tokio::time::timeout(SILENCE, self.pushes.recv()).await {
                Ok(Some(push)) if push.kind == PushKind::Message => {
                    // What cannot be read may concern anything.
                    return Ok(read(&push.data).unwrap_or(Invalidation::Missed));
                }
                Ok(Some(push)) if push.kind == PushKind::Disconnection => break,
                Ok(Some(_)) => {}
                Ok(None) => break,
                // A connection that broke without a word is as silent as one without news.
                Err(_) => {
                    let alive: Result<String, _> =
                        redis::cmd("PING").query_async(&mut self.connection).await;
                    alive.map_err(StoreError::new)?;
                }
            }
        }
        Err(StoreError::new("the subscription to Redis has ended"))
    }
}

impl Invalidations for Listener {
    fn next(&mut self) -> BoxFuture<'_, Result<Invalidation, StoreError>> {
        Box::pin(self.hear())
    }
}

/// `ended NAME` or `changed NAME VERSION`, after the channel.
fn read(data: &[Value]) -> Option<Invalidation> {
    let Some(Value::BulkString(text)) = data.last() else {
        return None;
    };
    let mut words = std::str::from_utf8(text).ok()?.split(' ');
    match (words.next()?, read_name(words.next()?)?, words.next()) {
        ("ended", key, None) => Some(Invalidation::Ended(key)),
        ("changed", key, Some(version)) => {
            let version = version.parse().ok()?;
            Some(Invalidation::Changed { key, version })
        }
        _ => None,
    }
}

/// How long nothing is heard before the connection is tried.
const SILENCE: Duration = Duration::from_secs(5);
