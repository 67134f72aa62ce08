//! How an authorization request goes to the provider, and how its answer comes back.

/// The settings of one provider's round trip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RoundTrip {
    pub(crate) response_mode: ResponseMode,
    /// `response_type = "code id_token"`: an ID token comes with the code (OpenID Connect Core §3.3).
    pub(crate) hybrid: bool,
    pub(crate) pushed: PushedAuthorization,
    /// Whether claims are asked for at the userinfo endpoint, too.
    pub(crate) userinfo: bool,
}

/// How the answer reaches the redirect URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ResponseMode {
    /// In the URL of a redirect.
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl ResponseMode {
    /// The value of the parameter `response_mode`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }
}

/// Whether the request goes to the provider directly, and the browser carries a reference to it
/// (RFC 9126).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PushedAuthorization {
    /// Where the metadata has an endpoint for it.
    IfOffered,
    /// Always; without an endpoint nobody signs in.
    Required,
    Never,
}
