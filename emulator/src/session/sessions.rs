use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Application;
use crate::{
    directory::{SsoScope, Tenant, UserFlow},
    expiring::Expiring,
    random,
};

/// A browser's sign-ins that later requests can rely on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// What applications know it by; not the value of the cookie.
    pub(crate) sid: String,
    sign_ins: Vec<SignIn>,
    /// What the browser has signed in to.
    pub(crate) applications: Vec<Application>,
}

/// A session that goes on under a new cookie.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    /// The value of its cookie.
    pub(crate) id: String,
    pub(crate) sid: String,
}

/// A sign-in that is shared as far as its user flow says.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    /// The tenant that has signed the user in: one cookie serves every tenant of Entra ID.
    tenant_id: String,
    pub(crate) object_id: String,
    /// When credentials were last entered.
    pub(crate) auth_time: i64,
    share: Share,
    lifetime: i64,
    is_absolute: bool,
    expires_at: i64,
}

/// Who shares a sign-in.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Share {
    Tenant,
    Application(String),
    Policy(String),
}

/// The sessions of all browsers.
#[derive(Debug)]
pub(crate) struct Sessions {
    sessions: Mutex<Expiring<Session>>,
}

impl SignIn {
    /// Describes a sign-in; `None` where a user flow suppresses sessions.
    pub(crate) fn new(
        tenant: &Tenant,
        object_id: &str,
        auth_time: i64,
        user_flow: &UserFlow,
        client_id: &str,
        keep_for_days: Option<u32>,
        now: i64,
    ) -> Option<Self> {
        let settings = &user_flow.settings;
        let lifetime = keep_for_days.map_or(settings.session_lifetime, |days| {
            i64::from(days) * SECONDS_PER_DAY
        });
        Some(Self {
            tenant_id: tenant.id.clone(),
            object_id: object_id.to_owned(),
            auth_time,
            share: Share::of(user_flow, client_id)?,
            lifetime,
            is_absolute: settings.absolute_sessions,
            expires_at: now.saturating_add(lifetime),
        })
    }
}

impl Share {
    fn of(user_flow: &UserFlow, client_id: &str) -> Option<Self> {
        match user_flow.settings.sso_scope {
            SsoScope::Tenant => Some(Self::Tenant),
            SsoScope::Application => Some(Self::Application(client_id.to_owned())),
            SsoScope::Policy => Some(Self::Policy(user_flow.name().to_owned())),
            SsoScope::Suppressed => None,
        }
    }
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self {
            sessions: Mutex::new(Expiring::new(MOST_SESSIONS, LONGEST_LIFETIME)),
        }
    }

    /// Continues a browser's session under a new id.
    pub(crate) fn start(
        &self,
        old_id: Option<&str>,
        sign_in: SignIn,
        application: Application,
        now: i64,
    ) -> Started {
        let mut sessions = self.lock();
        let mut session = old_id
            .and_then(|id| sessions.remove(id))
            .unwrap_or_default();
        let is_replaced =
            |other: &SignIn| other.share == sign_in.share && other.tenant_id == sign_in.tenant_id;
        let goes_on = |other: &SignIn| now < other.expires_at && !is_replaced(other);
        session.sign_ins.retain(goes_on);
        session.sign_ins.push(sign_in);
        // A script that asks for ever more applications must not eat the memory.
        while session.sign_ins.len() > MOST_SIGN_INS {
            session.sign_ins.remove(0);
        }
        session.note(application);
        if session.sid.is_empty() {
            session.sid = random::token();
        }
        let started = Started {
            id: random::token(),
            sid: session.sid.clone(),
        };
        sessions.insert(started.id.clone(), session, now);
        started
    }

    /// Returns the sign-in that counts for an application at a tenant's user flow, and prolongs it.
    pub(crate) fn find(
        &self,
        id: &str,
        tenant: &Tenant,
        user_flow: &UserFlow,
        client_id: &str,
        now: i64,
    ) -> Option<SignIn> {
        let share = Share::of(user_flow, client_id)?;
        let mut sessions = self.lock();
        let session = sessions.touch(id, now)?;
        let sign_in = session.sign_ins.iter_mut().find(|sign_in| {
            sign_in.share == share && sign_in.tenant_id == tenant.id && now < sign_in.expires_at
        })?;
        if !sign_in.is_absolute {
            sign_in.expires_at = now.saturating_add(sign_in.lifetime);
        }
        Some(sign_in.clone())
    }

    /// Remembers an application that was signed in to without a question, and returns the
    /// session's `sid`.
    pub(crate) fn note(&self, id: &str, application: Application, now: i64) -> Option<String> {
        let mut sessions = self.lock();
        let session = sessions.get_mut(id, now)?;
        session.note(application);
        Some(session.sid.clone())
    }

    /// Ends a session and returns what it was.
    pub(crate) fn end(&self, id: &str) -> Option<Session> {
        self.lock().remove(id)
    }

    /// Ends every session that a user has signed in to, in whatever browser.
    pub(crate) fn end_of(&self, tenant: &Tenant, object_id: &str, now: i64) -> Vec<Session> {
        let is_theirs = |session: &Session| {
            let mut sign_ins = session.sign_ins.iter();
            sign_ins.any(|one| one.object_id == object_id && one.tenant_id == tenant.id)
        };
        self.lock().remove_all(now, is_theirs)
    }

    fn lock(&self) -> MutexGuard<'_, Expiring<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// The newest sign-in to an application counts.
    fn note(&mut self, application: Application) {
        let is_it = |known: &Application| known.client_id == application.client_id;
        match self.applications.iter().position(is_it) {
            Some(index) => {
                let known = &mut self.applications[index];
                *known = application.after(known);
            }
            None if self.applications.len() < MOST_SIGN_INS => self.applications.push(application),
            None => {}
        }
    }
}

const MOST_SESSIONS: usize = 4096;
const MOST_SIGN_INS: usize = 20;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// "Keep me signed in" reaches no further.
const LONGEST_LIFETIME: i64 = 90 * SECONDS_PER_DAY;
