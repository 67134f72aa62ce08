//! Where sessions are kept, whatever opens the door there.

use url::Url;

use super::credential::ClientAuthentication;
use super::entra::EntraIdentity;
use super::settings::{RedisServers, RedisSettings, StoreSettings};
use crate::secret::Secret;

impl StoreSettings {
    /// Whether both are one store with one table: they differ in users, passwords and secrets at most.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        self.without_credentials() == other.without_credentials()
    }

    fn without_credentials(&self) -> Self {
        match self.clone() {
            Self::Redis(settings) => Self::Redis(redis(settings)),
            Self::Postgres(mut settings) => {
                settings.url = address(&settings.url);
                settings.listen_url = settings.listen_url.as_ref().map(address);
                Self::Postgres(settings)
            }
            other @ (Self::Memory | Self::Cookie { .. } | Self::Sqlite(_)) => other,
        }
    }
}

fn redis(mut settings: RedisSettings) -> RedisSettings {
    let addresses = |urls: &[Secret]| urls.iter().map(address).collect();
    settings.servers = match settings.servers {
        RedisServers::One(url) => RedisServers::One(address(&url)),
        RedisServers::Watched {
            sentinels, master, ..
        } => RedisServers::Watched {
            sentinels: addresses(&sentinels),
            master,
            user: None,
            password: None,
        },
        RedisServers::Cluster(urls) => RedisServers::Cluster(addresses(&urls)),
    };
    (settings.user, settings.password) = (None, None);
    if let Some(entra) = &mut settings.entra
        && let EntraIdentity::Registration(app) = &mut entra.identity
    {
        app.client_authentication = ClientAuthentication::Public;
    }
    settings
}

/// A URL without user and password, wherever drivers read them from. What is no URL stays as it is.
fn address(url: &Secret) -> Secret {
    let Ok(mut address) = Url::parse(url.expose()) else {
        return url.clone();
    };
    // Where there can be none, there is none.
    let _ = address.set_password(None);
    let _ = address.set_username("");
    let is_kept = |name: &str| !matches!(name, "user" | "password" | "pass");
    let pairs: Vec<_> = address.query_pairs().into_owned().collect();
    let kept = pairs.iter().filter(|(name, _)| is_kept(name));
    let mut stripped = address.clone();
    stripped.set_query(None);
    if pairs.iter().any(|(name, _)| is_kept(name)) {
        stripped.query_pairs_mut().extend_pairs(kept);
    }
    Secret::new(String::from(stripped))
}
