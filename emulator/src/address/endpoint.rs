use serde::{Deserialize, Serialize};

/// An endpoint of the emulator that can be told to misbehave.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Endpoint {
    /// `…/.well-known/openid-configuration`
    Metadata,
    /// `…/discovery/v2.0/keys`
    Keys,
    /// `…/oauth2/v2.0/authorize`
    Authorize,
    /// `…/oauth2/v2.0/token`
    Token,
    /// `…/oauth2/v2.0/logout`
    Logout,
    /// `…/openid/v2.0/userinfo`
    UserInfo,
    /// The protected sample API, `/api/me`.
    Api,
    /// Microsoft Graph's stand-in, beside the admin API.
    Graph,
}

impl Endpoint {
    /// A word for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Metadata => "Metadata",
            Self::Keys => "Keys",
            Self::Authorize => "Authorize",
            Self::Token => "Token",
            Self::Logout => "Logout",
            Self::UserInfo => "Userinfo",
            Self::Api => "API",
            Self::Graph => "Graph",
        }
    }
}
