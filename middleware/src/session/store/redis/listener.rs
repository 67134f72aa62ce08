//! What other instances write, as Redis tells it.

use std::sync::Arc;
use std::time::Duration;

use redis::{PushInfo, PushKind, RedisResult, Value, cmd};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::Instant;

use super::cluster::Cluster;
use super::keys::read_name;
use super::link::Link;
use super::opener::Opened;
use crate::future::BoxFuture;
use crate::session::store::{Invalidation, Invalidations, StoreError};

/// Subscriptions to the channel that every write is published on, at each server that takes writes.
pub(super) struct Listener {
    source: Source,
    open: Vec<Opened>,
    pushes: UnboundedReceiver<PushInfo>,
    /// When the connections were last tried.
    tried: Instant,
}

/// Who takes writes.
pub(super) enum Source {
    One(Arc<Link>),
    Cluster(Arc<Cluster>),
}

impl Listener {
    pub(super) async fn open(source: Source, channel: &str) -> Result<Self, StoreError> {
        let (sender, pushes) = mpsc::unbounded_channel();
        let open = match &source {
            Source::One(link) => vec![link.subscribe(channel, sender).await?],
            Source::Cluster(cluster) => cluster.subscribe(channel, &sender).await?,
        };
        Ok(Self {
            source,
            open,
            pushes,
            tried: Instant::now(),
        })
    }

    async fn hear(&mut self) -> Result<Invalidation, StoreError> {
        loop {
            let next = self.tried + PATIENCE;
            match tokio::time::timeout_at(next, self.pushes.recv()).await {
                Ok(Some(push)) if push.kind == PushKind::Message => {
                    // What cannot be read may concern anything.
                    return Ok(read(&push.data).unwrap_or(Invalidation::Missed));
                }
                Ok(Some(push)) if push.kind == PushKind::Disconnection => break,
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => {
                    self.check().await?;
                    self.tried = Instant::now();
                }
            }
        }
        Err(StoreError::new("the subscription to Redis has ended"))
    }

    /// A connection that broke without a word is as silent as one without news; and one to a server
    /// that takes no more writes hears none.
    async fn check(&mut self) -> Result<(), StoreError> {
        for open in &mut self.open {
            let alive: RedisResult<String> = cmd("PING").query_async(&mut open.connection).await;
            if let Err(error) = alive {
                // That of the requests is no better.
                match &self.source {
                    Source::One(link) => link.leave(&open.server),
                    Source::Cluster(cluster) => cluster.leave(&open.server),
                }
                return Err(StoreError::new(error));
            }
        }
        let is_current = match &self.source {
            Source::One(link) => match &self.open[..] {
                [open] => link.is_current(&open.server).await,
                _ => false,
            },
            Source::Cluster(cluster) => cluster.are_the_masters(&self.open).await,
        };
        if is_current {
            return Ok(());
        }
        Err(StoreError::new("writes go to another server now"))
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

/// How often the connections are tried.
const PATIENCE: Duration = Duration::from_secs(5);
