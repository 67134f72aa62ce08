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

/// How large the sessions of a provider will be in cookies, against what browsers and servers take.
#[derive(Clone, Debug)]
pub struct SessionForecast {
    provider: String,
    bytes: usize,
    most_bytes: usize,
}

impl SessionForecast {
    /// The provider's name in the configuration.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The bytes that a typical session takes of the `Cookie` header, with a token for each API.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The bytes that it may take: `session.cookie_max_bytes`.
    pub fn most_bytes(&self) -> usize {
        self.most_bytes
    }

    /// Whether a typical session fits.
    pub fn fits(&self) -> bool {
        self.bytes <= self.most_bytes
    }
}

impl Config {
    /// How large sessions will be, one for each provider, if they are kept in cookies
    /// (`session.store = "cookie"`); nothing otherwise.
    pub fn session_forecasts(&self) -> Vec<SessionForecast> {
        let StoreSettings::Cookie { most_bytes } = self.store else {
            return Vec::new();
        };
        let forecasts = self.providers.iter().map(|provider| SessionForecast {
            provider: provider.name.clone(),
            bytes: Forecast::of(provider, &self.downstreams).whole,
            most_bytes,
        });
        forecasts.collect()
    }

    /// Says at start which providers' sessions will hardly fit into cookies.
    pub(crate) fn warn_of_large_sessions(&self) {
        for forecast in self.session_forecasts().iter().filter(|one| !one.fits()) {
            tracing::warn!(
                provider = forecast.provider,
                bytes = forecast.bytes,
                most_bytes = forecast.most_bytes,
                "sessions will hardly fit into cookies: access tokens will be left out and \
                 refreshed for each request; use session.store = \"memory\" or \"redis\", or set \
                 session.cookie_max_bytes if your servers take longer headers"
            );
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
