//! What an app needs to have tokens of its own.

use super::cookie_keys::CookieKeys;
use super::provider::ProviderSettings;
use super::settings::{Downstream, StoreSettings};

/// The checked settings of an app that asks for tokens in its own name and signs nobody in: its
/// registration in `[provider]` or `[providers.NAME]`, the APIs in `[[downstream]]`, and where
/// instances find each other's tokens in `[session]`. It needs no `[app]`.
///
/// ```
/// # fn main() -> Result<(), tower_b2c::ConfigError> {
/// let client = tower_b2c::Config::from_text(
///     r#"
///     [provider]
///     kind = "entra"
///     tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
///     client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
///     client_secret = { env = "CLIENT_SECRET" }
///
///     [[downstream]]
///     name = "graph"
///     base_url = "https://graph.microsoft.com"
///     scopes = ["https://graph.microsoft.com/.default"]
///     "#,
/// )
/// .environment([("CLIENT_SECRET", "from the portal")])
/// .load_client()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// In the order of their names; never empty.
    pub(crate) providers: Vec<ProviderSettings>,
    /// Which of several is asked where none is named (`app.default_provider`).
    pub(crate) default_provider: Option<String>,
    pub(crate) downstreams: Vec<Downstream>,
    pub(crate) cookie_keys: CookieKeys,
    pub(crate) store: StoreSettings,
}

impl ClientConfig {
    /// The downstream APIs (`[[downstream]]`), in the order of the configuration.
    pub fn downstreams(&self) -> &[Downstream] {
        &self.downstreams
    }
}
