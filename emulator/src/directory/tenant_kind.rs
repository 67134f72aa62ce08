use serde::{Deserialize, Serialize};

/// The product that a tenant belongs to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TenantKind {
    /// Azure AD B2C, `{name}.b2clogin.com`.
    B2c,
    /// Entra External ID, `{name}.ciamlogin.com`.
    ExternalId,
    /// Entra ID, `login.microsoftonline.com`.
    Entra,
}

impl TenantKind {
    /// Does the user flow stand in the URL?
    pub(crate) fn is_b2c(self) -> bool {
        self == Self::B2c
    }

    /// The name in a seed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::B2c => "b2c",
            Self::ExternalId => "external-id",
            Self::Entra => "entra",
        }
    }

    /// The name that people know.
    pub(crate) fn product(self) -> &'static str {
        match self {
            Self::B2c => "Azure AD B2C",
            Self::ExternalId => "Entra External ID",
            Self::Entra => "Entra ID",
        }
    }
}
