use std::sync::Arc;

use super::{Seed, SeedError};
use crate::{
    operation::{ClockState, MisbehaviourEntry, OperationError},
    provider::Provider,
    world::World,
};

impl World {
    /// Writes everything that is registered.
    pub(crate) fn export(&self) -> String {
        let clock = ClockState {
            now: None,
            ..self.clock()
        };
        let misbehaviours = self.misbehaviours().into_iter();
        let misbehaviours = misbehaviours.map(|entry| MisbehaviourEntry { id: None, ..entry });
        Seed::of(&self.providers(), clock, misbehaviours.collect())
    }

    /// Writes everything that is registered in one tenant.
    pub(crate) fn export_tenant(&self, tenant: &str) -> Result<String, OperationError> {
        Ok(Seed::of_one(&self.provider_of(Some(tenant))?.tenant))
    }

    /// Replaces everything that the TOML names; nothing if there is a mistake in it.
    pub(crate) fn import(&self, toml: &str) -> Result<(), SeedError> {
        self.plant(&Seed::read(toml)?)
    }

    /// Replaces everything that the TOML names in one tenant.
    pub(crate) fn import_tenant(&self, tenant: &str, toml: &str) -> Result<(), OperationError> {
        let invalid = |problem: SeedError| OperationError::Invalid(problem.to_string());
        let provider = self.provider_of(Some(tenant))?;
        let seed = Seed::read(toml).map_err(invalid)?;
        if seed.is_about_all() {
            let problem = "tenant: found [[tenant]], expected the sections of one tenant";
            return Err(OperationError::Invalid(problem.to_owned()));
        }
        self.plant_in(&seed, &provider).map_err(invalid)?;
        self.misbehave_as(&seed, Some(tenant));
        Ok(())
    }

    pub(crate) fn plant(&self, seed: &Seed) -> Result<(), SeedError> {
        let provider = self.provider();
        self.plant_in(seed, &provider)?;
        provider.faults.clear();
        self.misbehave_as(seed, None);
        Ok(())
    }

    fn plant_in(&self, seed: &Seed, subject: &Arc<Provider>) -> Result<(), SeedError> {
        let present = self.providers();
        let tenants = seed.tenants(&present, subject)?;
        let damaged = |_| SeedError::new("a built-in part of the emulator is damaged");
        self.replace(present.with_tenants(tenants).map_err(damaged)?);
        if let Some(clock) = seed.clock {
            subject.clock.set_offset(clock.offset);
            if clock.frozen_at.is_some() {
                subject.clock.freeze(clock.frozen_at);
            }
        }
        Ok(())
    }

    /// What names no tenant is about the one that the seed is about, if it is about one.
    fn misbehave_as(&self, seed: &Seed, tenant: Option<&str>) {
        for entry in &seed.misbehaviours {
            let mut entry = entry.clone();
            entry.tenant = entry.tenant.or_else(|| tenant.map(ToOwned::to_owned));
            // Names were checked when the seed was read, and tenants when they were planted.
            let _ = self.misbehave(entry);
        }
    }
}
