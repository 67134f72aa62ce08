//! One user's sessions, to look at and to end.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::index::{IndexKey, IndexedSession};
use super::live::Live;
use super::registry::Sessions;
use super::store::{SessionKey, StoreError};
use super::summary::Summary;
use crate::time::Timestamp;

/// The sessions of one user: on every browser and every instance that shares the store.
///
/// From [`Session::user_sessions`](crate::Session::user_sessions) for the user's own page
/// ("where you are signed in", ASVS 5.0 V7.5.2), from
/// [`B2cLayer::user_sessions`](crate::B2cLayer::user_sessions) for administrators (V7.4.5).
///
/// Whoever is ended is anonymous at the next request: on this instance at once, on another that has
/// the session in memory too if the store tells of writes
/// ([`SessionStore::invalidations`](crate::SessionStore::invalidations)), else within
/// `session.revalidate_seconds`. The session at the provider goes on.
#[derive(Clone)]
pub struct UserSessions {
    sessions: Arc<Sessions>,
    user: Option<IndexKey>,
    current: Option<Arc<Live>>,
}

impl UserSessions {
    pub(crate) fn new(
        sessions: Arc<Sessions>,
        user: Option<IndexKey>,
        current: Option<Arc<Live>>,
    ) -> Self {
        Self {
            sessions,
            user,
            current,
        }
    }

    /// The sessions that have not ended, the one seen last first; a thousand at most.
    ///
    /// # Errors
    ///
    /// When the store is away.
    pub async fn list(&self) -> Result<Vec<UserSession>, StoreError> {
        let Some(user) = self.user else {
            return Ok(Vec::new());
        };
        let found = self.sessions.find_indexed(user).await?;
        let read =
            |(session, summary)| UserSession::new(&session, summary, self.current.as_deref());
        let mut list: Vec<_> = found.into_iter().map(read).collect();
        list.sort_unstable_by_key(|session| std::cmp::Reverse(session.last_seen));
        Ok(list)
    }

    /// Ends the session with this [`id`](UserSession::id); tells whether it was one of this user's
    /// and had not ended already.
    ///
    /// # Errors
    ///
    /// When the store is away; the session may go on.
    pub async fn end(&self, id: &str) -> Result<bool, StoreError> {
        match (self.user, decode(id)) {
            (Some(user), Some(key)) => self.sessions.end_one_of(user, key).await,
            _ => Ok(false),
        }
    }

    /// Ends every session of the user but the one of this request; returns how many the store had.
    /// For after a change of what the user signs in with (ASVS 5.0 V7.4.3).
    ///
    /// # Errors
    ///
    /// When the store is away; the sessions may go on.
    pub async fn end_others(&self) -> Result<usize, StoreError> {
        self.end_but(self.current.as_ref().map(|live| live.key))
            .await
    }

    /// Ends every session of the user, also the one of this request; returns how many the store had.
    ///
    /// # Errors
    ///
    /// When the store is away; the sessions may go on.
    pub async fn end_all(&self) -> Result<usize, StoreError> {
        self.end_but(None).await
    }

    async fn end_but(&self, except: Option<SessionKey>) -> Result<usize, StoreError> {
        match self.user {
            Some(user) => self.sessions.end_indexed(user, except).await,
            None => Ok(0),
        }
    }
}

impl fmt::Debug for UserSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserSessions(…)")
    }
}

/// One session of a user, as a list shows it.
#[derive(Clone, Debug)]
pub struct UserSession {
    id: String,
    last_seen: Option<SystemTime>,
    is_current: bool,
    summary: Option<Summary>,
}

impl UserSession {
    fn new(session: &IndexedSession, summary: Option<Summary>, current: Option<&Live>) -> Self {
        let current = current.filter(|live| live.key == session.key);
        let expiry = Timestamp::of(session.expires_at);
        let last_seen = summary.as_ref().map(|summary| summary.last_seen(expiry));
        // The store hears of a visit behind the request.
        let last_seen = last_seen.max(current.map(Live::last_seen));
        Self {
            id: URL_SAFE_NO_PAD.encode(session.key.as_bytes()),
            last_seen: last_seen.map(Timestamp::to_system_time),
            is_current: current.is_some(),
            summary,
        }
    }

    /// What [`UserSessions::end`] takes: 43 characters of base64url, which open nothing.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is the session of this request.
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// When the user signed in. `None`, here and below, where the instance that began the session
    /// has other `session.cookie_keys`, or has none and so a random one.
    pub fn signed_in_at(&self) -> Option<SystemTime> {
        self.summary()
            .map(|summary| summary.signed_in_at.to_system_time())
    }

    /// When its last request was, give or take a tenth of `session.idle_minutes`.
    pub fn last_seen(&self) -> Option<SystemTime> {
        self.last_seen
    }

    /// When it ends at the latest.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.summary()
            .map(|summary| summary.expires_at.to_system_time())
    }

    /// The user flow of the sign-in, at B2C.
    pub fn user_flow(&self) -> Option<&str> {
        self.summary()?.user_flow.as_deref()
    }

    /// The `User-Agent` of the sign-in: 256 characters at most, as the browser chose them, so
    /// escape them. `None` with `session.record_user_agent = false`, too.
    pub fn user_agent(&self) -> Option<&str> {
        self.summary()?.user_agent.as_deref()
    }

    fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref()
    }
}

fn decode(id: &str) -> Option<SessionKey> {
    let mut bytes = [0; 32];
    let exact = URL_SAFE_NO_PAD.decode_slice(id, &mut bytes) == Ok(bytes.len());
    exact.then(|| SessionKey::from_bytes(bytes))
}
