use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{expiring::Expiring, random};

/// A sign-in that later requests of the same browser can rely on.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) object_id: String,
    /// When credentials were last entered.
    pub(crate) auth_time: i64,
}

/// The sessions of a tenant: every application and every user flow shares them.
#[derive(Debug)]
pub(crate) struct Sessions {
    sessions: Mutex<Expiring<Session>>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self {
            sessions: Mutex::new(Expiring::new(MOST_SESSIONS, SESSION_LIFETIME)),
        }
    }

    /// Starts a session and returns the value of its cookie.
    pub(crate) fn start(&self, session: Session, now: i64) -> String {
        let id = random::token();
        self.lock().insert(id.clone(), session, now);
        id
    }

    /// Returns the session and prolongs it.
    pub(crate) fn find(&self, id: &str, now: i64) -> Option<Session> {
        self.lock().touch(id, now).cloned()
    }

    pub(crate) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, Expiring<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const MOST_SESSIONS: usize = 4096;
/// B2C's default: a day, rolling.
const SESSION_LIFETIME: i64 = 24 * 60 * 60;
