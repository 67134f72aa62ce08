use std::time::Duration;

use super::{FrontChannelFlaw, LogoutTokenFlaw};
use crate::{
    address::Endpoint,
    protocol::{Channel, Fault},
};

/// Something that a healthy B2C would not do.
///
/// Each has a [name](Misbehaviour::name) for seeds, the admin API and the test header. Those of
/// the OpenID Foundation's conformance suite for clients have that suite's names, for example
/// `oidcc-client-test-invalid-iss`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Answers with this HTTP status and no useful body.
    Status(u16),
    /// Answers with this HTTP status and `Retry-After`, in seconds: 429 or 503.
    RetryAfter(u16, u32),
    /// Refuses with `AADB2C90244`, as B2C does above its limits: 429 with `Retry-After` at the
    /// token endpoint, on the redirect at the authorization endpoint.
    Throttled,
    /// Refuses with B2C's error of this number, by the name `AADB2C90035`: one of the failures that
    /// no request brings about. `/emulator/errors` lists them with their channels; any other number
    /// does nothing.
    Error(u32),
    /// Answers 200 with an HTML page, as a proxy in between would.
    Html,
    /// Does its work, but sends only the first half of the answer.
    TruncatedJson,
    /// Waits before it starts to work.
    Delay(Duration),
    /// Takes the request and never answers.
    Hang,

    /// Tokens name another issuer.
    WrongIssuer,
    /// Tokens are meant for another audience.
    WrongAudience,
    /// Tokens carry another nonce.
    WrongNonce,
    /// Tokens name another user flow (`tfp`).
    WrongPolicy,
    /// Tokens have no `sub`.
    MissingSubject,
    /// Tokens have no `aud`.
    MissingAudience,
    /// Tokens have no `iat`.
    MissingIssuedAt,
    /// Tokens have no `exp`.
    MissingExpiry,
    /// `sub` is the sentence that user flows send when it is not supported.
    SubjectNotSupported,
    /// Tokens name their user flow in `acr`, as old tenants and custom policies do.
    AcrInsteadOfTfp,
    /// Tokens expired an hour ago.
    Expired,
    /// Tokens are valid in an hour.
    NotYetValid,
    /// The times in tokens are ahead of the clock by so many seconds, or behind it.
    ClockSkew(i64),
    /// `c_hash` belongs to another code.
    WrongCodeHash,
    /// Tokens beside a code have no `c_hash`.
    MissingCodeHash,
    /// `at_hash` belongs to another access token.
    WrongAccessTokenHash,
    /// ID tokens have no `at_hash`.
    MissingAccessTokenHash,
    /// Refreshed tokens name another issuer than those of the sign-in.
    RefreshedWrongIssuer,
    /// Refreshed tokens are about another user.
    RefreshedWrongSubject,
    /// Refreshed ID tokens are meant for another audience.
    RefreshedWrongAudience,
    /// Refreshed ID tokens have an `azp`, which those of the sign-in have not.
    RefreshedAuthorizedParty,

    /// The signature of the tokens does not match.
    BadSignature,
    /// Tokens claim `ES256`, with a signature that is none.
    BadSignatureEs256,
    /// Tokens claim `HS256`, with a signature that is none.
    BadSignatureHs256,
    /// Tokens are signed by `HS256` with the public key as the secret.
    KeyConfusion,
    /// Tokens name a key that the key set does not list.
    UnknownKid,
    /// Tokens name no key, and the key set has one.
    MissingKidSingleKey,
    /// Tokens name no key, and the key set has several.
    MissingKidSeveralKeys,
    /// Tokens are not signed at all (`alg: none`).
    AlgNone,
    /// The signing key changes after each answer with tokens.
    RotatingKey,
    /// The signing key changes right before tokens are signed.
    RotatingKeyBeforeSigning,

    /// The answer has no `id_token`.
    NoIdToken,
    /// The answer has no `access_token`.
    NoAccessToken,
    /// The answer has no `expires_in` and nothing like it.
    NoExpiresIn,
    /// `expires_in` and its like are strings, as older B2C tenants send them.
    NumbersAsStrings,

    /// The metadata names another issuer.
    MetadataWrongIssuer,
    /// The metadata names another `jwks_uri` each time it is read.
    MetadataMovingKeys,
    /// The key set is the one before the last rotation.
    StaleKeys,
    /// The key set lists keys of kinds that nobody knows, too.
    StrangeKeys,

    /// The authorization endpoint takes every redirect URI for one that is not registered, and
    /// tells another one that is (`AADB2C90006`).
    RedirectElsewhere,
    /// The authorization endpoint refuses and posts the error to the application.
    FormPostError,
    /// The user cancels at once (`AADB2C90091`).
    Cancelled,
    /// The user has forgotten the password (`AADB2C90118`).
    ForgotPassword,
    /// The user refuses at the social identity provider (`AADB2C90273`).
    ProviderDenied,
    /// Grants were revoked (`AADB2C90129`).
    GrantRevoked,
    /// Secrets are wrong (`AADB2C90081`).
    WrongSecret,
    /// Secrets count as HTTP Basic alone; one in the body is none (`AADB2C90079`).
    SecretInHeaderOnly,

    /// Graph does not find what was registered a moment ago, as while its servers tell each other.
    ReplicationDelay,

    /// Userinfo is about another user.
    WrongUserInfoSubject,
    /// Userinfo takes access tokens in the header alone.
    UserInfoHeaderOnly,
    /// Userinfo takes access tokens in the body alone.
    UserInfoBodyOnly,
    /// Userinfo is a signed token (`application/jwt`).
    SignedUserInfo,
    /// Userinfo has claims that somebody else has signed (OpenID Connect Core, 5.6.2).
    AggregatedClaims,
    /// Userinfo says where else there are claims (OpenID Connect Core, 5.6.2).
    DistributedClaims,

    /// A sign-out returns with another `state`.
    LogoutOtherState,
    /// A sign-out returns without `state`.
    LogoutNoState,
    /// Logout tokens are bad.
    BadLogoutToken(LogoutTokenFlaw),
    /// Front-channel calls are bad, where they have parameters.
    BadFrontChannelCall(FrontChannelFlaw),
}

