//! The errors of OAuth and OpenID Connect, where there is no code that is known.

use super::reaction::Reaction::{
    self, Account, Cancelled, Configuration, Credentials, InteractionRequired, SignInAgain,
    TryLater, Unknown,
};

/// By the cause in detail that Entra gives (`suberror`, on the redirect `error_subcode`).
pub(super) fn reaction_to_suberror(suberror: &str) -> Option<Reaction> {
    match suberror {
        "cancel" => Some(Cancelled),
        "basic_action" | "additional_action" | "consent_required" | "user_password_expired" => {
            Some(InteractionRequired)
        }
        "bad_token" | "token_expired" => Some(SignInAgain),
        _ => None,
    }
}

/// RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6, OpenID Connect Core
/// Error Code unmet_authentication_requirements.
pub(super) fn reaction(error: &str) -> Reaction {
    match error {
        "access_denied" => Cancelled,
        "interaction_required"
        | "login_required"
        | "consent_required"
        | "account_selection_required" => InteractionRequired,
        "invalid_grant" => SignInAgain,
        "temporarily_unavailable" | "slow_down" => TryLater,
        "unmet_authentication_requirements" => Account,
        "invalid_client" => Credentials,
        "unauthorized_client"
        | "unsupported_response_type"
        | "unsupported_grant_type"
        | "invalid_scope"
        | "invalid_target"
        | "redirect_uri_mismatch"
        | "request_not_supported"
        | "request_uri_not_supported"
        | "registration_not_supported" => Configuration,
        _ => Unknown,
    }
}
