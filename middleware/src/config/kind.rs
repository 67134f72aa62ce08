//! What sort of provider it is.

use std::fmt;

use super::nearest::nearest;

/// The kinds of provider, as `provider.kind` writes them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Azure AD B2C: each user flow is an authorization server of its own.
    B2c,
    /// Microsoft Entra External ID (`ciamlogin.com`): one authorization server per tenant.
    ExternalId,
    /// Microsoft Entra ID: the accounts of an organization, or of several.
    Entra,
    /// Any other OpenID provider.
    Oidc,
}

impl Kind {
    pub(super) const NAMES: &'static str = "\"b2c\", \"external-id\", \"entra\" or \"oidc\"";

    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "b2c" => Some(Self::B2c),
            "external-id" => Some(Self::ExternalId),
            "entra" => Some(Self::Entra),
            "oidc" => Some(Self::Oidc),
            _ => None,
        }
    }

    /// The kind that a word is, or that it most resembles; `None` if it resembles none.
    pub(super) fn meant(word: &str) -> Option<Self> {
        let near = || nearest(word, &["b2c", "external-id", "entra", "oidc"]);
        Self::parse(word).or_else(|| Self::parse(near()?))
    }

    /// Whether the provider is one of Microsoft's, whose metadata never leads to other hosts.
    pub(crate) fn is_microsoft(self) -> bool {
        self != Self::Oidc
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::B2c => "b2c",
            Self::ExternalId => "external-id",
            Self::Entra => "entra",
            Self::Oidc => "oidc",
        })
    }
}
