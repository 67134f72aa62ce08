use serde::{Deserialize, Serialize};

/// The kind of a redirect URI. It decides how what is sent there can be redeemed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Platform {
    /// A server: it must send its secret.
    Web,
    /// A page: PKCE is a must, a secret is refused, refresh tokens live a day.
    Spa,
    /// An installed application: no secret.
    Native,
}
