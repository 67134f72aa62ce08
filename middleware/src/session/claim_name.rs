//! The name of a claim.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A name that most tokens have is nobody's own: it takes no memory of its session or token.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct ClaimName(Cow<'static, str>);

impl ClaimName {
    /// As texts compare. The first bytes mostly tell, without a call for the rest.
    pub(super) fn order(&self, other: &str) -> Ordering {
        let (one, other) = (self.0.as_bytes(), other.as_bytes());
        let first = one.first().cmp(&other.first());
        first.then_with(|| one.cmp(other))
    }
}

impl From<&str> for ClaimName {
    fn from(name: &str) -> Self {
        Self(match common(name) {
            Some(own) => Cow::Borrowed(own),
            None => Cow::Owned(name.to_owned()),
        })
    }
}

impl Deref for ClaimName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ClaimName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = ClaimName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<ClaimName, E> {
        Ok(name.into())
    }
}

/// The same name as the program has it, if it is a common one: of the tokens of Microsoft's providers and
/// of RFC 9068. Sources: Microsoft Learn, "Access token claims reference", "ID token claims reference"
/// and "Overview of tokens in Azure Active Directory B2C".
fn common(name: &str) -> Option<&'static str> {
    // Short literals are compared without a call.
    macro_rules! same {
        ($($own:literal)*) => {
            match name {
                $($own => Some($own),)*
                _ => None,
            }
        };
    }
    same!(
        "acr" "acrs" "aio" "amr" "appid" "appidacr" "at_hash"
        "aud" "auth_time" "azp" "azpacr" "b2c_emulator" "c_hash" "city"
        "client_id" "cnf" "country" "email" "emails" "exp" "family_name"
        "given_name" "groups" "iat" "idp" "idtyp" "ipaddr" "iss"
        "jobTitle" "jti" "name" "nbf" "newUser" "nonce" "oid"
        "postalCode" "preferred_username" "rh" "roles" "scope" "scp" "sid"
        "streetAddress" "sub" "tfp" "tid" "typ" "upn" "uti"
        "ver" "wids"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_found_and_others_are_kept() {
        for name in ["sub", "aud", "b2c_emulator"] {
            assert!(matches!(ClaimName::from(name).0, Cow::Borrowed(own) if own == name));
        }
        for name in ["", "AUD", "su", "subs", "extension_Rank"] {
            assert!(matches!(ClaimName::from(name).0, Cow::Owned(own) if own == name));
        }
    }

    #[test]
    fn names_are_in_the_order_of_texts() {
        let names = ["", "a", "aud", "auth_time", "b", "sub", "é", "éa"];
        for one in names {
            for other in names {
                assert_eq!(ClaimName::from(one).order(other), one.cmp(other));
            }
        }
    }
}
