//! How large sessions will be, as far as the configuration tells.

use super::kind::Kind;
use super::provider::ProviderSettings;
use super::settings::{Config, Downstream, StoreSettings};

/// The bytes that one session takes of the `Cookie` header, sealed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forecast {
    /// With a token for each API.
    pub(crate) whole: usize,
    /// Without what a refresh brings back.
    pub(crate) least: usize,
}

impl Forecast {
    pub(crate) fn of(provider: &ProviderSettings, downstreams: &[Downstream]) -> Self {
        let typical = Typical::of(provider.kind);
        let refreshes = provider
            .scopes
            .iter()
            .any(|scope| scope == "offline_access");
        let apis = downstreams.iter().filter(|api| api.is_for(&provider.name));
        let access = apis.count() * typical.access;
        let hint = if provider.id_token_hint {
            typical.id
        } else {
            0
        };
        let kept = FRAME + CLAIMS + if refreshes { typical.refresh } else { access };
        Self {
            whole: encoded(FRAME + CLAIMS + access + hint)
                + if refreshes {
                    encoded(typical.refresh)
                } else {
                    0
                },
            least: encoded(kept),
        }
    }
}

impl Config {
    /// Says at start which providers' sessions will hardly fit into cookies.
    pub(crate) fn warn_of_large_sessions(&self) {
        let StoreSettings::Cookie { most_bytes } = self.store else {
            return;
        };
        for provider in &self.providers {
            let forecast = Forecast::of(provider, &self.downstreams);
            if forecast.whole > most_bytes {
                tracing::warn!(
                    provider = provider.name,
                    bytes = forecast.whole,
                    most_bytes,
                    "sessions will hardly fit into cookies: access tokens will be left out and \
                     refreshed for each request; use session.store = \"memory\" or \"redis\", or set \
                     session.cookie_max_bytes if your servers take longer headers"
                );
            }
        }
    }
}

/// What tokens of a kind of provider measure.
struct Typical {
    access: usize,
    id: usize,
    refresh: usize,
}

impl Typical {
    fn of(kind: Kind) -> Self {
        let (access, id, refresh) = match kind {
            Kind::B2c => (1200, 1200, 1300),
            Kind::ExternalId | Kind::Entra => (1900, 1300, 1700),
            Kind::Oidc => (1100, 1100, 500),
        };
        Self {
            access,
            id,
            refresh,
        }
    }
}

/// Base64 makes four characters of three bytes.
fn encoded(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// Names of fields and cookies, times, nonce and tag.
const FRAME: usize = 600;
const CLAIMS: usize = 700;
