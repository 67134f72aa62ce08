//! Who signs a project's users in.

use std::fmt;
use std::str::FromStr;

use crate::unknown::Unknown;

/// A kind of provider, as `provider.kind` writes it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Kind {
    /// Azure AD B2C, `b2c`.
    #[default]
    B2c,
    /// Microsoft Entra External ID, `external-id`.
    ExternalId,
    /// Microsoft Entra ID, `entra`.
    Entra,
    /// Any other OpenID provider, `oidc`.
    Oidc,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::B2c, Self::ExternalId, Self::Entra, Self::Oidc];

    /// The name in settings and on command lines, `external-id`.
    pub fn name(self) -> &'static str {
        match self {
            Self::B2c => "b2c",
            Self::ExternalId => "external-id",
            Self::Entra => "entra",
            Self::Oidc => "oidc",
        }
    }

    /// What people call it, in the middle of a sentence: `Microsoft Entra External ID`.
    pub fn product(self) -> &'static str {
        match self {
            Self::B2c => "Azure AD B2C",
            Self::ExternalId => "Microsoft Entra External ID",
            Self::Entra => "Microsoft Entra ID",
            Self::Oidc => "an OpenID provider",
        }
    }

    /// Whether providers of this kind have user flows (policies) that an app names.
    pub fn has_user_flows(self) -> bool {
        self == Self::B2c
    }
}

impl FromStr for Kind {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| Unknown::new("kind", name, &Self::ALL.map(Self::name)))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
