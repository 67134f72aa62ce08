use super::AuthorizationRequest;
use crate::{
    address::Authority,
    directory::UserFlow,
    grant::{Grant, GrantKind, Identity},
    journey::SignedIn,
    protocol::{Answer, Report, client_info},
    provider::Provider,
    random,
};

impl AuthorizationRequest {
    /// Answers the application with a code for the user who has signed in.
    pub(crate) fn complete(
        &self,
        signed_in: SignedIn,
        provider: &Provider,
        authority: &Authority,
        user_flow: &UserFlow,
    ) -> Answer {
        let now = provider.clock.now();
        let identity = Identity::of(signed_in.user, signed_in.is_new);
        let client_info = self
            .wants_client_info
            .then(|| client_info(&identity, user_flow.name(), &provider.tenant));
        let grant = Grant {
            kind: GrantKind::Code,
            id: random::token(),
            version: authority.version,
            user_flow: user_flow.name().to_owned(),
            client_id: self.client_id.clone(),
            redirect_uri: self.target.redirect_uri.clone(),
            scopes: self.scopes.clone(),
            nonce: self.nonce.clone(),
            challenge: self.challenge.clone(),
            auth_time: signed_in.auth_time,
            issued_at: now,
            expires_at: now + CODE_LIFETIME,
            window_ends_at: now + REFRESH_WINDOW,
            identity,
        };
        match provider.vault.issue(&grant) {
            Ok(code) => self.target.success(code, client_info),
            Err(fault) => self.target.failure(&Report::new(fault, now)),
        }
    }
}

/// Observed at B2C; its documentation says "about 10 minutes".
const CODE_LIFETIME: i64 = 300;
/// Refreshing ends 90 days after the sign-in.
const REFRESH_WINDOW: i64 = 90 * 24 * 60 * 60;
