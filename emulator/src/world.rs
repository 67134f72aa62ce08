//! The present state of the emulator, which seeds and imports replace as a whole.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::{
    directory::Tenant,
    operation::OperationError,
    provider::{Provider, Providers},
    seed::{Seed, SeedError},
};

/// Holds the provider that the next request meets. A request keeps the one that it has met.
pub(crate) struct World {
    providers: RwLock<Arc<Providers>>,
    /// What a reset goes back to.
    beginning: Seed,
    seed_problem: Mutex<Option<SeedError>>,
}

impl World {
    /// Starts with a provider in which `beginning` was planted.
    pub(crate) fn new(providers: Providers, beginning: &Seed) -> Result<Self, SeedError> {
        let world = Self {
            providers: RwLock::new(Arc::new(providers)),
            beginning: Seed::default(),
            seed_problem: Mutex::default(),
        };
        world.plant(beginning)?;
        // With every section, so that a reset undoes everything.
        let beginning = Seed::read(&world.export())?;
        // Of tenants that no seed has touched, too.
        beginning.tenants(&world.providers(), &world.provider())?;
        Ok(Self { beginning, ..world })
    }

    pub(crate) fn providers(&self) -> Arc<Providers> {
        let providers = self.providers.read();
        Arc::clone(&providers.unwrap_or_else(PoisonError::into_inner))
    }

    /// The provider of the default tenant.
    pub(crate) fn provider(&self) -> Arc<Provider> {
        Arc::clone(self.providers().default())
    }

    /// The provider of a tenant, found by its name, its domain or its GUID; else the default one.
    pub(crate) fn provider_of(
        &self,
        tenant: Option<&str>,
    ) -> Result<Arc<Provider>, OperationError> {
        let Some(name) = tenant else {
            return Ok(self.provider());
        };
        let providers = self.providers();
        let mut all = providers.all();
        let found = all.find(|provider| provider.tenant.is_known_as(name));
        found.cloned().ok_or(OperationError::NotFound("tenant"))
    }

    /// Puts another directory in place of a provider's; the clock, the keys, journeys, sessions,
    /// misbehaviours and records stay.
    pub(crate) fn replace_tenant(&self, provider: &Arc<Provider>, tenant: Tenant) {
        let providers = self.providers();
        self.replace(providers.with_one(provider, tenant));
    }

    /// Forgets everything that happened since the start.
    pub(crate) fn reset(&self) {
        let present = self.providers();
        let tenants = present.all().map(|provider| provider.tenant.clone());
        let default = present.default();
        if let Ok(fresh) = Providers::new(&default.base_url, tenants.collect(), &default.settings) {
            self.replace(fresh);
        }
        // It is an export, so there is no mistake in it.
        let _ = self.plant(&self.beginning);
        present.default().log.tell();
    }

    /// Signs with another key; without grace the old one is no longer listed.
    pub(crate) fn rotate_key(&self, with_grace: bool) {
        let now = self.provider().clock.now();
        for keys in self.providers().key_rings() {
            keys.rotate(now);
            if !with_grace {
                keys.drop_old();
            }
        }
    }

    /// Lists only the keys that sign.
    pub(crate) fn drop_old_keys(&self) {
        for keys in self.providers().key_rings() {
            keys.drop_old();
        }
    }

    /// What is wrong with the seed file that is followed.
    pub(crate) fn seed_problem(&self) -> Option<SeedError> {
        self.seed_problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn note_seed_problem(&self, problem: Option<SeedError>) {
        *self
            .seed_problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = problem;
        self.provider().log.tell();
    }

    pub(crate) fn replace(&self, providers: Providers) {
        *self
            .providers
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(providers);
    }
}
