use std::sync::Arc;

use super::{Api, Client, TenantBuilder, TenantKind, UserFlow, Users};
use crate::address::{host_name, is_loopback_host};

/// A directory with its applications, APIs, user flows and users.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub(crate) kind: TenantKind,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) custom_domains: Vec<String>,
    pub(crate) verified_domains: Vec<String>,
    pub(crate) clients: Vec<Client>,
    /// The applications of other tenants of Entra ID that are open to this one.
    pub(crate) guests: Vec<Client>,
    pub(crate) apis: Vec<Api>,
    pub(crate) user_flows: Vec<UserFlow>,
    /// Client id and user flow of External ID's applications.
    pub(crate) links: Vec<(String, String)>,
    pub(crate) users: Arc<Users>,
}

impl Tenant {
    /// Describes an Azure AD B2C tenant, `{name}.b2clogin.com`.
    pub fn b2c(name: impl Into<String>) -> TenantBuilder {
        TenantBuilder::new(TenantKind::B2c, name.into())
    }

    /// Describes an Entra External ID tenant, `{name}.ciamlogin.com`.
    pub fn external_id(name: impl Into<String>) -> TenantBuilder {
        TenantBuilder::new(TenantKind::ExternalId, name.into())
    }

    /// Describes an Entra ID tenant, `login.microsoftonline.com/{name}.onmicrosoft.com`.
    pub fn entra(name: impl Into<String>) -> TenantBuilder {
        TenantBuilder::new(TenantKind::Entra, name.into())
    }

    /// The product that the tenant belongs to.
    pub fn kind(&self) -> TenantKind {
        self.kind
    }

    /// The domain, for example `fabrikam.onmicrosoft.com`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The GUID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The registered applications.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The host names that the tenant is served at, beside those of the loopback interface.
    pub fn host_names(&self) -> Vec<String> {
        let mut names = match self.kind {
            TenantKind::B2c => vec![format!("{}.b2clogin.com", self.short_name())],
            TenantKind::ExternalId => vec![
                format!("{}.ciamlogin.com", self.short_name()),
                format!("{}.ciamlogin.com", self.id),
            ],
            TenantKind::Entra => vec!["login.microsoftonline.com".to_owned()],
        };
        names.extend(self.custom_domains.iter().cloned());
        names
    }

    /// Is the tenant served at this host, given with or without a port?
    pub(crate) fn is_served_at(&self, host: &str) -> bool {
        let name = host_name(host);
        is_loopback_host(host)
            || self
                .host_names()
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Does the URL segment name this tenant, by a domain or its GUID, in any letter case?
    pub(crate) fn is_called(&self, segment: &str) -> bool {
        [&self.name, &self.id]
            .into_iter()
            .chain(&self.custom_domains)
            .chain(&self.verified_domains)
            .any(|name| segment.eq_ignore_ascii_case(name))
            || (self.kind == TenantKind::Entra && is_shared_authority(segment))
    }

    /// Does a test or an operator mean this tenant, by its name, its domain or its GUID?
    pub(crate) fn is_known_as(&self, name: &str) -> bool {
        [&self.name, &self.id, self.short_name()]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }

    /// An application that the tenant knows: one of its own, or a guest.
    pub(crate) fn client(&self, client_id: &str) -> Option<&Client> {
        let mut known = self.clients.iter().chain(&self.guests);
        known.find(|client| client.client_id().eq_ignore_ascii_case(client_id))
    }

    /// Is the application one of the tenant's own?
    pub(crate) fn registers(&self, client_id: &str) -> bool {
        let mut own = self.clients.iter();
        own.any(|client| client.client_id().eq_ignore_ascii_case(client_id))
    }

    pub(crate) fn user_flow(&self, name: &str) -> Option<&UserFlow> {
        self.user_flows
            .iter()
            .find(|flow| flow.name().eq_ignore_ascii_case(name))
    }

    /// The user flow that an application of External ID is linked to.
    pub(crate) fn linked_user_flow(&self, client_id: &str) -> Option<&UserFlow> {
        let link = self
            .links
            .iter()
            .find(|(linked, _)| linked.eq_ignore_ascii_case(client_id));
        match link {
            Some((_, name)) => self.user_flow(name),
            None => self.user_flows.first(),
        }
    }

    /// Has a user flow the userinfo endpoint of OpenID Connect? Outside of B2C it is the tenant's.
    pub(crate) fn has_userinfo(&self, user_flow: &UserFlow) -> bool {
        let is_on = |flow: &UserFlow| flow.settings.userinfo;
        is_on(user_flow) || !self.kind.is_b2c() && self.user_flows.iter().any(is_on)
    }

    /// The tenant's name without its domain, for headings.
    pub(crate) fn short_name(&self) -> &str {
        self.name.split('.').next().unwrap_or(&self.name)
    }
}

/// Does the URL segment stand for several tenants of Entra ID?
pub(crate) fn is_shared_authority(segment: &str) -> bool {
    ["common", "organizations", "consumers"]
        .iter()
        .any(|name| segment.eq_ignore_ascii_case(name))
}
