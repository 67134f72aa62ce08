//! Entra's wording.

use crate::{directory::Tenant, jwt::Unverified, protocol::Fault};

/// Returns the message without its code.
#[expect(clippy::too_many_lines, reason = "one sentence per fault")]
pub(super) fn text(fault: &Fault, tenant: &Tenant) -> String {
    match fault {
        Fault::MissingRedirectUri => "No reply address provided.".into(),
        Fault::MalformedRedirectUri(uri) => {
            format!("The redirect URI '{uri}' specified in the request is not a valid URI.")
        }
        Fault::UnregisteredRedirectUri { uri, client_id } => format!(
            "The redirect URI '{uri}' specified in the request does not match the redirect URIs \
             configured for the application '{client_id}'. Make sure the redirect URI sent in the \
             request matches one added to your application in the Azure portal. Navigate to \
             https://aka.ms/redirectUriMismatchError to learn more about how to fix this."
        ),
        Fault::NoRegisteredRedirectUri(_) => {
            "No reply address is registered for the application.".into()
        }
        Fault::DisabledClient { client_id, .. } => {
            format!("Application '{client_id}' is disabled.")
        }
        Fault::SecretFromPublicClient => "Client is public so neither 'client_assertion' nor \
             'client_secret' should be presented."
            .into(),
        Fault::ChallengeRequired => "Proof Key for Code Exchange is required for cross-origin \
             authorization code redemption."
            .into(),
        Fault::MissingNonce => missing("nonce"),
        Fault::MissingClientId => missing("client_id"),
        Fault::MissingScope => missing("scope"),
        Fault::MissingParameter(name) => missing(name),
        Fault::UnsupportedResponseType(value) => {
            format!("response_type '{value}' is not enabled for the application.")
        }
        Fault::ImplicitFlowOff => {
            "response_type 'id_token' is not enabled for the application.".into()
        }
        Fault::UnsupportedResponseMode(value) => format!(
            "'{value}' is not a supported value of 'response_mode' when requesting a token."
        ),
        Fault::UnsupportedMethod(method) => {
            format!("The endpoint does not accept {method} requests.")
        }
        Fault::PostOnly => {
            "The endpoint only accepts POST requests. Received a GET request.".into()
        }
        Fault::UnknownClient { client_id, .. } => format!(
            "Application with identifier '{client_id}' was not found in the directory '{}'. This \
             can happen if the application has not been installed by the administrator of the \
             tenant or consented to by any user in the tenant. You may have sent your \
             authentication request to the wrong tenant.",
            tenant.short_name()
        ),
        Fault::InvalidPrompt => "Unsupported 'prompt' value.".into(),
        Fault::InvalidMaxAge(_) => "Unsupported 'max_age' value.".into(),
        Fault::LostState | Fault::IncompleteCookie | Fault::InvalidCookie => {
            "Invalid Request: The request tokens do not match the user context. \
             One or more of the user context values (cookies; form fields; headers) were \
             incorrect or invalid."
                .into()
        }
        Fault::NoSession | Fault::SessionTooOld => "A silent sign-in request was sent but no user \
             is signed in."
            .into(),
        Fault::Cancelled | Fault::ProviderDenied(_) => {
            "User declined to consent to access the app.".into()
        }
        Fault::MissingSecret => "The request body must contain the following parameter: \
             'client_assertion' or 'client_secret'."
            .into(),
        Fault::WrongSecret => "Invalid client secret provided. Ensure the secret being sent in \
             the request is the client secret value, not the client secret ID, for a secret added \
             to the app."
            .into(),
        Fault::GrantExpired {
            now, expired_at, ..
        } if now < expired_at => "OAuth2 Authorization code was already redeemed, please retry \
             with a new valid code or use an existing refresh token."
            .into(),
        Fault::GrantExpired { .. } => "The provided authorization code or refresh token has \
             expired due to inactivity. Send a new interactive authorization request for this \
             user and resource."
            .into(),
        Fault::GrantRevoked => "The provided grant has expired due to it being revoked, a fresh \
             auth token is needed."
            .into(),
        Fault::AccountGone => format!(
            "The user account does not exist in the {} directory.",
            tenant.name
        ),
        Fault::WrongClient(_) | Fault::WrongEndpoint { .. } | Fault::WrongProtocolVersion => {
            "Provided grant is invalid or malformed.".into()
        }
        Fault::UnexpectedValue {
            value, expected, ..
        } => format!(
            "The reply address '{value}' does not match the reply address '{expected}' provided \
             when requesting Authorization code."
        ),
        Fault::VerifierMismatch | Fault::InvalidVerifier => "The code_verifier does not match \
             the code_challenge supplied in the authorization request for PKCE."
            .into(),
        Fault::UnsupportedChallengeMethod => {
            "The code_challenge_method supplied in the authorization request is not supported."
                .into()
        }
        Fault::UnsupportedGrantType(grant) => {
            format!("The app requested an unsupported grant type '{grant}'.")
        }
        Fault::UnsupportedScope(scope) => format!(
            "The provided request must include a 'scope' input parameter. The provided value for \
             the input parameter 'scope' is not valid. The scope {scope} is not valid."
        ),
        Fault::IllegalScopeCharacter(letter) => format!(
            "The provided value for the input parameter 'scope' is not valid: it contains \
             '{letter}'."
        ),
        Fault::ScopeBeyondGrant(_) | Fault::NotPermitted => "The user or administrator has not \
             consented to use the application. Send an interactive authorization request for this \
             user and resource."
            .into(),
        Fault::SeveralResources(scope) => format!(
            "Provided value for the input parameter scope is not valid because it contains more \
             than one resource. Scope {scope} is not valid."
        ),
        _ => "Invalid request. Request is malformed or invalid.".into(),
    }
}

/// What is wrong with the token that an On-Behalf-Of request presents.
pub(super) fn assertion_text(reason: Unverified) -> String {
    match reason {
        Unverified::Expired => "Assertion is not within its valid time range. Ensure that the \
             access token is not expired before using it for user assertion, or request a new \
             token."
            .into(),
        Unverified::Audience => "Assertion failed validation: its audience does not match the \
             client app presenting it."
            .into(),
        other => format!(
            "Assertion failed signature validation. [Reason - {}.]",
            other.description()
        ),
    }
}

fn missing(name: &str) -> String {
    format!("The request body must contain the following parameter: '{name}'.")
}
