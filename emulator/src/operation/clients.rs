use serde_json::{Map, Value};

use super::{OperationError, users::merged};
use crate::{directory::Client, world::World};

impl World {
    pub(crate) fn clients(&self, tenant: Option<&str>) -> Result<Vec<Client>, OperationError> {
        Ok(self.provider_of(tenant)?.tenant.clients.clone())
    }

    pub(crate) fn add_client(
        &self,
        tenant: Option<&str>,
        client: Client,
    ) -> Result<Client, OperationError> {
        if client.client_id().is_empty() {
            return Err(OperationError::Invalid("client_id is empty".to_owned()));
        }
        self.change_clients(tenant, |clients| {
            let is_taken = clients
                .iter()
                .any(|other| is_called(other, client.client_id()));
            if is_taken {
                return Err(OperationError::Taken(client.client_id().to_owned()));
            }
            clients.push(client.clone());
            Ok(client)
        })
    }

    /// Replaces the named members of a registration.
    pub(crate) fn change_client(
        &self,
        tenant: Option<&str>,
        id: &str,
        patch: &Map<String, Value>,
    ) -> Result<Client, OperationError> {
        self.change_clients(tenant, |clients| {
            let client = clients
                .iter_mut()
                .find(|client| is_called(client, id))
                .ok_or(OperationError::NotFound("client"))?;
            let changed: Client = merged(client, patch)?;
            if !is_called(&changed, client.client_id()) {
                return Err(OperationError::Invalid(
                    "a client_id does not change".to_owned(),
                ));
            }
            *client = changed.clone();
            Ok(changed)
        })
    }

    /// Replaces a registration, found by the client id of the new one.
    pub(crate) fn replace_client(
        &self,
        tenant: Option<&str>,
        client: &Client,
    ) -> Result<Client, OperationError> {
        self.change_clients(tenant, |clients| {
            let known = clients
                .iter_mut()
                .find(|known| is_called(known, client.client_id()))
                .ok_or(OperationError::NotFound("client"))?;
            *known = client.clone();
            Ok(client.clone())
        })
    }

    pub(crate) fn delete_client(
        &self,
        tenant: Option<&str>,
        id: &str,
    ) -> Result<(), OperationError> {
        self.change_clients(tenant, |clients| {
            let before = clients.len();
            clients.retain(|client| !is_called(client, id));
            if clients.len() == before {
                return Err(OperationError::NotFound("client"));
            }
            Ok(())
        })
    }

    fn change_clients<T>(
        &self,
        tenant: Option<&str>,
        change: impl FnOnce(&mut Vec<Client>) -> Result<T, OperationError>,
    ) -> Result<T, OperationError> {
        let provider = self.provider_of(tenant)?;
        let mut tenant = provider.tenant.clone();
        let result = change(&mut tenant.clients)?;
        self.replace_tenant(&provider, tenant);
        Ok(result)
    }
}

fn is_called(client: &Client, id: &str) -> bool {
    client.client_id().eq_ignore_ascii_case(id)
}
