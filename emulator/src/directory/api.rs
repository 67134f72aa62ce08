use serde::{Deserialize, Serialize};

/// A web API that is registered in the tenant, with the scopes it exposes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Api {
    pub(crate) client_id: String,
    pub(crate) app_id_uri: String,
    pub(crate) scopes: Vec<String>,
}

impl Api {
    /// Returns the scope's name if `requested` is a URI below this API's App ID URI.
    pub(crate) fn scope_name<'a>(&self, requested: &'a str) -> Option<&'a str> {
        requested.strip_prefix(&self.app_id_uri)?.strip_prefix('/')
    }

    /// The full form in which an application asks for `name`.
    pub(crate) fn scope_uri(&self, name: &str) -> String {
        format!("{}/{name}", self.app_id_uri)
    }
}
