//! The configuration as the rest of the crate uses it: parsed, checked, complete.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use url::Url;

use super::api::ApiConfig;
use super::cookie_keys::CookieKeys;
use super::edge::EdgeSettings;
use super::entra::EntraSettings;
use super::file::ConfigFile;
use super::problem::ConfigError;
use super::provider::ProviderSettings;
use super::routing::RoutingSettings;
use super::session_limit::{Bound, SessionLimit};
use super::sql_settings::{PostgresSettings, SqliteSettings};
use crate::secret::Secret;

/// A checked configuration.
///
/// ```
/// # fn main() -> Result<(), tower_b2c::ConfigError> {
/// let config = tower_b2c::Config::from_text(
///     r#"
///     [app]
///     base_url = "http://localhost:5000"
///
///     [provider]
///     kind = "b2c"
///     tenant = "contoso"
///     client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
///     client_secret = { env = "B2C_CLIENT_SECRET" }
///     user_flows = { sign_up_sign_in = "B2C_1_susi" }
///     "#,
/// )
/// .environment([("B2C_CLIENT_SECRET", "from the portal")])
/// .load()?;
/// assert!(config.provider_origins().eq(["https://contoso.b2clogin.com"]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// What it was read from, to be read again.
    pub(crate) source: ConfigFile,
    pub(crate) app: AppSettings,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) cookie_keys: CookieKeys,
    pub(crate) user_sessions: UserSessionSettings,
    pub(crate) store: StoreSettings,
    /// In the order of their names; never empty.
    pub(crate) providers: Vec<ProviderSettings>,
    pub(crate) routing: Option<RoutingSettings>,
    pub(crate) downstreams: Vec<Downstream>,
    pub(crate) api: Option<ApiConfig>,
}

impl Config {
    /// Prepares to read a configuration file; [`ConfigFile::load`] reads it.
    pub fn from_file(path: impl AsRef<Path>) -> ConfigFile {
        ConfigFile::new(path.as_ref(), None)
    }

    /// Prepares to read configuration from text in place of a file.
    pub fn from_text(text: impl Into<String>) -> ConfigFile {
        ConfigFile::new(Path::new("configuration"), Some(text.into()))
    }

    /// Reads the same sources again: the file with the profile and the values that were given in code,
    /// the `.env` file, and every file with a secret in it. What reads text in place of a file reads
    /// the same text, and the files.
    ///
    /// # Errors
    ///
    /// As those of [`ConfigFile::load`].
    pub fn read_again(&self) -> Result<Self, ConfigError> {
        self.source.clone().load()
    }

    /// The URL under which browsers reach the app, without a trailing slash: an origin, and the path
    /// that the app is mounted under if there is one.
    pub fn base_url(&self) -> &str {
        self.app.base_url.as_str().trim_end_matches('/')
    }

    /// The port in [`base_url`](Self::base_url): what an app without a proxy listens on.
    pub fn port(&self) -> u16 {
        self.app.base_url.port_or_known_default().unwrap_or(443)
    }

    /// The origins of the providers' pages, for a Content-Security-Policy's `form-action`.
    pub fn provider_origins(&self) -> impl Iterator<Item = &str> {
        let instances = self.providers.iter();
        instances.map(|provider| provider.authority.instance.as_str().trim_end_matches('/'))
    }

    /// The absolute redirect URIs, one for each provider, to be registered there.
    pub fn redirect_uris(&self) -> impl Iterator<Item = String> {
        let paths = self.providers.iter();
        paths.map(|provider| self.app.url(&provider.redirect_path))
    }

    /// Whether a provider has `client_assertion = "callback"`, so that the builder needs
    /// [`client_assertion`](crate::B2cLayerBuilder::client_assertion).
    pub fn wants_client_assertion(&self) -> bool {
        self.providers.iter().any(ProviderSettings::asks_app)
    }

    /// The downstream API of this name (`[[downstream]] name = "…"`).
    pub fn downstream(&self, name: &str) -> Option<&Downstream> {
        self.downstreams
            .iter()
            .find(|downstream| downstream.name == name)
    }

    /// What access tokens must say to the app's own API, if the configuration has `[api]`.
    pub fn api(&self) -> Option<&ApiConfig> {
        self.api.as_ref()
    }

