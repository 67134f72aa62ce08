//! What the layer does about an error.

use serde::{Deserialize, Serialize};

/// What the layer does about a [`ProviderError`](super::ProviderError).
///
/// Those that send the browser on ([`ResetPassword`](Self::ResetPassword),
/// [`InteractionRequired`](Self::InteractionRequired), [`SignInAgain`](Self::SignInAgain),
/// [`SessionRevoked`](Self::SessionRevoked), [`AccountGone`](Self::AccountGone)) do so once in a
/// journey; when the same is called for again, a page says so.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// The user has forgotten the password: the reset-password user flow starts. A page where the
    /// provider has none configured.
    ResetPassword,
    /// The user changed their mind: back to where they were; a session stays.
    Cancelled,
    /// Without the user it cannot be done (`prompt=none`, a second factor, consent): an interactive
    /// sign-in starts. For a refresh, at the next request that can show one.
    InteractionRequired,
    /// The grant is of no use any more: a code makes the sign-in start again, a refresh token is
    /// dropped.
    SignInAgain,
    /// The provider revoked what it had granted: the session here ends, the user signs in again.
    SessionRevoked,
    /// The account was deleted or disabled: the session here ends.
    AccountGone,
    /// The journey at the provider went stale or failed: a page offers to start again.
    StartAgain,
    /// The provider is busy: a page with `Retry-After`; sessions stay and use the tokens they have.
    TryLater,
    /// The identity provider behind the provider (a social or company account) is away or wrongly
    /// set up: a page offers to try again.
    IdentityProviderUnavailable,
    /// The account is locked, or somebody tried too often: a page without "try again".
    Locked,
    /// The account exists twice, does not exist, or may not use this app: a page.
    Account,
    /// A service that the provider asks during the journey failed: a page with the correlation id.
    ConnectorFailed,
    /// The administrator of the user's organization has to approve the app: a page.
    AdminConsent,
    /// `id_token_hint` is missing or not acceptable: a page offers to sign in without it.
    IdTokenHint,
    /// The registration, the scopes or the user flow are wrong: a page, and a line at error level
    /// that says what to change.
    Configuration,
    /// The client secret or certificate is wrong or has expired: as
    /// [`Configuration`](Self::Configuration).
    Credentials,
    /// Nothing is known about it: a page with code and correlation id.
    Unknown,
}

impl Reaction {
    /// What the layer does, in a sentence for people.
    pub fn description(self) -> &'static str {
        match self {
            Self::ResetPassword => {
                "starts the reset-password user flow; shows a page where none is configured"
            }
            Self::Cancelled => "leads the user back to where they were; a session stays",
            Self::InteractionRequired => "starts an interactive sign-in, once in a journey",
            Self::SignInAgain => "drops the code or refresh token and starts the sign-in again",
            Self::SessionRevoked => "ends the session here and starts a sign-in",
            Self::AccountGone => "ends the session here",
            Self::StartAgain => "shows a page that offers to start again",
            Self::TryLater => "shows a page with Retry-After; sessions stay as they are",
            Self::IdentityProviderUnavailable => "shows a page that offers to try again",
            Self::Locked => "shows a page without \"try again\"",
            Self::Account => "shows a page that says that this account cannot be used",
            Self::ConnectorFailed => "shows a page with the correlation id",
            Self::AdminConsent => "shows a page: the organization's administrator has to approve",
            Self::IdTokenHint => "shows a page that offers to sign in without the hint",
            Self::Configuration | Self::Credentials => {
                "shows a page, and logs at error level what to change"
            }
            Self::Unknown => "shows a page with code and correlation id",
        }
    }

    /// Whether only the app's operator can mend it.
    pub fn is_for_operator(self) -> bool {
        matches!(self, Self::Configuration | Self::Credentials)
    }

    /// Whether the session of the user it is about is over.
    pub fn ends_session(self) -> bool {
        matches!(self, Self::SessionRevoked | Self::AccountGone)
    }
}
