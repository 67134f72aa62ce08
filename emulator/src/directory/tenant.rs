use super::{Api, Client, UserFlow, Users};

/// A directory with its applications, APIs, user flows and users.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) clients: Vec<Client>,
    pub(crate) apis: Vec<Api>,
    pub(crate) user_flows: Vec<UserFlow>,
    pub(crate) users: Users,
}

impl Tenant {
    /// Does the URL segment name this tenant, by its domain or its GUID, in any letter case?
    pub(crate) fn is_called(&self, segment: &str) -> bool {
        segment.eq_ignore_ascii_case(&self.name) || segment.eq_ignore_ascii_case(&self.id)
    }

    pub(crate) fn client(&self, client_id: &str) -> Option<&Client> {
        self.clients
            .iter()
            .find(|client| client.client_id().eq_ignore_ascii_case(client_id))
    }

    pub(crate) fn user_flow(&self, name: &str) -> Option<&UserFlow> {
        self.user_flows
            .iter()
            .find(|flow| flow.name().eq_ignore_ascii_case(name))
    }

    /// The tenant's name without its domain, for headings.
    pub(crate) fn short_name(&self) -> &str {
        self.name.split('.').next().unwrap_or(&self.name)
    }
}
