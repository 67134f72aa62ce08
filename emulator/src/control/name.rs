//! The names of misbehaviours.

use std::{fmt, str::FromStr, time::Duration};

use super::{FrontChannelFlaw, LogoutTokenFlaw, Misbehaviour, suite::SUITE};
use crate::protocol::Fault;

/// A name that stands for no misbehaviour; made by [`Misbehaviour::named`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownMisbehaviour(String);

impl Misbehaviour {
    /// Finds a misbehaviour by its name.
    ///
    /// Some names end in a number: `status-503`, `retry-after-429-30` (status and seconds),
    /// `delay-250` (milliseconds), `clock-skew-600` and `clock-skew--600` (seconds), `AADB2C90035`
    /// (an error of B2C that nobody provokes).
    ///
    /// ```
    /// use b2c_emulator::Misbehaviour;
    ///
    /// let bad = Misbehaviour::named("oidcc-client-test-invalid-iss")?;
    /// assert_eq!(bad, Misbehaviour::WrongIssuer);
    /// assert_eq!(Misbehaviour::named("status-503")?, Misbehaviour::Status(503));
    /// # Ok::<(), b2c_emulator::UnknownMisbehaviour>(())
    /// ```
    pub fn named(name: &str) -> Result<Self, UnknownMisbehaviour> {
        let unknown = || UnknownMisbehaviour(name.to_owned());
        if let Some((_, misbehaviour)) = all().find(|(known, _)| *known == name) {
            return Ok(misbehaviour.clone());
        }
        let (kind, number) = PREFIXES
            .iter()
            .find_map(|prefix| Some((*prefix, name.strip_prefix(prefix)?)))
            .ok_or_else(unknown)?;
        let misbehaviour = match kind {
            "status-" => status(number).map(Self::Status),
            "retry-after-" => number.split_once('-').and_then(|(code, seconds)| {
                Some(Self::RetryAfter(status(code)?, seconds.parse().ok()?))
            }),
            "delay-" => number
                .parse()
                .ok()
                .map(Duration::from_millis)
                .map(Self::Delay),
            "AADB2C" => error(number).map(Self::Error),
            _ => number.parse().ok().map(Self::ClockSkew),
        };
        misbehaviour.ok_or_else(unknown)
    }

    /// The name: the conformance suite's if it has one.
    pub fn name(&self) -> String {
        match self {
            Self::Status(status) => format!("status-{status}"),
            Self::RetryAfter(status, seconds) => format!("retry-after-{status}-{seconds}"),
            Self::Delay(delay) => format!("delay-{}", delay.as_millis()),
            Self::ClockSkew(seconds) => format!("clock-skew-{seconds}"),
            Self::Error(code) => format!("AADB2C{code}"),
            other => all()
                .find(|(_, misbehaviour)| misbehaviour == other)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }

    /// Every name without a number, those of the conformance suite first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        all().map(|(name, _)| *name)
    }
}

impl FromStr for Misbehaviour {
    type Err = UnknownMisbehaviour;

    fn from_str(name: &str) -> Result<Self, UnknownMisbehaviour> {
        Self::named(name)
    }
}

impl fmt::Display for UnknownMisbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is no misbehaviour", self.0)
    }
}

impl std::error::Error for UnknownMisbehaviour {}

/// Those of the conformance suite first.
fn all() -> impl Iterator<Item = &'static (&'static str, Misbehaviour)> {
    SUITE.iter().chain(&NAMES)
}

fn status(text: &str) -> Option<u16> {
    text.parse().ok().filter(|code| (200..600).contains(code))
}

fn error(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .filter(|code| Fault::ordered(*code).is_some())
}

const PREFIXES: [&str; 5] = ["status-", "retry-after-", "delay-", "clock-skew-", "AADB2C"];

