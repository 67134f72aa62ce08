//! Applications of Entra ID that are known in other tenants than their own.

use super::{Client, Tenant, TenantKind};

impl Tenant {
    /// The tenant with the applications of all the others that are open to it; `None` if nothing
    /// changes.
    pub(crate) fn receiving<'a>(&self, all: impl Iterator<Item = &'a Self>) -> Option<Self> {
        if self.kind != TenantKind::Entra {
            return None;
        }
        let others = all.filter(|other| other.kind == TenantKind::Entra && other.id != self.id);
        let guests: Vec<Client> = others
            .flat_map(|other| &other.clients)
            .filter(|client| client.is_multi_tenant && !self.registers(client.client_id()))
            .cloned()
            .collect();
        (!guests.is_empty() || !self.guests.is_empty()).then(|| Self {
            guests,
            ..self.clone()
        })
    }
}
