use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::directory::{
    Api, Attribute, Client, IssuerForm, Tenant, TenantKind, User, UserFlow, Users, tenant_domain,
};

/// A tenant in a seed. What is left out is as usual.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Directory {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<TenantKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom_domains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verified_domains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) issuer_form: Option<IssuerForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attribute: Option<Vec<Attribute>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_flows: Option<Vec<UserFlow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clients: Option<Vec<Client>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) links: Option<Vec<Link>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) apis: Option<Vec<Api>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) users: Option<Vec<User>>,
}

/// The user flow that an application is linked to.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    client_id: String,
    user_flow: String,
}

impl Directory {
    /// Everything that a tenant has.
    pub(super) fn of(tenant: &Tenant) -> Self {
        let links = tenant.links.iter();
        let links = links.map(|(client_id, user_flow)| Link {
            client_id: client_id.clone(),
            user_flow: user_flow.clone(),
        });
        Self {
            kind: Some(tenant.kind),
            name: Some(tenant.name.clone()),
            id: Some(tenant.id.clone()),
            custom_domains: Some(tenant.custom_domains.clone()),
            verified_domains: Some(tenant.verified_domains.clone()),
            // It stands in the user flows.
            issuer_form: None,
            attribute: Some(tenant.users.attributes()),
            user_flows: Some(tenant.user_flows.clone()),
            clients: Some(tenant.clients.clone()),
            links: Some(links.collect()),
            apis: Some(tenant.apis.clone()),
            users: Some(tenant.users.all()),
        }
    }

    pub(super) fn kind(&self) -> TenantKind {
        self.kind.unwrap_or(TenantKind::B2c)
    }

    /// Does the tenant have the name, or else the GUID, of this entry?
    pub(super) fn is_about(&self, tenant: &Tenant) -> bool {
        let name = self.name.as_deref().and_then(tenant_domain);
        self.kind() == tenant.kind && name.as_deref() == Some(tenant.name.as_str())
    }

    pub(super) fn has_id_of(&self, tenant: &Tenant) -> bool {
        let id = self.id.as_deref();
        self.kind() == tenant.kind && id.is_some_and(|id| id.eq_ignore_ascii_case(&tenant.id))
    }

    /// The tenant, with `usual` in place of what is left out.
    pub(super) fn tenant(&self, usual: &Tenant) -> Tenant {
        let Self {
            name,
            id,
            custom_domains,
            verified_domains,
            attribute,
            user_flows,
            clients,
            links,
            apis,
            users,
            ..
        } = self.clone();
        let links = links.map(|links| {
            let pair = |link: Link| (link.client_id, link.user_flow);
            links.into_iter().map(pair).collect()
        });
        let mut user_flows = user_flows.unwrap_or_else(|| usual.user_flows.clone());
        if let Some(form) = self.issuer_form {
            for flow in &mut user_flows {
                flow.settings.issuer_with_policy = form == IssuerForm::Tfp;
            }
        }
        Tenant {
            kind: usual.kind,
            // A name that is none is kept for the one who complains about it.
            name: name.map_or_else(
                || usual.name.clone(),
                |name| tenant_domain(&name).unwrap_or(name),
            ),
            id: id.unwrap_or_else(|| usual.id.clone()).to_ascii_lowercase(),
            custom_domains: lower_case(custom_domains, &usual.custom_domains),
            verified_domains: lower_case(verified_domains, &usual.verified_domains),
            clients: clients.unwrap_or_else(|| usual.clients.clone()),
            guests: usual.guests.clone(),
            apis: apis.unwrap_or_else(|| usual.apis.clone()),
            user_flows,
            links: links.unwrap_or_else(|| usual.links.clone()),
            users: if attribute.is_none() && users.is_none() {
                Arc::clone(&usual.users)
            } else {
                Arc::new(Users::new(
                    users.unwrap_or_else(|| usual.users.all()),
                    attribute.unwrap_or_else(|| usual.users.attributes()),
                ))
            },
        }
    }
}

fn lower_case(domains: Option<Vec<String>>, usual: &[String]) -> Vec<String> {
    let domains = domains.unwrap_or_else(|| usual.to_vec());
    let domains = domains.into_iter();
    domains.map(|domain| domain.to_ascii_lowercase()).collect()
}
