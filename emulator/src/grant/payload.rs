use serde::{Deserialize, Serialize};

use super::Identity;
use crate::{
    address::Version,
    directory::Platform,
    protocol::{Challenge, Fault, Scopes},
};

/// What an authorization code or a refresh token stands for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Grant {
    pub(crate) kind: GrantKind,
    pub(crate) id: String,
    pub(crate) version: Version,
    /// The registered name of the user flow that issued it.
    pub(crate) user_flow: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// Of the redirect URI.
    pub(crate) platform: Platform,
    pub(crate) scopes: Scopes,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) auth_time: i64,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
    /// Refreshing does not reach beyond this time.
    pub(crate) window_ends_at: i64,
    pub(crate) identity: Identity,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum GrantKind {
    Code,
    RefreshToken,
}

impl Grant {
    pub(crate) fn check_expiry(&self, now: i64) -> Result<(), Fault> {
        if now < self.expires_at {
            Ok(())
        } else {
            Err(self.expired(now))
        }
    }

    /// Has the grant ended with the sliding window, and not with its own lifetime?
    fn has_reached_its_window(&self) -> bool {
        self.kind == GrantKind::RefreshToken
            && self.platform != Platform::Spa
            && self.expires_at >= self.window_ends_at
    }

    /// B2C says the same of a code that was used up.
    pub(crate) fn expired(&self, now: i64) -> Fault {
        Fault::GrantExpired {
            now,
            issued_at: self.issued_at,
            expired_at: self.expires_at,
            is_window: self.has_reached_its_window(),
        }
    }
}
