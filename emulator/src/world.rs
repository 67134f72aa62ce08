//! The present state of the emulator, which seeds and imports replace as a whole.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::{
    directory::Tenant,
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
    pub(crate) fn new(providers: Providers, beginning: Seed) -> Self {
        let world = Self {
            providers: RwLock::new(Arc::new(providers)),
            beginning: Seed::default(),
            seed_problem: Mutex::default(),
        };
        world.plant(&beginning);
        // With every section, so that a reset undoes everything.
        let beginning = Seed::read(&world.export()).unwrap_or(beginning);
        Self { beginning, ..world }
    }

    pub(crate) fn providers(&self) -> Arc<Providers> {
        let providers = self.providers.read();
        Arc::clone(&providers.unwrap_or_else(PoisonError::into_inner))
    }

    /// The provider of the default tenant.
    pub(crate) fn provider(&self) -> Arc<Provider> {
        Arc::clone(self.providers().default())
    }

    /// Puts another directory in place of the default tenant's; the clock, the keys, journeys,
    /// sessions, misbehaviours and records stay.
    pub(crate) fn replace_tenant(&self, tenant: Tenant) {
        let providers = self.providers();
        let provider = providers.default().with_tenant(tenant);
        self.replace(providers.with_default(provider));
    }

    /// Forgets everything that happened since the start.
    pub(crate) fn reset(&self) {
        let present = self.providers();
        let tenants = present.all().map(|provider| provider.tenant.clone());
        let default = present.default();
        if let Ok(fresh) = Providers::new(&default.base_url, tenants.collect(), &default.settings) {
            self.replace(fresh);
        }
        self.plant(&self.beginning);
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
    }

    fn replace(&self, providers: Providers) {
        *self
            .providers
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(providers);
    }
}
