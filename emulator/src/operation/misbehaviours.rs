use serde::{Deserialize, Serialize};

use super::OperationError;
use crate::{
    address::Endpoint,
    control::{Misbehaviour, Scope},
    world::World,
};

/// A misbehaviour and its scope, as seeds and the admin API write them.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MisbehaviourEntry {
    /// Given by the emulator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
    /// Name, domain or GUID of the only tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_flow: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint: Option<Endpoint>,
    /// The number of requests that are still to be treated badly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<f64>,
}

impl MisbehaviourEntry {
    /// Reads the name and the odds.
    pub(crate) fn read(&self) -> Result<(Scope, Misbehaviour), OperationError> {
        let misbehaviour = Misbehaviour::named(&self.name)
            .map_err(|unknown| OperationError::Invalid(unknown.to_string()))?;
        if self
            .probability
            .is_some_and(|odds| !(0.0..=1.0).contains(&odds))
        {
            let reason = "probability is not between 0 and 1";
            return Err(OperationError::Invalid(reason.to_owned()));
        }
        let scope = Scope {
            tenant: self.tenant.clone(),
            client: self.client.clone(),
            user_flow: self.user_flow.clone(),
            endpoint: self.endpoint,
            next: self.next,
            probability: self.probability,
        };
        Ok((scope, misbehaviour))
    }
}

impl World {
    /// Those of one tenant alone, or all.
    pub(crate) fn misbehaviours_in(
        &self,
        tenant: Option<&str>,
    ) -> Result<Vec<MisbehaviourEntry>, OperationError> {
        let provider = self.provider_of(tenant)?;
        let mut entries = self.misbehaviours();
        if tenant.is_some() {
            let is_there = |name: &String| provider.tenant.is_known_as(name);
            entries.retain(|entry| entry.tenant.as_ref().is_some_and(is_there));
        }
        Ok(entries)
    }

    pub(crate) fn misbehaviours(&self) -> Vec<MisbehaviourEntry> {
        let active = self.provider().faults.active();
        let entries = active.iter().map(|order| MisbehaviourEntry {
            id: Some(order.id),
            name: order.misbehaviour.name(),
            tenant: order.scope.tenant.clone(),
            client: order.scope.client.clone(),
            user_flow: order.scope.user_flow.clone(),
            endpoint: order.scope.endpoint,
            next: order.remaining().and_then(|left| u32::try_from(left).ok()),
            probability: order.scope.probability,
        });
        entries.collect()
    }

    pub(crate) fn misbehave(
        &self,
        entry: MisbehaviourEntry,
    ) -> Result<MisbehaviourEntry, OperationError> {
        let (scope, misbehaviour) = entry.read()?;
        self.provider_of(entry.tenant.as_deref())?;
        let id = self.provider().faults.add(scope, misbehaviour);
        Ok(MisbehaviourEntry {
            id: Some(id),
            ..entry
        })
    }

    /// Ends those of one tenant alone, or all.
    pub(crate) fn behave(&self, tenant: Option<&str>) -> Result<(), OperationError> {
        let provider = self.provider_of(tenant)?;
        match tenant {
            Some(_) => provider.faults.clear_in(&provider.tenant),
            None => provider.faults.clear(),
        }
        Ok(())
    }

    pub(crate) fn end_misbehaviour(&self, id: u64) -> Result<(), OperationError> {
        if self.provider().faults.remove(id) {
            Ok(())
        } else {
            Err(OperationError::NotFound("misbehaviour"))
        }
    }
}
