//! The kinds of provider, and what changes for the app from one to another.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A kind of provider, as `provider.kind` writes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Azure AD B2C, `b2c`.
    B2c,
    /// Microsoft Entra External ID, `external-id`.
    ExternalId,
    /// Microsoft Entra ID, `entra`.
    Entra,
    /// Any other OpenID provider, `oidc`.
    Oidc,
}

impl Kind {
    /// What changes for an app whose users signed in at a provider of this kind, and do so at one of
    /// another now (Microsoft, "Plan your migration to External ID").
    pub(crate) fn changes_to(self, new: Self) -> Vec<String> {
        if self == new {
            return Vec::new();
        }
        let mut changes = vec![
            "`sub` is another value for the same person: data that is kept by it needs a mapping, by \
             the e-mail address or by `oid` where the tenant stays"
                .to_owned(),
            format!(
                "the issuer is another one ({}): APIs and gateways that name it have to be told",
                new.issuer()
            ),
            "the redirect URI and the client secret belong to a registration there".to_owned(),
        ];
        changes.push(
            "web APIs are registered there anew: `resource` and `scopes` of [[downstream]] are those of \
             the new registration (api://{application id} by default)"
                .to_owned(),
        );
        if self == Self::B2c {
            changes.push(
                "there are no user flows: the links to edit the profile and to reset the password \
                 disappear; people reset their password on the sign-in page"
                    .to_owned(),
            );
            changes.push(
                "tokens have `email` in place of `emails`, and neither `tfp` nor `extension_…` unless \
                 the registration asks for them"
                    .to_owned(),
            );
        }
        if new == Self::B2c {
            changes.push(
                "there are user flows: sign_up_sign_in has to name one, and tokens have `emails` in \
                 place of `email`"
                    .to_owned(),
            );
        }
        changes
    }

    /// Whether providers of this kind have user flows.
    pub(super) fn has_user_flows(self) -> bool {
        self == Self::B2c
    }

    fn issuer(self) -> &'static str {
        match self {
            Self::B2c => "https://{host}/{tenant id}/v2.0/",
            Self::ExternalId => "https://{tenant id}.ciamlogin.com/{tenant id}/v2.0",
            Self::Entra => "https://login.microsoftonline.com/{tenant id}/v2.0",
            Self::Oidc => "what the provider's metadata says",
        }
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let all = [Self::B2c, Self::ExternalId, Self::Entra, Self::Oidc];
        let found = all.into_iter().find(|kind| kind.to_string() == name);
        found.ok_or_else(|| {
            Error::Usage(format!(
                "\"{name}\" is no kind: b2c, external-id, entra or oidc"
            ))
        })
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
