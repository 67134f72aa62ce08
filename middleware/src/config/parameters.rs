//! Parameters that an authorization request carries beyond those of the protocol.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Extra parameters of an authorization request, by name: `login_hint`, `ui_locales` and the like,
/// or names of a custom policy's own. Never one of [the protocol's](is_protocol).
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Parameters(BTreeMap<String, String>);

/// Why a parameter is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BadParameter {
    /// The layer sets it, and a response is checked against it.
    Protocol,
    /// Not a plain name.
    Name,
    /// Too long, of control characters, or not what this parameter takes.
    Value,
}

impl Parameters {
    /// Sets a parameter; the last value wins.
    pub(crate) fn insert(&mut self, name: &str, value: &str) -> Result<(), BadParameter> {
        check(name, value)?;
        self.0.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// Takes all of `others` over; theirs win.
    pub(crate) fn extend(&mut self, others: &Self) {
        let others = others.iter();
        self.0
            .extend(others.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| keep(name));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As many as fit into a cookie, the short ones first.
    pub(crate) fn short(&self) -> Self {
        let mut pairs: Vec<_> = self.iter().collect();
        pairs.sort_by_key(|(name, value)| name.len() + value.len());
        let mut room = LONGEST_KEPT;
        let kept = pairs.into_iter().map_while(|(name, value)| {
            room = room.checked_sub(name.len() + value.len())?;
            Some((name.to_owned(), value.to_owned()))
        });
        Self(kept.collect())
    }
}

impl fmt::Debug for Parameters {
    /// The names only: a value can be an address or a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Display for BadParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Protocol => "the protocol's own parameters are set by the layer",
            Self::Name => "a name is made of up to 64 letters, digits, \"_\", \"-\" and \".\"",
            Self::Value => {
                "a value is printable text of up to 1024 bytes, in the form that the parameter has"
            }
        })
    }
}

/// Whether a parameter is the protocol's, in whatever letters: B2C reads names without regard to
/// case.
pub(crate) fn is_protocol(name: &str) -> bool {
    PROTOCOL.iter().any(|own| own.eq_ignore_ascii_case(name))
}

pub(crate) fn check(name: &str, value: &str) -> Result<(), BadParameter> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"_-.".contains(&c);
    if is_protocol(name) {
        return Err(BadParameter::Protocol);
    }
    if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
        return Err(BadParameter::Name);
    }
    let longest = match name {
        "id_token_hint" | "claims" => 4096,
        // Kept until the answer is checked.
        "acr_values" => 256,
        _ => 1024,
    };
    let words = |known: &[&str]| value.split(' ').all(|word| known.contains(&word));
    let holds = match name {
        "max_age" => value.len() <= 9 && value.bytes().all(|c| c.is_ascii_digit()),
        "prompt" => words(&PROMPTS),
        // BCP 47 tags, in order of preference.
        "ui_locales" => value
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || b"- ".contains(&c)),
        _ => !value.chars().any(char::is_control),
    };
    if value.is_empty() || value.len() > longest || !holds {
        return Err(BadParameter::Value);
    }
    Ok(())
}

/// What `prompt` can say (OpenID Connect Core §3.1.2.1, Initiating User Registration §3).
const PROMPTS: [&str; 5] = ["none", "login", "consent", "select_account", "create"];

/// What the layer sets itself, what a response is checked against, and what would hand the request
/// to somebody else (RFC 6749, RFC 7636, RFC 9101, RFC 9126; `p` names the policy in B2C).
const PROTOCOL: [&str; 26] = [
    "state",
    "nonce",
    "redirect_uri",
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "client_info",
    "scope",
    "resource",
    "audience",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "request",
    "request_uri",
    "registration",
    "dpop_jkt",
    "error",
    "id_token",
    "access_token",
    "p",
];

/// Bytes of names and values together. Browsers keep cookies of 4096 bytes, and a return path takes
/// up to 1024 of what is sealed.
const LONGEST_KEPT: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocols_own_parameters_are_never_taken() {
        for name in PROTOCOL {
            let shouted = name.to_ascii_uppercase();
            for name in [name, shouted.as_str()] {
                let taken = Parameters::default().insert(name, "x");
                assert_eq!(taken, Err(BadParameter::Protocol), "{name}");
            }
        }
    }

    #[test]
    fn names_and_values_are_plain_and_bounded() {
        let long = "x".repeat(1025);
        let cases = [
            ("login_hint", "ada@example.com", Ok(())),
            ("login_hint", "Ada Lovelace <a&b>", Ok(())),
            ("campaign", "spring 2027", Ok(())),
            ("ui_locales", "de-CH fr en", Ok(())),
            ("max_age", "0", Ok(())),
            ("prompt", "login consent", Ok(())),
            ("id_token_hint", long.as_str(), Ok(())),
            ("", "x", Err(BadParameter::Name)),
            ("a b", "x", Err(BadParameter::Name)),
            ("a&state", "x", Err(BadParameter::Name)),
            ("state\0", "x", Err(BadParameter::Name)),
            ("login_hint", "", Err(BadParameter::Value)),
            ("login_hint", "a\r\nb", Err(BadParameter::Value)),
            ("login_hint", long.as_str(), Err(BadParameter::Value)),
            ("ui_locales", "de<script>", Err(BadParameter::Value)),
            ("max_age", "-1", Err(BadParameter::Value)),
            ("max_age", "1e9", Err(BadParameter::Value)),
            ("max_age", "9999999999", Err(BadParameter::Value)),
            ("prompt", "whatever", Err(BadParameter::Value)),
        ];
        for (name, value, expected) in cases {
            let taken = Parameters::default().insert(name, value);
            assert_eq!(taken, expected, "{name}={value:.20}");
        }
    }
}
