//! Every fault, with where it is reported.

use super::{
    Fault, ServiceFault,
    channel::Channel::{self, Inline, Page, Redirect, Token},
    fault::PolicyName,
};

impl Fault {
    /// One of each kind, in the order of their codes.
    #[expect(clippy::too_many_lines, reason = "one entry per fault")]
    pub(crate) fn catalogue() -> Vec<Self> {
        let text = |text: &str| text.to_owned();
        let policy = Box::new(PolicyName {
            policy: text("{policy}"),
            tenant: text("{tenant}"),
        });
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
            Self::OtherClientPinned {
                client_id: text("{client id}"),
                pinned: text("{other client id}"),
            },
            Self::OldUnsupportedScope(text("{scope}")),
            Self::ResourceNotAuthorized(text("{scope}")),
            Self::PublicClientsOff,
            Self::UnknownPolicy(text("{policy}")),
            Self::ForeignClient(text("{client id}")),
            Self::IdTokenNotPermitted(text("{client id}")),
            Self::UnsafeInput(text("{name}")),
            Self::NoPhone,
            Self::IncompleteCookie,
            Self::InvalidCookie,
            Self::AccountExists,
            Self::TokenTypeMismatch {
                grant_type: text("{grant type}"),
                token_type: text("{token type}"),
            },
            Self::NoInputClaims(policy.clone()),
            Self::MissingInputClaim(policy.clone(), "username"),
            Self::OtherGrantTypeClaim(policy, text("{value}")),
        ];
        faults.extend(ServiceFault::all().iter().map(Self::Service));
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
            | Self::IncompleteCookie
            | Self::InvalidCookie
            | Self::MalformedPostLogoutUri(_) => &[Page],
            Self::MissingClientId
            | Self::UnknownClient { .. }
            | Self::DisabledClient { .. }
            | Self::ForeignClient(_)
            | Self::UnknownPolicy(_) => &[Page, Token],
            Self::UnknownAccount | Self::InvalidCredentials => &[Inline],
            Self::UnsafeInput(_) => &[Inline, Redirect],
            Self::Service(fault) => fault.channels,
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
            | Self::ClientAssertion(_)
            | Self::PublicClientsOff
            | Self::TokenTypeMismatch { .. }
            | Self::NoInputClaims(_)
            | Self::MissingInputClaim(..)
            | Self::OtherGrantTypeClaim(..) => &[Token],
            Self::InternalError
            | Self::OpenidMissing
            | Self::ResourceMissing
            | Self::UnsupportedResponseType(_)
            | Self::UnsupportedScope(_)
            | Self::SeveralResources(_)
            | Self::NotPermitted
            | Self::Throttled
            | Self::OldUnsupportedScope(_)
            | Self::ResourceNotAuthorized(_)
            | Self::IdTokenNotPermitted(_)
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
            | Self::OtherClientPinned { .. }
            | Self::NoPhone
            | Self::AccountExists
            | Self::ChallengeRequired => &[Redirect],
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
        known.extend(ServiceFault::all().iter().map(|fault| fault.code));
        known.sort_unstable();
        let listed: Vec<u32> = Fault::catalogue().iter().map(Fault::code).collect();
        assert!(known.len() > 60);
        assert_eq!(listed, known);
    }
}
