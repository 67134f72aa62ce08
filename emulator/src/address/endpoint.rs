/// An endpoint of the emulator that can be told to misbehave.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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
    /// The protected sample API, `/api/me`.
    Api,
}
