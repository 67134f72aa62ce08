use std::sync::Arc;

use super::{
    SeedError,
    check::{Spot, check, wrong},
    directory::Directory,
    forms::{Many, One},
};
use crate::{
    directory::{Tenant, TenantBuilder},
    operation::{ClockState, MisbehaviourEntry},
    provider::{Provider, Providers},
};

/// Everything that is registered, as TOML. A section that is left out is as usual.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seed {
    tenants: Tenants,
    pub(super) clock: Option<ClockState>,
    pub(super) misbehaviours: Vec<MisbehaviourEntry>,
}

/// Which tenants a seed is about.
#[derive(Clone, Debug)]
enum Tenants {
    One(Box<Directory>),
    All(Vec<Directory>),
}

/// A tenant to be, and the provider that it had so far.
pub(crate) type Planted = (Tenant, Option<Arc<Provider>>);

impl Seed {
    /// Reads TOML, and checks what needs no tenant.
    pub(crate) fn read(toml: &str) -> Result<Self, SeedError> {
        let problem = |error: toml::de::Error| SeedError::new(error.to_string());
        let any: toml::Table = toml::from_str(toml).map_err(problem)?;
        let seed = if any.get("tenant").is_some_and(toml::Value::is_array) {
            let many: Many = toml::from_str(toml).map_err(problem)?;
            Self {
                tenants: Tenants::All(many.tenant),
                clock: many.clock,
                misbehaviours: many.misbehaviours,
            }
        } else {
            let mut one: One = toml::from_str(toml).map_err(problem)?;
            Self {
                clock: one.clock.take(),
                misbehaviours: std::mem::take(&mut one.misbehaviours),
                tenants: Tenants::One(Box::new(one.directory())),
            }
        };
        for (index, entry) in seed.misbehaviours.iter().enumerate() {
            let named = |error| SeedError::new(format!("misbehaviours[{index}].name: {error}"));
            entry.read().map_err(named)?;
        }
        Ok(seed)
    }

    /// A seed about everything.
    pub(super) fn of(
        providers: &Providers,
        clock: ClockState,
        misbehaviours: Vec<MisbehaviourEntry>,
    ) -> String {
        let tenants = providers.all();
        let many = Many {
            clock: Some(clock),
            tenant: tenants.map(|one| Directory::of(&one.tenant)).collect(),
            misbehaviours,
        };
        toml::to_string_pretty(&many).unwrap_or_default()
    }

    /// A seed about one tenant.
    pub(super) fn of_one(tenant: &Tenant) -> String {
        toml::to_string_pretty(&One::of(Directory::of(tenant))).unwrap_or_default()
    }

    /// Every tenant that there will be, the default one first. `subject` is the one that a seed
    /// without `[[tenant]]` is about.
    pub(crate) fn tenants(
        &self,
        present: &Providers,
        subject: &Arc<Provider>,
    ) -> Result<Vec<Planted>, SeedError> {
        let tenants = match &self.tenants {
            Tenants::One(directory) => one(directory, present, subject)?,
            Tenants::All(directories) => all(directories, present)?,
        };
        no_two_alike(&tenants, &self.tenants)?;
        self.check_scopes(&tenants)?;
        Ok(tenants)
    }

    /// Misbehaviours are about tenants that there are.
    fn check_scopes(&self, tenants: &[Planted]) -> Result<(), SeedError> {
        for (index, entry) in self.misbehaviours.iter().enumerate() {
            let is_there = |name: &String| {
                let mut tenants = tenants.iter();
                tenants.any(|(tenant, _)| tenant.is_known_as(name))
            };
            if let Some(name) = entry.tenant.as_ref().filter(|name| !is_there(name)) {
                let path = format!("misbehaviours[{index}].tenant");
                return Err(wrong(&path, name, "one of the tenants"));
            }
        }
        Ok(())
    }

    /// Is it about all tenants?
    pub(super) fn is_about_all(&self) -> bool {
        matches!(self.tenants, Tenants::All(_))
    }
}

impl Default for Tenants {
    fn default() -> Self {
        Self::One(Box::default())
    }
}

fn one(
    directory: &Directory,
    present: &Providers,
    subject: &Arc<Provider>,
) -> Result<Vec<Planted>, SeedError> {
    let usual = &subject.tenant;
    if let Some(kind) = directory.kind.filter(|kind| *kind != usual.kind) {
        let path = Spot::Top.fact("kind");
        let expected = format!("'{}'", usual.kind.name());
        return Err(wrong(&path, kind.name(), &expected));
    }
    let mut tenants = Vec::new();
    for provider in present.all() {
        let tenant = if Arc::ptr_eq(provider, subject) {
            let tenant = directory.tenant(usual);
            let is_default = Arc::ptr_eq(provider, present.default());
            check(&tenant, Spot::Top, is_default)?;
            tenant
        } else {
            provider.tenant.clone()
        };
        tenants.push((tenant, Some(Arc::clone(provider))));
    }
    Ok(tenants)
}

fn all(directories: &[Directory], present: &Providers) -> Result<Vec<Planted>, SeedError> {
    if directories.is_empty() {
        let problem = "tenant: found none, expected at least one";
        return Err(SeedError::new(problem));
    }
    let mut tenants = Vec::new();
    for (index, directory) in directories.iter().enumerate() {
        let spot = Spot::Entry(index);
        let name = directory.name.as_deref().unwrap_or_default();
        let mut known = present.all();
        let provider = known
            .clone()
            .find(|provider| directory.is_about(&provider.tenant))
            .or_else(|| known.find(|provider| directory.has_id_of(&provider.tenant)));
        let usual = match provider {
            Some(provider) => provider.tenant.clone(),
            None => TenantBuilder::new(directory.kind(), name.to_owned())
                .build()
                .ok_or_else(|| wrong(&spot.fact("name"), name, "a label, or a domain"))?,
        };
        let tenant = directory.tenant(&usual);
        check(&tenant, spot, index == 0)?;
        tenants.push((tenant, provider.cloned()));
    }
    Ok(tenants)
}

/// Tenants of one kind differ in name and GUID.
fn no_two_alike(tenants: &[Planted], form: &Tenants) -> Result<(), SeedError> {
    for (index, (tenant, _)) in tenants.iter().enumerate() {
        for (other, _) in &tenants[..index] {
            let (key, value) = match other {
                other if other.kind != tenant.kind => continue,
                other if other.name == tenant.name => ("name", &tenant.name),
                other if other.id == tenant.id => ("id", &tenant.id),
                _ => continue,
            };
            let spot = match form {
                Tenants::One(_) => Spot::Top,
                Tenants::All(_) => Spot::Entry(index),
            };
            let expected = "one that no other tenant of its kind has";
            return Err(wrong(&spot.fact(key), value, expected));
        }
    }
    Ok(())
}
