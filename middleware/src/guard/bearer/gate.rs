//! Everything that requests share: who may pass, by the settings of one configuration.

use std::sync::Arc;

use super::metadata::ResourceMetadata;
use super::nonces::Nonces;
use super::possession::Possession;
use super::token::Bearer;
use super::verifier::Verifier;
use crate::config::{ApiConfig, NONCE_SECRET};
use crate::error::Error;
use crate::http_client::HttpClient;
use crate::layer::Pass;
use crate::session::SessionStore;
use crate::time::Clock;

/// What all requests share.
pub(crate) struct Gate {
    pub(super) config: ApiConfig,
    pub(super) verifier: Arc<Verifier>,
    pub(super) possession: Possession,
    pub(super) metadata: Option<ResourceMetadata>,
    /// Whether requests without a token pass.
    pub(super) optional: bool,
    /// Whether the app's code has brought the secret for nonces, so that no configuration does.
    has_own_nonces: bool,
}

/// What a [`Gate`] is made of besides the configuration.
pub(super) struct Parts {
    pub(super) optional: bool,
    pub(super) cached_tokens: usize,
    pub(super) http: Arc<dyn HttpClient>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) proofs: Option<Arc<dyn SessionStore>>,
    /// Those of the app's code.
    pub(super) nonces: Option<Nonces>,
}

impl Gate {
    pub(super) fn new(config: ApiConfig, parts: Parts) -> Result<Self, Error> {
        let has_own_nonces = parts.nonces.is_some();
        let nonces = match parts.nonces {
            Some(nonces) => Some(nonces),
            None => configured(&config)?,
        };
        let nonces = nonces.map(Arc::new);
        let verifier = Verifier::new(&config, parts.cached_tokens, parts.http, parts.clock);
        Ok(Self {
            possession: Possession::new(config.base_url.clone(), parts.proofs, nonces),
            metadata: ResourceMetadata::of(&config),
            verifier: Arc::new(verifier),
            optional: parts.optional,
            has_own_nonces,
            config,
        })
    }

    /// One that goes by another configuration. It shares with this one, which finishes what it has begun,
    /// the proofs that were seen and what is known of the providers that stay; the tokens that were
    /// verified, if the same ones are accepted.
    pub(super) fn renewed(&self, config: ApiConfig) -> Result<Self, Error> {
        let nonces = self.renewed_nonces(&config)?;
        let verifier = if self.config.accepts_as(&config) {
            Arc::clone(&self.verifier)
        } else {
            Arc::new(self.verifier.renewed(&config))
        };
        Ok(Self {
            possession: self.possession.renewed(config.base_url.clone(), nonces),
            metadata: ResourceMetadata::of(&config),
            verifier,
            optional: self.optional,
            has_own_nonces: self.has_own_nonces,
            config,
        })
    }

    /// What this one would take over of another configuration, by table and name.
    pub(super) fn changes_to(&self, config: &ApiConfig) -> Vec<String> {
        let mut changes = self.config.changes_to(config);
        // What the app's code says stays.
        changes.retain(|change| !self.has_own_nonces || change != NONCE_SECRET);
        changes
    }

    fn renewed_nonces(&self, config: &ApiConfig) -> Result<Option<Arc<Nonces>>, Error> {
        let present = self.possession.nonces();
        let secrets = config.nonce_secrets.iter().map(|one| &one.value);
        let before = self.config.nonce_secrets.iter().map(|one| &one.value);
        if self.has_own_nonces || secrets.eq(before) {
            return Ok(present.cloned());
        }
        let newer = configured(config)?;
        Ok(newer.map(|newer| {
            let now = self.verifier.now();
            Arc::new(match present {
                Some(present) => newer.after(present, now),
                None => newer,
            })
        }))
    }

    /// For as long as the token lasts.
    pub(super) fn pass(&self, bearer: Bearer) -> Pass {
        Pass::Token(bearer, Arc::clone(self.verifier.clock()))
    }
}

fn configured(config: &ApiConfig) -> Result<Option<Nonces>, Error> {
    let mut secrets = config.nonce_secrets.iter().map(|one| &one.value);
    let nonces = secrets.next().map(|first| Nonces::new(first, secrets));
    nonces.transpose()
}
