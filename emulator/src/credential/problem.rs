/// Why a client assertion proves nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum AssertionProblem {
    /// It is no signed JSON Web Token with the claims that it needs.
    Malformed,
    Algorithm,
    /// `iss` and `sub` are not the application that asks.
    OtherApplication,
    /// The application has no such certificate; with the name that was given, in hexadecimal.
    UnknownKey(Option<String>),
    /// The certificate is there, and does not fit.
    Key {
        thumbprint: String,
        not_before: i64,
        not_after: i64,
        has_expired: bool,
    },
    Audience,
    /// It is used before or after its time; a missing time is 0.
    Time {
        now: i64,
        not_before: i64,
        expires: i64,
    },
    /// No federated credential has this issuer.
    FederatedIssuer(String),
    FederatedSubject(String),
    FederatedAudience(String),
    /// The issuer's keys do not fit.
    FederatedSignature,
}
