//! Remembers for a while that something happened, where all instances see it.

use std::time::Duration;

use super::authentication::auth_time;
use super::index::IndexEntry;
use super::live::Live;
use super::registry::Sessions;
use super::store::{SessionKey, SessionStore, StoreError, StoredRecord};
use crate::crypto::sha256;
use crate::time::Timestamp;

/// A mark in the store: a record without contents, under a key that no session has.
///
/// [`insert`](super::SessionStore::insert) never overwrites, so of all who set a mark, on whichever
/// instance, one is told that it was the first. Marks are bounded as sessions are: they expire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(SessionKey);

impl Mark {
    /// A token that counts once: `jti` is unique within its issuer (RFC 7519 §4.1.7).
    pub(crate) fn token(issuer: &str, jti: &str) -> Self {
        Self::of(["token", issuer, jti])
    }

    /// A proof of possession of a key, which counts once (RFC 9449 §11.1).
    pub(crate) fn proof(thumbprint: &str, jti: &str) -> Self {
        Self::of(["proof", thumbprint, jti])
    }

    /// Sets the mark until then; tells whether it was not there.
    pub(crate) async fn set(
        self,
        store: &dyn SessionStore,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let record = StoredRecord {
            version: 0,
            expires_at: until.to_system_time(),
            bytes: Vec::new(),
        };
        let nowhere = IndexEntry {
            keys: Vec::new(),
            summary: Vec::new(),
        };
        store.insert(self.0, record, nowhere).await
    }

    /// A session at the provider that has ended.
    fn ended(issuer: &str, sid: &str) -> Self {
        Self::of(["ended", issuer, sid])
    }

    /// A user of the provider, all of whose sessions have ended.
    fn user_ended(issuer: &str, subject: &str) -> Self {
        Self::of(["user ended", issuer, subject])
    }

    /// A user of the provider whose sessions without a name there have ended.
    fn unnamed_ended(issuer: &str, subject: &str) -> Self {
        Self::of(["unnamed ended", issuer, subject])
    }

    /// Session ids are 16 bytes and these are more, so their hashes differ.
    fn of(parts: [&str; 3]) -> Self {
        let mut text = b"tower-b2c mark".to_vec();
        for part in parts {
            text.extend((part.len() as u64).to_be_bytes());
            text.extend(part.as_bytes());
        }
        Self(SessionKey::from_bytes(sha256(&text)))
    }
}

impl Sessions {
    /// Sets a mark until then; tells whether it was not there.
    pub(crate) async fn mark(&self, mark: Mark, until: Timestamp) -> Result<bool, StoreError> {
        self.check_reach()?;
        mark.set(&*self.store, until).await
    }

    /// The provider tells that a session there is over.
    pub(crate) async fn tell_session_ended(
        &self,
        issuer: &str,
        sid: &str,
    ) -> Result<(), StoreError> {
        self.mark_now(Mark::ended(issuer, sid)).await
    }

    /// The provider tells that all of a user's sessions are over.
    pub(crate) async fn tell_user_ended(&self, issuer: &str, sub: &str) -> Result<(), StoreError> {
        self.mark_now(Mark::user_ended(issuer, sub)).await
    }

    /// The provider tells that those of a user's sessions are over that have no name there.
    pub(crate) async fn tell_unnamed_ended(
        &self,
        issuer: &str,
        sub: &str,
    ) -> Result<(), StoreError> {
        self.mark_now(Mark::unnamed_ended(issuer, sub)).await
    }

    /// Whether the provider has told, before this session began here, that it is over there. `begun`
    /// is when its sign-in began.
    ///
    /// After the end of all of a user's sessions a sign-in counts that began later, or in which the
    /// user authenticated later (`auth_time`): else whoever signs in at once would be kept out.
    pub(crate) async fn came_too_late(
        &self,
        live: &Live,
        begun: Timestamp,
    ) -> Result<bool, StoreError> {
        let record = live.record();
        let issuer = &record.origin.issuer;
        if let Some(sid) = &record.origin.provider_session
            && self.marked_at(Mark::ended(issuer, sid)).await?.is_some()
        {
            return Ok(true);
        }
        let Some(subject) = record.subject() else {
            return Ok(false);
        };
        let mut told = self.marked_at(Mark::user_ended(issuer, subject)).await?;
        if told.is_none() && record.origin.provider_session.is_none() {
            told = self.marked_at(Mark::unnamed_ended(issuer, subject)).await?;
        }
        let authenticated = auth_time(record.claims.get("auth_time"), self.now());
        let before = |told| begun <= told && authenticated.is_none_or(|at| at <= told);
        Ok(told.is_some_and(before))
    }

    /// Sets a mark, or sets it anew, for as long as a sign-in may be under way.
    async fn mark_now(&self, mark: Mark) -> Result<(), StoreError> {
        let until = self.now() + SIGN_IN_LASTS;
        if !self.mark(mark, until).await? {
            self.store.touch(mark.0, until.to_system_time()).await?;
        }
        Ok(())
    }

    /// When a mark was set by [`mark_now`](Self::mark_now), while it counts.
    async fn marked_at(&self, mark: Mark) -> Result<Option<Timestamp>, StoreError> {
        let found = self.store.load(mark.0).await?;
        let until = found.map(|mark| Timestamp::of(mark.expires_at));
        let until = until.filter(|&until| until > self.now());
        Ok(until.map(|until| until - SIGN_IN_LASTS))
    }

    /// Takes a mark back: what it stands for did not come to pass.
    pub(crate) async fn unmark(&self, mark: Mark) {
        if let Err(error) = self.store.delete(mark.0).await {
            tracing::warn!(%error, "a mark stays in the store until it expires");
        }
    }
}

/// As long as a transaction: no older code is redeemed.
const SIGN_IN_LASTS: Duration = Duration::from_secs(15 * 60);
