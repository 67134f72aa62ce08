//! `[api]`: what access tokens must say to the app's own API.

use std::fs;

use url::Url;

use super::credential::SecretSource;
use super::file::ConfigFile;
use super::problem::ConfigError;
use super::provider::ProviderSettings;
use crate::crypto::sha256;

/// The checked settings of an API that is protected with access tokens: `[api]`, and the addresses
/// in `[provider]` or `[providers.NAME]`.
///
/// An API signs nobody in, so it needs no `[app]`, no `client_id` and no `client_secret`:
///
/// ```
/// # fn main() -> Result<(), tower_b2c::ConfigError> {
/// let api = tower_b2c::Config::from_text(
///     r#"
///     [provider]
///     kind = "b2c"
///     tenant = "contoso"
///     user_flows = { sign_up_sign_in = "B2C_1_susi" }
///
///     [api]
///     audiences = ["11112222-bbbb-3333-cccc-4444dddd5555"]
///     "#,
/// )
/// .load_api()?;
/// assert_eq!(api.base_url(), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// What it was read from, to be read again.
    pub(crate) source: ConfigFile,
    /// The resource identifier (RFC 9728 §1.2); without one there is no metadata to serve.
    pub(crate) base_url: Option<Url>,
    /// The scopes that the metadata tells.
    pub(crate) scopes: Vec<String>,
    /// Whose tokens are accepted; never empty.
    pub(crate) accepted: Vec<AcceptedTokens>,
    /// What nonces for proofs of possession are made with: the first issues, all are accepted; none are
    /// asked for without one.
    pub(crate) nonce_secrets: Vec<SecretSource>,
}

impl ApiConfig {
    /// Reads the same sources again, as [`Config::read_again`](crate::Config::read_again) does: of them
    /// what [`ConfigFile::load_api`] reads.
    ///
    /// # Errors
    ///
    /// As those of [`ConfigFile::load_api`].
    pub fn read_again(&self) -> Result<Self, ConfigError> {
        self.source.clone().load_api()
    }

    /// The URL under which callers reach the API, without a trailing slash: `api.base_url`, else
    /// `app.base_url`. `None` if neither is written.
    pub fn base_url(&self) -> Option<&str> {
        let url = self.base_url.as_ref()?;
        Some(url.as_str().trim_end_matches('/'))
    }

    /// The port in [`base_url`](Self::base_url): what an API without a proxy listens on.
    pub fn port(&self) -> Option<u16> {
        self.base_url.as_ref()?.port_or_known_default()
    }

    /// The origins of the providers whose tokens are accepted.
    pub fn provider_origins(&self) -> impl Iterator<Item = &str> {
        let providers = self.accepted.iter().map(|one| &one.provider);
        providers.map(|provider| provider.authority.instance.as_str().trim_end_matches('/'))
    }
}

impl ApiConfig {
    /// Whether the same tokens are accepted.
    pub(crate) fn accepts_as(&self, other: &Self) -> bool {
        let same = |(one, other): (&AcceptedTokens, &AcceptedTokens)| {
            one.rules == other.rules && one.provider.is_same_issuer(&other.provider)
        };
        self.accepted.len() == other.accepted.len()
            && self.accepted.iter().zip(&other.accepted).all(same)
    }

    /// Changes whenever the file does, the `.env` file beside it, or a file of the secrets for nonces, in
    /// what they say.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let files = self.nonce_secrets.iter();
        let files = files.filter_map(|secret| secret.file.as_ref());
        // Whether it is there is a part of it.
        let said =
            files.map(|file| fs::read(file).map_or_else(|_| [0; 32], |bytes| sha256(&bytes)));
        let said = [self.source.digest()].into_iter().chain(said);
        sha256(&said.collect::<Vec<_>>().concat())
    }
}

/// Which access tokens of one provider are accepted.
#[derive(Clone, Debug)]
pub(crate) struct AcceptedTokens {
    /// Its address, keys and algorithms. The app's registration there, if it has one, plays no part.
    pub(crate) provider: ProviderSettings,
    pub(crate) rules: TokenRules,
}

/// What the access tokens of one provider must say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TokenRules {
    /// The values of `aud` that mean this API; never empty.
    pub(crate) audiences: Vec<String>,
    /// The user flows whose tokens are accepted, by their own names; in B2C at least one.
    pub(crate) user_flows: Vec<String>,
    /// The applications that may call, by client id; `None` for all.
    pub(crate) clients: Option<Vec<String>>,
    /// Whether tokens of version 1.0 (`https://sts.windows.net/{tenant}/`) are accepted, too.
    pub(crate) v1_tokens: bool,
    /// Whether the header must say that it is an access token (RFC 9068 §4).
    pub(crate) require_at_jwt: bool,
}

/// How many characters the secret for nonces has at least: as many as keys of cookies.
pub(crate) const SHORTEST_NONCE_SECRET: usize = 32;
