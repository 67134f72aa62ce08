//! Commands to one server, each within a bounded time.

use std::sync::Arc;
use std::time::Duration;

use redis::{FromRedisValue, PushInfo, RedisError, RedisResult, ScriptInvocation, cmd};
use tokio::sync::mpsc::UnboundedSender;

use super::connection::{Shared, unanswered};
use super::opener::{Opened, Opener, Place};
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
pub(super) enum Failure {
    /// Nothing was sent.
    NotConnected(String),
    Command(RedisError),
}

impl Link {
    pub(super) fn new(place: Place, timeout: Duration) -> Self {
        let opener = Arc::new(Opener::new(place, timeout));
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
                Err(failure) if failure.may_repeat(repeat) => self.try_run(script).await,
                outcome => outcome,
            }
        };
        within(self.opener.timeout, run).await
    }

    /// Runs a script once; the caller sees to the time.
    pub(super) async fn try_run<T: FromRedisValue>(
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

    /// The same for a key that is on its way to this server (`ASK`). The mark is for the command that
    /// comes next, which may be another's: then this one is told to ask again.
    pub(super) async fn try_asking<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, Failure> {
        let connected = self.shared.get().await;
        let (mut connection, _) = connected.map_err(Failure::NotConnected)?;
        let marked: RedisResult<()> = cmd("ASKING").query_async(&mut connection).await;
        marked.map_err(Failure::Command)?;
        self.try_run(script).await
    }

    /// A connection of its own, which hands over what the server pushes.
    pub(super) async fn subscribe(
        &self,
        channel: &str,
        pushes: UnboundedSender<PushInfo>,
    ) -> Result<Opened, StoreError> {
        let subscribe = async {
            let hand_over = move |push| pushes.send(push).map_err(drop);
            let mut opened = self.opener.open(hand_over).await?;
            opened.connection.subscribe(channel).await?;
            RedisResult::Ok(opened)
        };
        within(self.opener.timeout, async {
            subscribe.await.map_err(Failure::Command)
        })
        .await
    }

    /// This server does not answer: requests go over another connection.
    pub(super) fn leave(&self, server: &str) {
        self.shared.give_up_at(|at| at == server);
    }

    /// Whether a connection to this server still leads to the right one. If not, requests do not
    /// stay there either.
    pub(super) async fn is_current(&self, server: &str) -> bool {
        let is_current = self.opener.is_current(server).await;
        if is_current {
            self.shared.give_up_at(|at| at != server);
        }
        is_current
    }
}

impl Failure {
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::NotConnected(reason) => StoreError::new(reason),
            Self::Command(error) => StoreError::new(error),
        }
    }

    pub(super) fn reason(&self) -> String {
        match self {
            Self::NotConnected(reason) => reason.clone(),
            Self::Command(error) => error.to_string(),
        }
    }

    /// Whether to try again, over another connection.
    fn may_repeat(&self, repeat: Repeat) -> bool {
        match self {
            Self::NotConnected(_) => false,
            Self::Command(error) => {
                was_refused_unread(error)
                    || repeat == Repeat::Once && error.is_io_error() && !error.is_timeout()
            }
        }
    }
}

/// Does what can be done in this time.
pub(super) async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(timeout, work).await {
        Ok(done) => done.map_err(Failure::into_error),
        Err(_) => Err(StoreError::new(unanswered(timeout))),
    }
}

/// Whether the next command should have another connection.
fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || (error.is_unrecoverable_error() && !error.is_cluster_error())
        || was_refused_unread(error)
}

/// A server that was a master, or is not one yet, carries nothing out.
pub(super) fn was_refused_unread(error: &RedisError) -> bool {
    matches!(error.code(), Some("READONLY" | "LOADING" | "MASTERDOWN"))
}