static NAMES: [(&str, Misbehaviour); 41] = [
    ("throttled", Misbehaviour::Throttled),
    ("html", Misbehaviour::Html),
    ("truncated", Misbehaviour::TruncatedJson),
    ("hang", Misbehaviour::Hang),
    ("wrong-tfp", Misbehaviour::WrongPolicy),
    ("missing-exp", Misbehaviour::MissingExpiry),
    ("sub-not-supported", Misbehaviour::SubjectNotSupported),
    ("acr-instead-of-tfp", Misbehaviour::AcrInsteadOfTfp),
    ("expired", Misbehaviour::Expired),
    ("not-yet-valid", Misbehaviour::NotYetValid),
    ("key-confusion", Misbehaviour::KeyConfusion),
    ("unknown-kid", Misbehaviour::UnknownKid),
    ("no-id-token", Misbehaviour::NoIdToken),
    ("no-access-token", Misbehaviour::NoAccessToken),
    ("no-expires-in", Misbehaviour::NoExpiresIn),
    ("numbers-as-strings", Misbehaviour::NumbersAsStrings),
    ("stale-keys", Misbehaviour::StaleKeys),
    ("replication-delay", Misbehaviour::ReplicationDelay),
    ("redirect-elsewhere", Misbehaviour::RedirectElsewhere),
    ("cancelled", Misbehaviour::Cancelled),
    ("forgot-password", Misbehaviour::ForgotPassword),
    ("provider-denied", Misbehaviour::ProviderDenied),
    ("grant-revoked", Misbehaviour::GrantRevoked),
    ("wrong-secret", Misbehaviour::WrongSecret),
    (
        "logout-token-bad-signature",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::BadSignature),
    ),
    (
        "logout-token-no-sub-no-sid",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::NoSubjectNorSession),
    ),
    (
        "logout-token-other-sid",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::OtherSession),
    ),
    (
        "logout-token-expired",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::Expired),
    ),
    (
        "logout-token-missing-iat",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::MissingIssuedAt),
    ),
    (
        "logout-token-missing-jti",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::MissingId),
    ),
    (
        "logout-token-wrong-typ",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::WrongType),
    ),
    (
        "logout-token-twice",
        Misbehaviour::BadLogoutToken(LogoutTokenFlaw::Twice),
    ),
    (
        "front-channel-missing-iss",
        Misbehaviour::BadFrontChannelCall(FrontChannelFlaw::MissingIssuer),
    ),
    (
        "front-channel-missing-sid",
        Misbehaviour::BadFrontChannelCall(FrontChannelFlaw::MissingSession),
    ),
    (
        "front-channel-wrong-iss",
        Misbehaviour::BadFrontChannelCall(FrontChannelFlaw::WrongIssuer),
    ),
    (
        "front-channel-wrong-sid",
        Misbehaviour::BadFrontChannelCall(FrontChannelFlaw::WrongSession),
    ),
    // B2C's own names of the same.
    ("AADB2C90091", Misbehaviour::Cancelled),
    ("AADB2C90118", Misbehaviour::ForgotPassword),
    ("AADB2C90129", Misbehaviour::GrantRevoked),
    ("AADB2C90273", Misbehaviour::ProviderDenied),
    ("AADB2C90244", Misbehaviour::Throttled),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_itself() {
        for (name, misbehaviour) in all() {
            assert_eq!(Misbehaviour::named(name).as_ref(), Ok(misbehaviour));
            assert_eq!(
                Misbehaviour::named(&misbehaviour.name()).as_ref(),
                Ok(misbehaviour)
            );
        }
        for name in [
            "status-503",
            "retry-after-429-30",
            "delay-250",
            "clock-skew--600",
            "AADB2C90035",
            "AADB2C90289",
        ] {
            assert_eq!(Misbehaviour::named(name).unwrap().name(), name);
        }
        for name in [
            "",
            "status-",
            "status-99",
            "delay-x",
            "invalid-iss",
            "retry-after-429",
            "AADB2C90010",
            "AADB2C",
        ] {
            assert!(Misbehaviour::named(name).is_err(), "{name}");
        }
    }
}
