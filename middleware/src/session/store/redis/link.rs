//! Commands to one server, each within a bounded time.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, PushInfo, RedisError, RedisResult, ScriptInvocation};
use tokio::sync::mpsc::UnboundedSender;

use super::connection::{Shared, unanswered};
use super::opener::Opener;
use crate::session::store::StoreError;

/// Sends commands, pipelined over one connection.
pub(super) struct Link {
    opener: Arc<Opener>,
    shared: Shared,
}

/// Whether a command that may or may not have been carried out can be sent again.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Repeat {
    Once,
    Never,
}

/// Why there is no answer.
enum Failure {
    NotConnected(String),
    Command(RedisError),
}

impl Link {
    pub(super) fn new(opener: Opener) -> Self {
        let opener = Arc::new(opener);
        let shared = Shared::new(Arc::clone(&opener));
        Self { opener, shared }
    }

    /// Runs a script; fails rather than waits.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
        repeat: Repeat,
    ) -> Result<T, StoreError> {
        let run = async {
            match self.try_run(script).await {
                Err(Failure::Command(error)) if may_repeat(&error, repeat) => {
                    self.try_run(script).await
                }
                outcome => outcome,
            }
        };
        match tokio::time::timeout(self.opener.timeout, run).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Failure::Command(error))) => Err(StoreError::new(error)),
            Ok(Err(Failure::NotConnected(reason))) => Err(StoreError::new(reason)),
            Err(_) => Err(StoreError::new(unanswered(self.opener.timeout))),
        }
    }

    /// A connection of its own, which hands over what the server pushes.
    pub(super) async fn subscribe(
        &self,
        channel: &str,
        pushes: UnboundedSender<PushInfo>,
    ) -> Result<MultiplexedConnection, StoreError> {
        let subscribe = async {
            let hand_over = move |push| pushes.send(push).map_err(drop);
            let mut connection = self.opener.open(hand_over).await?;
            connection.subscribe(channel).await?;
            RedisResult::Ok(connection)
        };
        match tokio::time::timeout(self.opener.timeout, subscribe).await {
            Ok(done) => done.map_err(StoreError::new),
            Err(_) => Err(StoreError::new(unanswered(self.opener.timeout))),
        }
    }

    async fn try_run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, Failure> {
        let connected = self.shared.get().await;
        let (mut connection, number) = connected.map_err(Failure::NotConnected)?;
        let outcome = script.invoke_async(&mut connection).await;
        if let Err(error) = &outcome
            && is_broken(error)
        {
            self.shared.give_up(number);
        }
        outcome.map_err(Failure::Command)
    }
}

/// Whether the next command should have another connection.
fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_unrecoverable_error()
        || was_refused_unread(error)
}

/// A server that was a master, or is not one yet, carries nothing out.
fn was_refused_unread(error: &RedisError) -> bool {
    matches!(error.code(), Some("READONLY" | "LOADING" | "MASTERDOWN"))
}

fn may_repeat(error: &RedisError, repeat: Repeat) -> bool {
    was_refused_unread(error)
        || repeat == Repeat::Once && error.is_io_error() && !error.is_timeout()
}
