//! The page that a provider's error ends on, by what there is to do about it.

use http::StatusCode;

use crate::protocol::Reaction;

/// The page's HTTP status.
pub(super) fn status(reaction: Reaction) -> StatusCode {
    match reaction {
        Reaction::ResetPassword | Reaction::Configuration | Reaction::Credentials => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        Reaction::TryLater | Reaction::IdentityProviderUnavailable => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Reaction::InteractionRequired
        | Reaction::AccountGone
        | Reaction::Locked
        | Reaction::Account
        | Reaction::AdminConsent => StatusCode::FORBIDDEN,
        Reaction::Cancelled
        | Reaction::SignInAgain
        | Reaction::SessionRevoked
        | Reaction::StartAgain
        | Reaction::IdTokenHint => StatusCode::BAD_REQUEST,
        Reaction::ConnectorFailed | Reaction::Unknown => StatusCode::BAD_GATEWAY,
    }
}

/// Title and text.
pub(super) fn words(reaction: Reaction) -> (&'static str, &'static str) {
    match reaction {
        Reaction::ResetPassword => (
            "The password cannot be reset from here",
            "This site has no page for a forgotten password yet. That is our mistake, not yours. If you remember the password, please try again; else contact support.",
        ),
        Reaction::InteractionRequired => (
            "The sign-in needs one more step",
            "The sign-in provider asks for something that it did not get, such as a second factor or your consent. Please try again; if it happens again, contact support.",
        ),
        Reaction::SignInAgain | Reaction::SessionRevoked | Reaction::StartAgain => (
            "Let's start again",
            "The sign-in took too long or was interrupted. Please start again.",
        ),
        Reaction::AccountGone => (
            "This account is no longer there",
            "The sign-in provider says that your account was closed. If that is not so, please contact support.",
        ),
        Reaction::TryLater => (
            "Sign-in is busy right now",
            "The sign-in provider asks us to wait. Please try again in a few minutes.",
        ),
        Reaction::IdentityProviderUnavailable => (
            "Your account's provider does not answer",
            "The place where you have your account cannot be reached right now. Please try again, or sign in another way.",
        ),
        Reaction::Locked => (
            "Your account is locked for the moment",
            "Too many attempts were made to sign in with it. Please wait a while before you try again, or contact support.",
        ),
        Reaction::Account => (
            "This account cannot be used here",
            "The sign-in provider does not accept it for this site. Please use another account, or contact support.",
        ),
        Reaction::ConnectorFailed => (
            "The sign-in could not be completed",
            "A service that takes part in the sign-in failed. Please try again later; if it happens again, tell us the correlation ID below.",
        ),
        Reaction::AdminConsent => (
            "Your organization has to approve this site first",
            "An administrator of your organization must allow it before you can sign in. Please ask them, then try again.",
        ),
        Reaction::IdTokenHint => (
            "That sign-in link has expired",
            "What it said about you is not accepted any more. Please sign in from the start.",
        ),
        Reaction::Configuration | Reaction::Credentials => (
            "This site's sign-in is not set up correctly",
            "This is our mistake, not yours. The site's operator finds the cause under the reference below.",
        ),
        Reaction::Cancelled | Reaction::Unknown => (
            "The sign-in did not succeed",
            "The sign-in provider reported an error. Please try again; if it happens again, tell us the reference below.",
        ),
    }
}

/// Whether "try again" makes sense: not where it would do harm or can do nothing.
pub(super) fn offers_retry(reaction: Reaction) -> bool {
    !reaction.is_for_operator() && reaction != Reaction::Locked
}
