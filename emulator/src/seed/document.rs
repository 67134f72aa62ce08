use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};

use super::SeedError;
use crate::{
    directory::{Api, Client, Tenant, User, UserFlow, Users},
    operation::{ClockState, MisbehaviourEntry},
    world::World,
};

/// Everything that is registered, as TOML. A section that is left out is as in a fresh emulator.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_flows: Option<Vec<UserFlow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<Client>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apis: Option<Vec<Api>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<User>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    misbehaviours: Vec<MisbehaviourEntry>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
    id: String,
}

impl Seed {
    /// Reads TOML and checks what TOML cannot say.
    pub(crate) fn read(toml: &str) -> Result<Self, SeedError> {
        let seed: Self = toml::from_str(toml).map_err(|error| SeedError::new(error.to_string()))?;
        unique(
            "clients",
            "client_id",
            seed.clients.iter().flatten().map(Client::client_id),
        )?;
        unique(
            "users",
            "sign_in_name",
            seed.users.iter().flatten().map(User::sign_in_name),
        )?;
        unique(
            "users",
            "object_id",
            seed.users.iter().flatten().map(User::object_id),
        )?;
        unique(
            "user_flows",
            "name",
            seed.user_flows.iter().flatten().map(UserFlow::name),
        )?;
        for (section, is_empty) in [
            ("clients", seed.clients.as_ref().is_some_and(Vec::is_empty)),
            (
                "user_flows",
                seed.user_flows.as_ref().is_some_and(Vec::is_empty),
            ),
        ] {
            if is_empty {
                return Err(SeedError::new(format!(
                    "{section}: found none, expected at least one"
                )));
            }
        }
        for (index, entry) in seed.misbehaviours.iter().enumerate() {
            let named = |error| SeedError::new(format!("misbehaviours[{index}].name: {error}"));
            entry.read().map_err(named)?;
        }
        Ok(seed)
    }

    /// The directory, with `usual` in place of what is left out.
    pub(crate) fn tenant(&self, usual: &Tenant) -> Tenant {
        let name = self.tenant.clone().unwrap_or_else(|| Name {
            name: usual.name.clone(),
            id: usual.id.clone(),
        });
        Tenant {
            kind: usual.kind,
            name: name.name,
            id: name.id,
            custom_domains: usual.custom_domains.clone(),
            verified_domains: usual.verified_domains.clone(),
            links: usual.links.clone(),
            clients: self
                .clients
                .clone()
                .unwrap_or_else(|| usual.clients.clone()),
            apis: self.apis.clone().unwrap_or_else(|| usual.apis.clone()),
            user_flows: self
                .user_flows
                .clone()
                .unwrap_or_else(|| usual.user_flows.clone()),
            users: match &self.users {
                Some(users) => Arc::new(Users::new(users.clone())),
                None => Arc::clone(&usual.users),
            },
        }
    }
}

impl World {
    /// Writes everything that is registered.
    pub(crate) fn export(&self) -> String {
        let provider = self.provider();
        let tenant = &provider.tenant;
        let seed = Seed {
            tenant: Some(Name {
                name: tenant.name.clone(),
                id: tenant.id.clone(),
            }),
            clock: Some(ClockState {
                now: None,
                ..self.clock()
            }),
            user_flows: Some(tenant.user_flows.clone()),
            clients: Some(tenant.clients.clone()),
            apis: Some(tenant.apis.clone()),
            users: Some(tenant.users.all()),
            misbehaviours: self
                .misbehaviours()
                .into_iter()
                .map(|entry| MisbehaviourEntry { id: None, ..entry })
                .collect(),
        };
        toml::to_string_pretty(&seed).unwrap_or_default()
    }

    /// Replaces everything that the TOML names; nothing if there is a mistake in it.
    pub(crate) fn import(&self, toml: &str) -> Result<(), SeedError> {
        self.plant(&Seed::read(toml)?);
        Ok(())
    }

    pub(crate) fn plant(&self, seed: &Seed) {
        let provider = self.provider();
        self.replace_tenant(seed.tenant(&provider.tenant));
        if let Some(clock) = seed.clock {
            provider.clock.set_offset(clock.offset);
            if clock.frozen_at.is_some() {
                provider.clock.freeze(clock.frozen_at);
            }
        }
        provider.faults.clear();
        for entry in &seed.misbehaviours {
            // The names were checked when the seed was read.
            let _ = self.misbehave(entry.clone());
        }
    }
}

fn unique<'a>(
    section: &str,
    key: &str,
    values: impl Iterator<Item = &'a str>,
) -> Result<(), SeedError> {
    let mut seen = HashSet::new();
    for value in values {
        let problem = if value.is_empty() {
            "found nothing, expected a value".to_owned()
        } else if seen.insert(value.to_ascii_lowercase()) {
            continue;
        } else {
            format!("found '{value}' twice, expected it once")
        };
        return Err(SeedError::new(format!("{section}.{key}: {problem}")));
    }
    Ok(())
}
