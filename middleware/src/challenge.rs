//! "I cannot go on like this": what guards and handlers tell the layer.

/// A request that needs something first; put it into a response's extensions.
///
/// It says what is missing and nothing about HTTP. The layer turns it into what the caller
/// understands: a redirect to the provider for a browser's navigation, 401 with problem details for
/// scripts and APIs, `UNAUTHENTICATED` for gRPC.
///
/// ```
/// # use tower_b2c::Challenge;
/// let mut response = http::Response::new(());
/// response.extensions_mut().insert(Challenge::sign_in());
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    scopes: Vec<String>,
    provider: Option<String>,
}

impl Challenge {
    /// The user has to sign in.
    pub fn sign_in() -> Self {
        Self::default()
    }

    /// The user has to sign in so that a token with these scopes can be had.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The user has to sign in at this provider (the `NAME` of `[providers.NAME]`). A name that the
    /// configuration does not have counts as none.
    pub fn at_provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    pub(crate) fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    pub(crate) fn scopes(&self) -> &[String] {
        &self.scopes
    }
}
