//! Every fault, with where it is reported and how to bring it about.

use super::{
    Fault,
    channel::Channel::{self, Inline, Page, Redirect, Token},
};

impl Fault {
    /// One of each kind, in the order of their codes.
    pub(crate) fn catalogue() -> Vec<Self> {
        let text = |text: &str| text.to_owned();
        let mut faults = vec![
            Self::MissingRedirectUri,
            Self::MalformedRedirectUri(text("/return")),
            Self::UnregisteredRedirectUri {
                uri: text("{uri}"),
                client_id: text("{client id}"),
            },
            Self::NoRegisteredRedirectUri(text("{client id}")),
            Self::MissingClientId,
            Self::MissingNonce,
            Self::MissingScope,
            Self::UnsupportedResponseType(text("{response type}")),
            Self::UnsupportedResponseMode(text("{response mode}")),
            Self::UnsupportedMethod(text("{method}")),
            Self::UnknownClient {
                client_id: text("{client id}"),
                tenant: text("{tenant}"),
            },
            Self::InvalidPrompt,
            Self::LostState,
            Self::UnknownAccount,
            Self::InvalidCredentials,
            Self::ScopeWithoutResource(text("{scope}")),
            Self::ImplicitFlowOff,
            Self::MalformedPostLogoutUri(text("{uri}")),
            Self::NoSession,
            Self::MissingSecret,
            Self::GrantExpired {
                now: 3,
                issued_at: 1,
                expired_at: 2,
                is_window: false,
            },
            Self::WrongSecret,
            Self::ScopeBeyondGrant(text("{scope}")),
            Self::MissingParameter("{name}"),
            Self::SecretFromPublicClient,
            Self::InternalError,
            Self::UnsupportedGrantType(text("{grant type}")),
            Self::WrongProtocolVersion,
            Self::WrongEndpoint {
                actual: text("{policy}"),
                expected: text("{other policy}"),
            },
            Self::MalformedGrant,
            Self::Cancelled,
            Self::DisabledClient {
                client_id: text("{client id}"),
                tenant: text("{tenant}"),
            },
            Self::OpenidMissing,
            Self::AccountLocked,
            Self::UnsupportedLanguage(text("{language}")),
            Self::AccountTemporarilyLocked,
            Self::NothingToIssue,
            Self::UnsupportedScope(text("{scope}")),
            Self::ForgotPassword,
            Self::InvalidMaxAge(text("{max age}")),
            Self::SessionTooOld,
            Self::ResourceMissing,
            Self::AccountGone,
            Self::GrantRevoked,
            Self::UnexpectedValue {
                name: "{name}",
                value: text("{value}"),
                expected: text("{expected}"),
            },
            Self::SeveralResources(text("{scope}")),
            Self::MfaRetries,
            Self::StepRetries,
            Self::VerifierMismatch,
            Self::InvalidVerifier,
            Self::UnsupportedChallengeMethod,
            Self::NotPermitted,
            Self::HintExpired,
            Self::HintAudience(text("{audiences}")),
            Self::HintInvalid,
            Self::PasswordsOff,
            Self::WrongPassword,
            Self::PostOnly,
            Self::HintIssuer(text("{issuers}")),
            Self::HintSignature,
            Self::HintNotYet,
            Self::StepIncomplete("{profile}"),
            Self::HintMissing,
            Self::ProviderDenied(text("{reason}")),
            Self::NoProvider,
            Self::ProviderUnavailable,
            Self::MustSignUpFirst,
            Self::WrongClient(text("{client id}")),
            Self::IllegalScopeCharacter('"'),
            Self::ClientAssertion(text("{policy}")),
            Self::ChallengeRequired,
            Self::Throttled,
        ];
        faults.sort_by_key(Self::code);
        faults
    }