    /// Where sessions are kept unless the app's code says so, as `session.store` has it: `"memory"`,
    /// `"cookie"`, `"postgres"`, `"redis"` or `"sqlite"`.
    pub fn session_store(&self) -> &'static str {
        match self.store {
            StoreSettings::Memory => "memory",
            StoreSettings::Cookie { .. } => "cookie",
            StoreSettings::Redis(_) => "redis",
            StoreSettings::Postgres(_) => "postgres",
            StoreSettings::Sqlite(_) => "sqlite",
        }
    }

    /// Whether a provider has a user flow to edit the profile with. Which of several has is known
    /// of a signed-in user: [`Session::can_edit_profile`](crate::Session::can_edit_profile).
    pub fn can_edit_profile(&self) -> bool {
        let mut flows = self.providers.iter().map(|provider| &provider.user_flows);
        flows.any(|flows| flows.edit_profile.is_some())
    }

    /// Whether a provider has a user flow to reset the password with.
    pub fn can_reset_password(&self) -> bool {
        let mut flows = self.providers.iter().map(|provider| &provider.user_flows);
        flows.any(|flows| flows.reset_password.is_some())
    }

    /// The provider that signs users in unless another is asked for; `None` if they choose.
    pub(crate) fn default_provider(&self) -> Option<&ProviderSettings> {
        match (&self.app.default_provider, &*self.providers) {
            (Some(name), providers) => providers.iter().find(|provider| provider.name == *name),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

/// `[app]`: where the app is and which paths the layer answers itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct AppSettings {
    pub(crate) base_url: Url,
    /// Which of several providers signs users in who did not choose.
    pub(crate) default_provider: Option<String>,
    /// The path of the redirect URI; several providers have one each beneath it.
    pub(crate) redirect_path: String,
    pub(crate) sign_in_path: String,
    pub(crate) edit_profile_path: String,
    pub(crate) reset_password_path: String,
    pub(crate) sign_out_path: String,
    pub(crate) after_sign_out: String,
    pub(crate) edge: EdgeSettings,
    pub(crate) front_channel_sign_out_path: String,
    pub(crate) back_channel_sign_out_path: String,
}

impl AppSettings {
    /// The absolute URL of a path of the app.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }

    /// The path that the app is mounted under, without a trailing slash; empty at the root.
    pub(crate) fn prefix(&self) -> &str {
        self.base_url.path().trim_end_matches('/')
    }

    /// A path of the app as the browser sees it.
    pub(crate) fn mounted(&self, path: &str) -> String {
        format!("{}{path}", self.prefix())
    }

    /// A path and query as the app's own routes have it. Whether the prefix is still there depends
    /// on what stands in front: a proxy or `nest` may have taken it off.
    pub(crate) fn unmounted<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match path.strip_prefix(self.prefix()) {
            Some(rest) if rest.starts_with('/') => Cow::Borrowed(rest),
            Some(rest) if rest.is_empty() || rest.starts_with('?') => {
                Cow::Owned(format!("/{rest}"))
            }
            _ => Cow::Borrowed(path),
        }
    }
}

/// `[session]`: how long a session lives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Lifetimes {
    /// Without a request for this long, the session ends.
    pub(crate) idle: Duration,
    /// However busy, the session ends this long after the sign-in.
    pub(crate) absolute: Duration,
    /// How often a session that keeps a stream open is looked up in the store; and one in memory,
    /// where the store does not tell of changes.
    pub(crate) revalidate: Duration,
    /// How long a session in memory goes on while the store is away.
    pub(crate) store_grace: Duration,
    /// What else ends it.
    pub(crate) bound: Bound,
}

/// `session.store`: where sessions are kept, unless the app's code says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum StoreSettings {
    Memory,
    /// In the browser, in this many bytes of the `Cookie` header at most.
    Cookie {
        most_bytes: usize,
    },
    Redis(RedisSettings),
    Postgres(PostgresSettings),
    Sqlite(SqliteSettings),
}

/// `[session.redis]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RedisSettings {
    pub(crate) servers: RedisServers,
    /// Of the servers, where the URL has none.
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    /// In place of both.
    pub(crate) entra: Option<Box<EntraSettings>>,
    pub(crate) prefix: String,
    pub(crate) timeout: Duration,
}

/// Where the sessions are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum RedisServers {
    One(Secret),
    Watched {
        sentinels: Vec<Secret>,
        master: String,
        user: Option<String>,
        password: Option<Secret>,
    },
    Cluster(Vec<Secret>),
}

/// `[session]`: a user's sessions beside each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct UserSessionSettings {
    /// Whether the user's other sessions end when the password is reset here (ASVS 5.0 V7.4.3).
    pub(crate) end_others_after_reset: bool,
    /// Whether a list of the user's sessions shows each one's `User-Agent`.
    pub(crate) record_user_agent: bool,
    /// A form that meets no session waits for its sender to sign in.
    pub(crate) keep_forms: bool,
    /// How many a user may have at a time; `None` for any number.
    pub(crate) limit: Option<SessionLimit>,
    /// How many sessions an instance keeps in memory in front of the store.
    pub(crate) cached: usize,
}

/// An API that the app calls with the user's token (`[[downstream]]`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Downstream {
    pub(super) name: String,
    pub(super) base_url: Url,
    pub(super) resource: Option<String>,
    pub(super) scopes: Vec<String>,
    /// The provider whose users have tokens for it; `None` for every provider.
    pub(super) provider: Option<String>,
}

impl Downstream {
    /// What the configuration calls this API.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the API is, without a trailing slash.
    pub fn base_url(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
    }

    pub(crate) fn url(&self) -> &Url {
        &self.base_url
    }

    /// The scopes as the configuration writes them (`demo.read`).
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    pub(crate) fn provider(&self) -> Option<&String> {
        self.provider.as_ref()
    }

    /// Whether users of this provider can have tokens for the API.
    pub(crate) fn is_for(&self, provider: &str) -> bool {
        self.provider.as_deref().is_none_or(|name| name == provider)
    }

    /// The scopes as the provider wants them: `{resource}/{scope}`.
    pub(crate) fn full_scopes(&self) -> impl Iterator<Item = String> {
        self.scopes.iter().map(|scope| self.full_scope(scope))
    }

    pub(crate) fn full_scope(&self, scope: &str) -> String {
        match &self.resource {
            Some(resource) if !scope.contains("://") => {
                format!("{}/{scope}", resource.trim_end_matches('/'))
            }
            _ => scope.to_owned(),
        }
    }
}
