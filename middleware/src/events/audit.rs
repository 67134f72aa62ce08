//! Security events for whoever watches over the app (ASVS 5.0 V16.3): one `tracing` event each,
//! under a target of their own. `AUDIT.md` describes them.

use std::net::IpAddr;

use tracing::field::{debug, display};

use crate::session::SessionKey;

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Occurrence {
    SignIn,
    StepUp,
    SignInFailed,
    SignInRejected,
    SignOut,
    ProviderSignOut,
    ProviderSignOutRefused,
    PasswordReset,
    ProfileEdit,
    RefreshFailed,
    CallbackRefused,
    CsrfRefused,
    AccessTokenRefused,
}

/// To whom, where and why, as far as it is known. Never a token, a cookie or a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AuditEvent<'a> {
    /// The user's identifier at the provider.
    pub(crate) subject: Option<&'a str>,
    pub(crate) provider: Option<&'a str>,
    pub(crate) user_flow: Option<&'a str>,
    /// The beginning of the session's key, which opens nothing.
    pub(crate) session: Option<SessionKey>,
    /// How many sessions ended.
    pub(crate) sessions: Option<usize>,
    pub(crate) client_address: Option<IpAddr>,
    /// The path that was asked for, without its query.
    pub(crate) path: Option<&'a str>,
    /// Why it failed, in one word.
    pub(crate) reason: Option<&'a str>,
    /// The provider's code.
    pub(crate) code: Option<&'a str>,
    /// What the error page shows the user.
    pub(crate) reference: Option<&'a str>,
}

impl AuditEvent<'_> {
    /// Tells the event: a success at INFO, a failure at WARN.
    pub(crate) fn tell(self, occurrence: Occurrence) {
        let Self {
            subject,
            provider,
            user_flow,
            sessions,
            path,
            reason,
            code,
            reference,
            ..
        } = self;
        let event = occurrence.name();
        let session = self.session.map(debug);
        let client_address = self.client_address.map(display);
        if occurrence.is_success() {
            tracing::info!(
                target: TARGET,
                event,
                outcome = "success",
                subject,
                provider,
                user_flow,
                session,
                sessions,
                client_address
            );
        } else {
            tracing::warn!(
                target: TARGET,
                event,
                outcome = "failure",
                subject,
                provider,
                user_flow,
                session,
                client_address,
                path,
                reason,
                code,
                reference
            );
        }
    }
}

impl Occurrence {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::StepUp => "step_up",
            Self::SignInFailed => "sign_in_failed",
            Self::SignInRejected => "sign_in_rejected",
            Self::SignOut => "sign_out",
            Self::ProviderSignOut => "provider_sign_out",
            Self::ProviderSignOutRefused => "provider_sign_out_refused",
            Self::PasswordReset => "password_reset",
            Self::ProfileEdit => "profile_edit",
            Self::RefreshFailed => "refresh_failed",
            Self::CallbackRefused => "callback_refused",
            Self::CsrfRefused => "csrf_refused",
            Self::AccessTokenRefused => "access_token_refused",
        }
    }

    fn is_success(self) -> bool {
        matches!(
            self,
            Self::SignIn
                | Self::StepUp
                | Self::SignOut
                | Self::ProviderSignOut
                | Self::PasswordReset
                | Self::ProfileEdit
        )
    }
}

const TARGET: &str = "tower_b2c::audit";
