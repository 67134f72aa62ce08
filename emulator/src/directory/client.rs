use std::fmt;

/// An application that is registered in the tenant.
///
/// It is a confidential web application: it has a secret, and only the authorization code flow is
/// open to it.
///
/// ```
/// use b2c_emulator::Client;
///
/// let shop = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "a secret for tests")
///     .redirect_uri("https://shop.example/signin-oidc");
/// assert_eq!(shop.redirect_uris(), ["https://shop.example/signin-oidc"]);
/// ```
#[derive(Clone)]
pub struct Client {
    id: String,
    secret: String,
    redirect_uris: Vec<String>,
    granted_scopes: Option<Vec<String>>,
}

impl Client {
    /// Registers an application without redirect URIs; it may use every scope of the sample API.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            id: client_id.into(),
            secret: client_secret.into(),
            redirect_uris: Vec::new(),
            granted_scopes: None,
        }
    }

    /// Adds a redirect URI. It is compared exactly: letter case and a trailing slash count.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Restricts the application to these scopes of the sample API, for example `["demo.read"]`.
    pub fn granted_scopes<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.granted_scopes = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The application (client) id.
    pub fn client_id(&self) -> &str {
        &self.id
    }

    /// The client secret.
    pub fn client_secret(&self) -> &str {
        &self.secret
    }

    /// The registered redirect URIs.
    pub fn redirect_uris(&self) -> &[String] {
        &self.redirect_uris
    }

    /// Was this scope of an API granted to the application?
    pub(crate) fn may_use(&self, scope: &str) -> bool {
        self.granted_scopes
            .as_ref()
            .is_none_or(|granted| granted.iter().any(|name| name == scope))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.id)
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}
