use super::AuthorizationRequest;
use crate::{
    address::Authority,
    directory::{Tenant, UserFlow},
    protocol::issuer,
    session::Application,
};

impl AuthorizationRequest {
    /// What the browser's session remembers of the application.
    pub(crate) fn application(
        &self,
        object_id: &str,
        tenant: &Tenant,
        authority: &Authority,
        user_flow: &UserFlow,
    ) -> Application {
        Application {
            client_id: self.client_id.clone(),
            issuer: issuer(authority, tenant, user_flow),
            subject: tenant.subject(object_id, &self.client_id),
            is_at_custom_policy: user_flow.is_custom(),
        }
    }
}
