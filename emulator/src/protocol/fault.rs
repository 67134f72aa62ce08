use std::fmt;

use super::ServiceFault;

/// What B2C refuses, with the values that its message names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    MissingRedirectUri,
    MalformedRedirectUri(String),
    UnregisteredRedirectUri {
        uri: String,
        client_id: String,
    },
    NoRegisteredRedirectUri(String),
    MissingClientId,
    MissingScope,
    UnsupportedResponseType(String),
    UnsupportedResponseMode(String),
    UnsupportedMethod(String),
    UnknownClient {
        client_id: String,
        tenant: String,
    },
    InvalidPrompt,
    LostState,
    UnknownAccount,
    InvalidCredentials,
    ImplicitFlowOff,
    MalformedPostLogoutUri(String),
    NoSession,
    MissingSecret,
    GrantExpired {
        now: i64,
        issued_at: i64,
        expired_at: i64,
        /// It was the sliding window that ended.
        is_window: bool,
    },
    WrongSecret,
    ScopeBeyondGrant(String),
    MissingParameter(&'static str),
    InternalError,
    UnsupportedGrantType(String),
    WrongProtocolVersion,
    WrongEndpoint {
        actual: String,
        expected: String,
    },
    MalformedGrant,
    Cancelled,
    NothingToIssue,
    UnsupportedScope(String),
    ForgotPassword,
    InvalidMaxAge(String),
    SessionTooOld,
    AccountGone,
    GrantRevoked,
    UnexpectedValue {
        name: &'static str,
        value: String,
        expected: String,
    },
    SeveralResources(String),
    VerifierMismatch,
    InvalidVerifier,
    UnsupportedChallengeMethod,
    NotPermitted,
    PostOnly,
    WrongClient(String),
    IllegalScopeCharacter(char),
    ClientAssertion(String),
    Throttled,
    MissingNonce,
    ScopeWithoutResource(String),
    DisabledClient {
        client_id: String,
        tenant: String,
    },
    SecretFromPublicClient,
    OpenidMissing,
    AccountLocked,
    UnsupportedLanguage(String),
    AccountTemporarilyLocked,
    ResourceMissing,
    MfaRetries,
    StepRetries,
    HintExpired,
    HintAudience(String),
    HintInvalid,
    PasswordsOff,
    WrongPassword,
    HintIssuer(String),
    HintSignature,
    HintNotYet,
    StepIncomplete(&'static str),
    HintMissing,
    ProviderDenied(String),
    NoProvider,
    ProviderUnavailable,
    MustSignUpFirst,
    ChallengeRequired,
    OtherClientPinned {
        client_id: String,
        pinned: String,
    },
    /// The older wording of [`Fault::UnsupportedScope`].
    OldUnsupportedScope(String),
    ResourceNotAuthorized(String),
    PublicClientsOff,
    UnknownPolicy(String),
    ForeignClient(String),
    IdTokenNotPermitted(String),
    UnsafeInput(String),
    NoPhone,
    IncompleteCookie,
    InvalidCookie,
    AccountExists,
    TokenTypeMismatch {
        grant_type: String,
        token_type: String,
    },
    /// The policy takes neither name nor password.
    NoInputClaims(Box<PolicyName>),
    MissingInputClaim(Box<PolicyName>, &'static str),
    OtherGrantTypeClaim(Box<PolicyName>, String),
    /// One that a misbehaviour orders.
    Service(&'static ServiceFault),
}

/// A policy and its tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PolicyName {
    pub(crate) policy: String,
    pub(crate) tenant: String,
}

impl Fault {
    /// The number after `AADB2C`.
    pub(crate) fn code(&self) -> u32 {
        match self {
            Self::MissingRedirectUri => 90004,
            Self::MalformedRedirectUri(_) => 90005,
            Self::UnregisteredRedirectUri { .. } => 90006,
            Self::NoRegisteredRedirectUri(_) => 90007,
            Self::MissingClientId => 90008,
            Self::MissingScope => 90010,
            Self::UnsupportedResponseType(_) => 90013,
            Self::UnsupportedResponseMode(_) => 90014,
            Self::UnsupportedMethod(_) => 90015,
            Self::UnknownClient { .. } => 90018,
            Self::InvalidPrompt => 90043,
            Self::LostState => 90046,
            Self::UnknownAccount => 90053,
            Self::InvalidCredentials => 90054,
            Self::ImplicitFlowOff => 90057,
            Self::MalformedPostLogoutUri(_) => 90067,
            Self::NoSession => 90077,
            Self::MissingSecret => 90079,
            Self::GrantExpired { .. } => 90080,
            Self::WrongSecret => 90081,
            Self::ScopeBeyondGrant(_) => 90082,
            Self::MissingParameter(_) => 90083,
            Self::InternalError => 90085,
            Self::UnsupportedGrantType(_) => 90086,
            Self::WrongProtocolVersion => 90087,
            Self::WrongEndpoint { .. } => 90088,
            Self::MalformedGrant => 90090,
            Self::Cancelled => 90091,
            Self::NothingToIssue => 90115,
            Self::UnsupportedScope(_) => 90117,
            Self::ForgotPassword => 90118,
            Self::InvalidMaxAge(_) => 90120,
            Self::SessionTooOld => 90121,
            Self::AccountGone => 90128,
            Self::GrantRevoked => 90129,
            Self::UnexpectedValue { .. } => 90136,
            Self::SeveralResources(_) => 90146,
            Self::VerifierMismatch => 90182,
            Self::InvalidVerifier => 90183,
            Self::UnsupportedChallengeMethod => 90184,
            Self::NotPermitted => 90205,
            Self::PostOnly => 90226,
            Self::WrongClient(_) => 90279,
            Self::IllegalScopeCharacter(_) => 99005,
            Self::ClientAssertion(_) => 99027,
            Self::Throttled => 90244,
            Self::MissingNonce => 90009,
            Self::ScopeWithoutResource(_) => 90055,
            Self::DisabledClient { .. } => 90092,
            Self::SecretFromPublicClient => 90084,
            Self::OpenidMissing => 90110,
            Self::AccountLocked => 90111,
            Self::UnsupportedLanguage(_) => 90112,
            Self::AccountTemporarilyLocked => 90114,
            Self::ResourceMissing => 90123,
            Self::MfaRetries => 90151,
            Self::StepRetries => 90157,
            Self::HintExpired => 90208,
            Self::HintAudience(_) => 90209,
            Self::HintInvalid => 90210,
            Self::PasswordsOff => 90224,
            Self::WrongPassword => 90225,
            Self::HintIssuer(_) => 90232,
            Self::HintSignature => 90233,
            Self::HintNotYet => 90234,
            Self::StepIncomplete(_) => 90255,
            Self::HintMissing => 90272,
            Self::ProviderDenied(_) => 90273,
            Self::NoProvider => 90051,
            Self::ProviderUnavailable => 90289,
            Self::MustSignUpFirst => 99002,
            Self::ChallengeRequired => 99059,
            Self::OtherClientPinned { .. } => 90011,
            Self::OldUnsupportedScope(_) => 90012,
            Self::ResourceNotAuthorized(_) => 90056,
            Self::PublicClientsOff => 90058,
            Self::UnknownPolicy(_) => 90066,
            Self::ForeignClient(_) => 90068,
            Self::IdTokenNotPermitted(_) => 90107,
            Self::UnsafeInput(_) => 90122,
            Self::NoPhone => 90145,
            Self::IncompleteCookie => 90211,
            Self::InvalidCookie => 90212,
            Self::AccountExists => 99001,
            Self::TokenTypeMismatch { .. } => 99013,
            Self::NoInputClaims(_) => 99015,
            Self::MissingInputClaim(..) => 99016,
            Self::OtherGrantTypeClaim(..) => 99017,
            Self::Service(fault) => fault.code,
        }
    }

    /// One that can be ordered by its number: B2C's own failures, and two that a person or a
    /// broken grant can cause as well.
    pub(crate) fn ordered(code: u32) -> Option<Self> {
        match code {
            90085 => Some(Self::InternalError),
            90289 => Some(Self::ProviderUnavailable),
            code => ServiceFault::named(code).map(Self::Service),
        }
    }

    /// The same as the endpoints of version 1 word it; `scope` is what was asked for.
    pub(crate) fn in_version_1(self, scope: Option<&str>) -> Self {
        match self {
            Self::UnsupportedScope(scope) => Self::OldUnsupportedScope(scope),
            Self::NotPermitted => Self::ResourceNotAuthorized(scope.unwrap_or_default().to_owned()),
            other => other,
        }
    }

    /// Is the client told to slow down?
    pub(crate) fn is_throttling(&self) -> bool {
        matches!(self.code(), 90229 | 90244)
    }

    /// Is the browser's way through the pages lost, so that only a new start helps?
    pub(crate) fn is_lost(&self) -> bool {
        matches!(
            self,
            Self::LostState | Self::IncompleteCookie | Self::InvalidCookie
        )
    }

    /// The message without its code.
    pub(crate) fn text(&self) -> String {
        super::fault_text::text(self)
    }

    /// The `error` parameter of an authorization response.
    pub(crate) fn error_on_redirect(&self) -> &'static str {
        match self {
            Self::Cancelled | Self::ForgotPassword | Self::ProviderDenied(_) => "access_denied",
            Self::NoSession | Self::SessionTooOld => "interaction_required",
            Self::UnregisteredRedirectUri { .. } => "redirect_uri_mismatch",
            Self::ImplicitFlowOff => "unauthorized_client",
            Self::Throttled => "temporarily_unavailable",
            Self::Service(fault) => fault.on_redirect,
            Self::InternalError
            | Self::NoPhone
            | Self::AccountExists
            | Self::MfaRetries
            | Self::ProviderUnavailable
            | Self::MustSignUpFirst
            | Self::StepRetries
            | Self::StepIncomplete(_) => "server_error",
            _ => "invalid_request",
        }
    }

    /// The `error` member of a token response.
    pub(crate) fn error_at_token_endpoint(&self) -> &'static str {
        match self {
            Self::UnknownClient { .. } | Self::WrongSecret => "invalid_client",
            Self::GrantExpired { .. }
            | Self::ScopeBeyondGrant(_)
            | Self::InternalError
            | Self::WrongProtocolVersion
            | Self::WrongEndpoint { .. }
            | Self::MalformedGrant
            | Self::AccountGone
            | Self::GrantRevoked
            | Self::VerifierMismatch
            | Self::InvalidVerifier
            | Self::WrongClient(_) => "invalid_grant",
            Self::WrongPassword | Self::AccountLocked | Self::AccountTemporarilyLocked => {
                "access_denied"
            }
            Self::PasswordsOff
            | Self::DisabledClient { .. }
            | Self::ForeignClient(_)
            | Self::PublicClientsOff => "unauthorized_client",
            Self::UnsupportedGrantType(_) | Self::TokenTypeMismatch { .. } => {
                "unsupported_grant_type"
            }
            Self::Service(fault) => fault.at_token,
            Self::Throttled => "temporarily_unavailable",
            Self::UnsupportedScope(_)
            | Self::OldUnsupportedScope(_)
            | Self::ResourceNotAuthorized(_)
            | Self::SeveralResources(_)
            | Self::NotPermitted
            | Self::IllegalScopeCharacter(_) => "invalid_scope",
            _ => "invalid_request",
        }
    }
}

/// `AADB2C90118: The user has forgotten their password.`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AADB2C{}: {}", self.code(), self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_code_and_text() {
        assert_eq!(
            Fault::ForgotPassword.to_string(),
            "AADB2C90118: The user has forgotten their password."
        );
        let fault = Fault::WrongEndpoint {
            actual: "B2C_1_susi".into(),
            expected: "B2C_1_edit".into(),
        };
        assert_eq!(
            fault.to_string(),
            "AADB2C90088: The provided grant has not been issued for this endpoint. \
             Actual Value : B2C_1_susi and Expected Value : B2C_1_edit"
        );
    }
}
