//! Ends sessions that somebody else's request found: by their user, or by their session at the
//! provider.

use std::sync::Arc;

use super::index::{IndexKey, IndexedSession};
use super::live::Live;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError};
use super::summary::Summary;
use super::user_sessions::UserSessions;
use crate::metrics::{SessionEnd, sessions_ended};

impl Sessions {
    /// The sessions of a user; `current` is the one that asks.
    pub(crate) fn of_user(
        self: &Arc<Self>,
        user: Option<IndexKey>,
        current: Option<&Arc<Live>>,
    ) -> UserSessions {
        UserSessions::new(Arc::clone(self), user, current.cloned())
    }

    /// The sessions under an index key that have not ended, a thousand at most, each with its
    /// summary if this server can read it.
    pub(crate) async fn find_indexed(
        &self,
        index: IndexKey,
    ) -> Result<Vec<(IndexedSession, Option<Summary>)>, StoreError> {
        let now = self.now();
        let mut found = self.store.find_indexed(index, MOST_LISTED).await?;
        // A store may return more than it was asked for, and records that are due.
        found.truncate(MOST_LISTED);
        found.retain(|session| session.expires_at > now.to_system_time());
        let read = |session: IndexedSession| {
            let summary = Summary::open(&session.summary, &self.keys, session.key);
            (session, summary)
        };
        let read = found.into_iter().map(read);
        let open = |summary: &Summary| summary.expires_at > now;
        Ok(read
            .filter(|(_, summary)| summary.as_ref().is_none_or(open))
            .collect())
    }

    /// Ends every session under an index key but `except`: gone from the store, and from memory at
    /// once, even if the store is away. Tells how many the store had.
    pub(crate) async fn end_indexed(
        &self,
        index: IndexKey,
        except: Option<SessionKey>,
    ) -> Result<usize, StoreError> {
        self.check_reach()?;
        self.set_ending(index, |live| Some(live.key) != except);
        let ended = self.store.delete_indexed(index, except).await;
        if let Ok(number) = ended {
            sessions_ended(SessionEnd::Revoked, number);
        }
        // After the store, or a request in between would load one again. Where there was nothing, no
        // load can have found anything: a stranger's call must not cost the others their cache.
        if !matches!(ended, Ok(0)) {
            self.cache.outdate_loads();
        }
        self.forget(index, |live| Some(live.key) != except);
        ended
    }

    /// Ends one session if it is under this index key; tells whether it was and went on till now.
    pub(crate) async fn end_one_of(
        &self,
        index: IndexKey,
        key: SessionKey,
    ) -> Result<bool, StoreError> {
        let found = self.store.find_indexed(index, MOST_LISTED).await?;
        if !found.iter().any(|session| session.key == key) {
            return Ok(false);
        }
        self.set_ending(index, |live| live.key == key);
        let ended = self.store.delete(key).await;
        if matches!(ended, Ok(true)) {
            sessions_ended(SessionEnd::Revoked, 1);
        }
        self.cache.outdate_loads();
        self.forget(index, |live| live.key == key);
        ended
    }

    /// The store tells this instance, too, of what it takes out of it.
    pub(super) fn set_ending(&self, index: IndexKey, ends: impl Fn(&Live) -> bool) {
        for live in self.cache.indexed(index) {
            if ends(&live) {
                live.set_ending();
            }
        }
    }

    /// Forgets sessions in memory, and tells their streams.
    pub(super) fn forget(&self, index: IndexKey, ends: impl Fn(&Live) -> bool) {
        for live in self.cache.remove_indexed(index, ends) {
            live.set_over();
            self.watches.end(live.key);
        }
    }
}

/// How many sessions a list holds: nobody reads more.
const MOST_LISTED: usize = 1000;