impl Misbehaviour {
    /// Can it show at this endpoint?
    pub(crate) fn concerns(&self, endpoint: Option<Endpoint>) -> bool {
        match self {
            Self::Status(_)
            | Self::RetryAfter(..)
            | Self::Html
            | Self::TruncatedJson
            | Self::Delay(_)
            | Self::Hang => endpoint.is_some(),
            Self::MetadataWrongIssuer | Self::MetadataMovingKeys => {
                endpoint == Some(Endpoint::Metadata)
            }
            Self::StaleKeys | Self::StrangeKeys => endpoint == Some(Endpoint::Keys),
            Self::WrongUserInfoSubject
            | Self::UserInfoHeaderOnly
            | Self::UserInfoBodyOnly
            | Self::SignedUserInfo
            | Self::AggregatedClaims
            | Self::DistributedClaims => endpoint == Some(Endpoint::UserInfo),
            Self::LogoutOtherState
            | Self::LogoutNoState
            | Self::BadLogoutToken(_)
            | Self::BadFrontChannelCall(_) => endpoint == Some(Endpoint::Logout),
            Self::ReplicationDelay => endpoint == Some(Endpoint::Graph),
            Self::RedirectElsewhere
            | Self::FormPostError
            | Self::Cancelled
            | Self::ForgotPassword
            | Self::ProviderDenied => endpoint == Some(Endpoint::Authorize),
            Self::Error(code) => is_told_at(*code, endpoint),
            Self::GrantRevoked
            | Self::WrongSecret
            | Self::NoAccessToken
            | Self::NoExpiresIn
            | Self::NumbersAsStrings
            | Self::SecretInHeaderOnly
            | Self::RefreshedWrongIssuer
            | Self::RefreshedWrongSubject
            | Self::RefreshedWrongAudience
            | Self::RefreshedAuthorizedParty => endpoint == Some(Endpoint::Token),
            Self::MissingKidSingleKey | Self::MissingKidSeveralKeys => {
                issues_tokens(endpoint) || endpoint == Some(Endpoint::Keys)
            }
            _ => issues_tokens(endpoint),
        }
    }

    /// Is it about the ID tokens of a refresh alone?
    pub(crate) fn only_at_refresh(&self) -> bool {
        matches!(
            self,
            Self::RefreshedWrongIssuer
                | Self::RefreshedWrongSubject
                | Self::RefreshedWrongAudience
                | Self::RefreshedAuthorizedParty
        )
    }
}

/// The token endpoint, the authorization endpoint, and the pages between them.
fn issues_tokens(endpoint: Option<Endpoint>) -> bool {
    matches!(endpoint, None | Some(Endpoint::Authorize | Endpoint::Token))
}

/// Has the error a channel at the endpoint?
fn is_told_at(code: u32, endpoint: Option<Endpoint>) -> bool {
    let fault = Fault::ordered(code);
    let channels = fault.as_ref().map_or(&[][..], Fault::channels);
    match endpoint {
        Some(Endpoint::Authorize) => channels.iter().any(|&channel| channel != Channel::Token),
        Some(Endpoint::Token) => channels.contains(&Channel::Token),
        _ => false,
    }
}
