//! The identity provider that the emulator plays.

use aws_lc_rs::error::Unspecified;

use crate::{
    clock::Clock,
    control::{Faults, RequestLog},
    directory::{Tenant, UserFlow},
    grant::Vault,
    journey::Journeys,
    jwt::KeyRing,
    pages::Pages,
    session::Sessions,
};

/// Everything that a request can meet.
pub(crate) struct Provider {
    pub(crate) base_url: String,
    pub(crate) settings: Settings,
    pub(crate) tenant: Tenant,
    pub(crate) clock: Clock,
    pub(crate) keys: KeyRing,
    pub(crate) vault: Vault,
    pub(crate) journeys: Journeys,
    pub(crate) sessions: Sessions,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) pages: Pages,
}

/// What the builder decides.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Of access and ID tokens, in seconds.
    pub(crate) token_lifetime: i64,
    pub(crate) single_use_refresh_tokens: bool,
    pub(crate) most_pending_sign_ins: usize,
}

impl Provider {
    /// The lifetime of a user flow's access and ID tokens, in seconds.
    pub(crate) fn token_lifetime(&self, user_flow: &UserFlow) -> i64 {
        let own = user_flow.settings.token_lifetime;
        own.unwrap_or(self.settings.token_lifetime)
    }

    /// `http` or `https`.
    pub(crate) fn scheme(&self) -> &str {
        self.base_url
            .split_once(':')
            .map_or("http", |(scheme, _)| scheme)
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.scheme() == "https"
    }

    pub(crate) fn new(
        base_url: String,
        tenant: Tenant,
        settings: Settings,
    ) -> Result<Self, Unspecified> {
        Ok(Self {
            base_url,
            tenant,
            clock: Clock::default(),
            keys: KeyRing::development().ok_or(Unspecified)?,
            vault: Vault::new()?,
            journeys: Journeys::new(settings.most_pending_sign_ins),
            sessions: Sessions::new(),
            faults: Faults::default(),
            log: RequestLog::default(),
            pages: Pages::new().map_err(|_| Unspecified)?,
            settings,
        })
    }
}
