use serde_json::{Value, json};

use super::sts_text::{assertion_text, text};
use crate::{
    clock::timestamp,
    directory::Tenant,
    jwt::Unverified,
    protocol::{Answer, Fault, Target},
    random,
};

/// What External ID and Entra ID call a fault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct StsFault {
    /// The number after `AADSTS`.
    pub(crate) code: u32,
    pub(crate) error: &'static str,
    pub(crate) message: String,
}

/// A fault as they report it: with ids and a time.
#[derive(Clone, Debug)]
pub(crate) struct StsReport {
    pub(crate) fault: StsFault,
    pub(crate) correlation_id: String,
    trace_id: String,
    at: i64,
    origin: String,
}

/// Translates what the shared checks have found.
pub(crate) fn sts_fault(fault: &Fault, tenant: &Tenant) -> StsFault {
    let (code, error) = code(fault);
    StsFault {
        code,
        error,
        message: text(fault, tenant),
    }
}

/// Says why the token of an On-Behalf-Of request is refused.
pub(super) fn bad_assertion(reason: Unverified) -> StsFault {
    StsFault {
        code: match reason {
            Unverified::Expired => 500_133,
            Unverified::Audience => 500_131,
            _ => 50_013,
        },
        error: "invalid_grant",
        message: assertion_text(reason),
    }
}

impl StsReport {
    pub(crate) fn new(fault: StsFault, now: i64, origin: &str) -> Self {
        Self {
            fault,
            correlation_id: random::guid(),
            trace_id: random::guid(),
            at: now,
            origin: origin.to_owned(),
        }
    }

    /// `AADSTS700016`
    pub(crate) fn code(&self) -> String {
        format!("AADSTS{}", self.fault.code)
    }

    pub(crate) fn description(&self) -> String {
        let Self {
            correlation_id,
            trace_id,
            ..
        } = self;
        format!(
            "{}: {}\r\nTrace ID: {trace_id}\r\nCorrelation ID: {correlation_id}\r\nTimestamp: {}",
            self.code(),
            self.fault.message,
            timestamp(self.at)
        )
    }

    /// The answer of the token endpoint.
    pub(crate) fn document(&self) -> Value {
        json!({
            "error": self.fault.error,
            "error_description": self.description(),
            "error_codes": [self.fault.code],
            "timestamp": timestamp(self.at),
            "trace_id": self.trace_id,
            "correlation_id": self.correlation_id,
            "error_uri": self.error_uri(),
        })
    }

    /// The answer of the authorization endpoint.
    pub(crate) fn answer(&self, target: &Target) -> Answer {
        let mut fields = vec![("error", self.fault.error.to_owned())];
        if self.fault.code == CANCELLED {
            fields.push(("error_subcode", "cancel".to_owned()));
        }
        fields.push(("error_description", self.description()));
        fields.push(("error_uri", self.error_uri()));
        if let Some(state) = &target.state {
            fields.push(("state", state.clone()));
        }
        target.answer(fields)
    }

    /// The status of the token endpoint's answer.
    pub(crate) fn status(&self) -> u16 {
        if self.fault.error == "invalid_client" {
            401
        } else {
            400
        }
    }

    fn error_uri(&self) -> String {
        format!("{}/error?code={}", self.origin, self.fault.code)
    }
}

/// The number and the `error` member.
#[expect(clippy::match_same_arms, reason = "in the order of the faults")]
fn code(fault: &Fault) -> (u32, &'static str) {
    match fault {
        Fault::MissingRedirectUri => (900_971, "invalid_request"),
        Fault::MalformedRedirectUri(_) => (50_011, "invalid_request"),
        Fault::UnregisteredRedirectUri { .. } => (50_011, "invalid_request"),
        Fault::NoRegisteredRedirectUri(_) => (500_113, "invalid_request"),
        Fault::MissingClientId | Fault::MissingScope => (900_144, "invalid_request"),
        Fault::MissingParameter(_) => (900_144, "invalid_request"),
        Fault::UnsupportedResponseType(_) => (700_051, "unsupported_response_type"),
        Fault::ImplicitFlowOff => (700_054, "unsupported_response_type"),
        Fault::UnsupportedResponseMode(_) => (70_007, "invalid_request"),
        Fault::UnsupportedMethod(_) | Fault::PostOnly => (900_561, "invalid_request"),
        Fault::UnknownClient { .. } => (700_016, "unauthorized_client"),
        Fault::InvalidPrompt => (90_023, "invalid_request"),
        Fault::LostState | Fault::IncompleteCookie | Fault::InvalidCookie => {
            (165_000, "invalid_request")
        }
        Fault::DisabledClient { .. } => (7_000_112, "unauthorized_client"),
        Fault::SecretFromPublicClient => (700_025, "invalid_client"),
        Fault::ChallengeRequired => (9_002_325, "invalid_request"),
        Fault::MissingNonce => (900_144, "invalid_request"),
        Fault::ProviderDenied(_) => (65_004, "access_denied"),
        Fault::NoSession | Fault::SessionTooOld => (50_058, "login_required"),
        Fault::Cancelled => (CANCELLED, "access_denied"),
        Fault::MissingSecret => (7_000_218, "invalid_client"),
        Fault::WrongSecret => (7_000_215, "invalid_client"),
        Fault::GrantExpired {
            now, expired_at, ..
        } if now < expired_at => (54_005, "invalid_grant"),
        Fault::GrantExpired { .. } => (70_008, "invalid_grant"),
        Fault::GrantRevoked => (50_173, "invalid_grant"),
        Fault::AccountGone => (50_034, "invalid_grant"),
        Fault::MalformedGrant | Fault::InternalError => (9_002_313, "invalid_grant"),
        Fault::WrongClient(_) | Fault::WrongEndpoint { .. } | Fault::WrongProtocolVersion => {
            (70_000, "invalid_grant")
        }
        Fault::UnexpectedValue { .. } => (500_112, "invalid_grant"),
        Fault::VerifierMismatch | Fault::InvalidVerifier => (50_148, "invalid_grant"),
        Fault::UnsupportedChallengeMethod => (501_481, "invalid_request"),
        Fault::UnsupportedGrantType(_) => (70_003, "unsupported_grant_type"),
        Fault::UnsupportedScope(_) | Fault::IllegalScopeCharacter(_) => (70_011, "invalid_scope"),
        Fault::ScopeBeyondGrant(_) | Fault::NotPermitted => (65_001, "invalid_grant"),
        Fault::SeveralResources(_) => (28_000, "invalid_scope"),
        Fault::InvalidMaxAge(_) => (90_023, "invalid_request"),
        _ => (9_002_313, "invalid_request"),
    }
}

const CANCELLED: u32 = 65_004;
