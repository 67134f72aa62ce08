//! The session cookie: a ticket, or the sealed session itself.

use http::{HeaderMap, HeaderValue};

use super::shell::{Shell, set_cookie};
use crate::cookie::{Found, SealedSession, Ticket};
use crate::session::{Carried, Live, Sessions, StoreError};

/// What a request's cookies say about its session.
pub(super) enum Presented {
    /// Nothing.
    Nothing,
    /// There is something, and it opens nothing (any more).
    Dead,
    /// A ticket, and where sessions are kept in the browser, the state that it has.
    Alive { ticket: Ticket, by: Option<Carried> },
    /// It cannot be told at present.
    Unjudged(StoreError),
}

impl Shell {
    /// Looks at the session cookie; no store is asked.
    pub(super) fn presented(&self, found: &Found<'_>) -> Presented {
        let Some(value) = found.session else {
            return Presented::Nothing;
        };
        if !self.sessions.are_in_browsers() {
            return match Ticket::parse(value) {
                Some(ticket) => Presented::Alive { ticket, by: None },
                None => Presented::Dead,
            };
        }
        let Some(sealed) = SealedSession::of(value, &found.rest) else {
            return Presented::Dead;
        };
        match self.sessions.adopt(&sealed) {
            Ok(Some((ticket, carried))) => {
                let by = Some(carried);
                Presented::Alive { ticket, by }
            }
            Ok(None) => Presented::Dead,
            Err(error) => Presented::Unjudged(error),
        }
    }

    /// The ticket of a request's session.
    pub(super) fn ticket(&self, headers: &HeaderMap) -> Option<Ticket> {
        match self.presented(&self.cookies.look(headers)) {
            Presented::Alive { ticket, .. } => Some(ticket),
            Presented::Nothing | Presented::Dead | Presented::Unjudged(_) => None,
        }
    }

    /// The `Set-Cookie` values of a session, for a browser with these cookies.
    pub(super) fn session_cookies(
        &self,
        live: &Live,
        headers: &HeaderMap,
    ) -> Result<Vec<HeaderValue>, StoreError> {
        if self.sessions.are_in_browsers() {
            return self
                .sessions
                .sealed_cookies(live, &self.cookies.look(headers));
        }
        let lifetime = live.record().expires_at.since(self.now());
        let (name, ticket) = (self.cookies.session(), live.ticket.encode());
        Ok(vec![self.cookies.set(name, &ticket, lifetime)])
    }

    /// Takes a dead session out of the browser that sent these headers.
    pub(super) fn clear_ticket(&self, carried: &HeaderMap, headers: &mut HeaderMap) {
        for cookie in self.cookies.clear_session(&self.cookies.look(carried)) {
            set_cookie(headers, cookie);
        }
    }

    /// Gives a browser the newest state of its session, if that is due. A session that has ended
    /// meanwhile is not given back: signing out wins over a response that is under way.
    pub(super) fn hand_over(
        &self,
        live: &Live,
        carried: Carried,
        request: impl FnOnce() -> HeaderMap,
        headers: &mut HeaderMap,
    ) {
        if !live.is_over() && self.sessions.is_outdated(live, carried) {
            self.set_session(live, &request(), headers);
        }
    }

    /// As [`hand_over`](Self::hand_over), for the layer's own answers: what they changed, and no more,
    /// since to ask who is signed in is not to use the session.
    pub(super) fn hand_over_changes(&self, request: &HeaderMap, headers: &mut HeaderMap) {
        if !self.sessions.are_in_browsers() {
            return;
        }
        let presented = self.presented(&self.cookies.look(request));
        let Presented::Alive {
            ticket,
            by: Some(carried),
        } = presented
        else {
            return;
        };
        if let Some(live) = self.sessions.in_memory(&ticket)
            && !live.is_over()
            && Sessions::is_overtaken(&live, carried)
        {
            self.set_session(&live, request, headers);
        }
    }

    fn set_session(&self, live: &Live, request: &HeaderMap, headers: &mut HeaderMap) {
        match self.session_cookies(live, request) {
            Ok(cookies) => {
                for cookie in cookies {
                    set_cookie(headers, cookie);
                }
            }
            // This instance still has it, others do not.
            Err(error) => tracing::error!(%error, "a changed session stays on this instance"),
        }
    }
}