    /// The channels on which an application or a person meets it.
    pub(crate) fn channels(&self) -> &'static [Channel] {
        match self {
            Self::MissingRedirectUri
            | Self::MalformedRedirectUri(_)
            | Self::NoRegisteredRedirectUri(_)
            | Self::UnsupportedMethod(_)
            | Self::LostState
            | Self::MalformedPostLogoutUri(_) => &[Page],
            Self::MissingClientId | Self::UnknownClient { .. } | Self::DisabledClient { .. } => {
                &[Page, Token]
            }
            Self::UnknownAccount | Self::InvalidCredentials => &[Inline],
            Self::AccountLocked | Self::AccountTemporarilyLocked => &[Inline, Token],
            Self::HintExpired
            | Self::HintAudience(_)
            | Self::HintInvalid
            | Self::HintIssuer(_)
            | Self::HintSignature
            | Self::HintNotYet
            | Self::HintMissing => &[Page, Redirect],
            Self::MissingSecret
            | Self::GrantExpired { .. }
            | Self::WrongSecret
            | Self::ScopeBeyondGrant(_)
            | Self::MissingParameter(_)
            | Self::SecretFromPublicClient
            | Self::UnsupportedGrantType(_)
            | Self::WrongProtocolVersion
            | Self::WrongEndpoint { .. }
            | Self::MalformedGrant
            | Self::AccountGone
            | Self::GrantRevoked
            | Self::VerifierMismatch
            | Self::InvalidVerifier
            | Self::PasswordsOff
            | Self::WrongPassword
            | Self::PostOnly
            | Self::WrongClient(_)
            | Self::UnexpectedValue { .. }
            | Self::ClientAssertion(_) => &[Token],
            Self::InternalError
            | Self::OpenidMissing
            | Self::ResourceMissing
            | Self::UnsupportedResponseType(_)
            | Self::UnsupportedScope(_)
            | Self::SeveralResources(_)
            | Self::NotPermitted
            | Self::Throttled
            | Self::IllegalScopeCharacter(_) => &[Redirect, Token],
            Self::UnregisteredRedirectUri { .. }
            | Self::MissingNonce
            | Self::MissingScope
            | Self::UnsupportedResponseMode(_)
            | Self::InvalidPrompt
            | Self::ScopeWithoutResource(_)
            | Self::ImplicitFlowOff
            | Self::NoSession
            | Self::Cancelled
            | Self::UnsupportedLanguage(_)
            | Self::NothingToIssue
            | Self::ForgotPassword
            | Self::InvalidMaxAge(_)
            | Self::SessionTooOld
            | Self::MfaRetries
            | Self::StepRetries
            | Self::UnsupportedChallengeMethod
            | Self::StepIncomplete(_)
            | Self::ProviderDenied(_)
            | Self::NoProvider
            | Self::ProviderUnavailable
            | Self::MustSignUpFirst
            | Self::ChallengeRequired => &[Redirect],
        }
    }

    /// What to do to meet it.
    pub(crate) fn provoked_by(&self) -> &'static str {
        match self {
            Self::Throttled => "Order the misbehaviour \"throttled\".",
            Self::MissingRedirectUri => "Leave out redirect_uri.",
            Self::MalformedRedirectUri(_) => "Send a redirect_uri that is not an absolute URI.",
            Self::UnregisteredRedirectUri { .. } => {
                "Send a redirect_uri that is not registered: another port, letter case or slash. \
                 The answer goes to the first registered one."
            }
            Self::NoRegisteredRedirectUri(_) => "Register an application without redirect URIs.",
            Self::MissingClientId => "Leave out client_id.",
            Self::MissingNonce => "Ask for response_type=id_token without a nonce.",
            Self::MissingScope => "Leave out scope in the authorization request.",
            Self::UnsupportedResponseType(_) => "Send response_type=none.",
            Self::UnsupportedResponseMode(_) => {
                "Send response_mode=cookie, or query together with response_type=id_token."
            }
            Self::UnsupportedMethod(_) => "PUT to the authorization endpoint.",
            Self::UnknownClient { .. } => "Send a client_id that is not registered.",
            Self::InvalidPrompt => "Send prompt=ask.",
            Self::LostState => "Submit a page after its cookie was deleted.",
            Self::UnknownAccount => "Sign in with an address that nobody has.",
            Self::InvalidCredentials => "Sign in with a wrong password.",
            Self::ScopeWithoutResource(_) => "Send response_type=token with scope=tasks.read.",
            Self::ImplicitFlowOff => {
                "Ask for id_token or token as an application whose switches are off."
            }
            Self::MalformedPostLogoutUri(_) => {
                "Sign out with a post_logout_redirect_uri on plain http of another machine."
            }
            Self::NoSession => "Send prompt=none without a session.",
            Self::MissingSecret => "Redeem a web application's code without client_secret.",
            Self::GrantExpired { .. } => {
                "Redeem a code twice or after 300 seconds, or a refresh token after 14 days."
            }
            Self::WrongSecret => "Send a wrong client_secret.",
            Self::ScopeBeyondGrant(_) => "Redeem a code for a scope that was not authorized.",
            Self::MissingParameter(_) => "Leave out code, redirect_uri or grant_type.",
            Self::SecretFromPublicClient => {
                "Send a client_secret with a code that went to a SPA or native redirect URI."
            }
            Self::InternalError => {
                "Send a sealed code that cannot be opened, or client credentials of an \
                 application without app roles."
            }
            Self::UnsupportedGrantType(_) => "Send grant_type=device_code.",
            Self::WrongProtocolVersion => "Redeem a code of /oauth2/v2.0 at /oauth2/token.",
            Self::WrongEndpoint { .. } => "Redeem a code at another user flow's token endpoint.",
            Self::MalformedGrant => "Redeem a code that was cut off.",
            Self::Cancelled => "Press Cancel on a page.",
            Self::DisabledClient { .. } => "Disable the application.",
            Self::OpenidMissing => "Ask for response_type=id_token without scope openid.",
            Self::AccountLocked => "Sign in with a locked account.",
            Self::UnsupportedLanguage(_) => "Send ui_locales=123.",
            Self::AccountTemporarilyLocked => "Enter ten wrong passwords in a row.",
            Self::NothingToIssue => "Ask for a code with scope=offline_access alone.",
            Self::UnsupportedScope(_) => "Ask for a scope that no API exposes.",
            Self::ForgotPassword => {
                "Follow the link \"Forgot your password?\" of a user flow without its own reset."
            }
            Self::InvalidMaxAge(_) => "Send max_age=-1.",
            Self::SessionTooOld => "Send prompt=none and max_age=0 some seconds after a sign-in.",
            Self::ResourceMissing => "Ask for response_type=token with scope=openid alone.",
            Self::AccountGone => "Refresh after the user was deleted.",
            Self::GrantRevoked => "Refresh after the user's sign-ins were revoked.",
            Self::UnexpectedValue { .. } => "Redeem a code with another redirect_uri.",
            Self::SeveralResources(_) => "Ask for scopes of two APIs.",
            Self::MfaRetries => "Enter five wrong codes in the multi-factor step.",
            Self::StepRetries => "Submit a page with mistakes fifty times.",
            Self::VerifierMismatch => "Send a code_verifier that does not fit.",
            Self::InvalidVerifier => "Send a code_verifier of less than 43 characters, or none.",
            Self::UnsupportedChallengeMethod => "Send code_challenge_method=S512.",
            Self::NotPermitted => "Ask for scopes that were not granted to the application.",
            Self::HintExpired => "Send an expired id_token_hint.",
            Self::HintAudience(_) => "Send another application's ID token as id_token_hint.",
            Self::HintInvalid => "Send id_token_hint=x.",
            Self::PasswordsOff => {
                "Send grant_type=password as an application that was not allowed to."
            }
            Self::WrongPassword => "Send a wrong password with grant_type=password.",
            Self::PostOnly => "GET the token endpoint.",
            Self::HintIssuer(_) => "Send an id_token_hint of another issuer.",
            Self::HintSignature => "Send an id_token_hint with a changed signature.",
            Self::HintNotYet => "Send an id_token_hint from the future.",
            Self::StepIncomplete(_) => "GET …/confirmed after a refused SelfAsserted request.",
            Self::HintMissing => {
                "Leave out id_token_hint where the user flow requires it: at sign-out, or in the \
                 authorization request of a custom policy."
            }
            Self::ProviderDenied(_) => "Press Deny on an identity provider's page.",
            Self::NoProvider => "Send domain_hint=unknown.example to a custom policy.",
            Self::ProviderUnavailable => "Press \"Be unavailable\" on an identity provider's page.",
            Self::MustSignUpFirst => {
                "Use an unknown account of an identity provider where nobody can sign up."
            }
            Self::WrongClient(_) => "Redeem another application's code with its secret.",
            Self::IllegalScopeCharacter(_) => "Send a quotation mark in scope.",
            Self::ClientAssertion(_) => "Send client_assertion.",
            Self::ChallengeRequired => "Ask for a code at a SPA redirect URI without PKCE.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fault that is missing above would not be listed.
    #[test]
    fn lists_every_fault() {
        let source = include_str!("fault.rs");
        let (_, codes) = source.split_once("pub(crate) fn code(").unwrap();
        let (codes, _) = codes.split_once("\n    }\n").unwrap();
        let mut known: Vec<u32> = codes
            .lines()
            .filter_map(|line| line.trim().trim_end_matches(',').rsplit_once("=> "))
            .filter_map(|(_, code)| code.parse().ok())
            .collect();
        known.sort_unstable();
        let listed: Vec<u32> = Fault::catalogue().iter().map(Fault::code).collect();
        assert!(known.len() > 60);
        assert_eq!(listed, known);
    }
}
