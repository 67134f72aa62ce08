use minijinja::{Value, context};

use super::{Pages, frame::frame};
use crate::{address::Authority, directory::Tenant, provider::Providers, random};

impl Pages {
    /// The page at `/`: what is registered, and where.
    pub(crate) fn start(&self, providers: &Providers, origin: &str) -> String {
        let tenant = &providers.default().tenant;
        let user_flows = tenant.user_flows.iter().map(|flow| {
            context! {
                name => flow.name(),
                purpose => flow.kind().purpose(),
                metadata => Authority::usual(origin, tenant, flow).metadata(),
            }
        });
        let clients = tenant.clients.iter().map(|client| {
            context! {
                id => client.client_id(),
                secret => client.client_secret(),
                redirect_uris => client.redirect_uris().iter().collect::<Value>(),
            }
        });
        let apis = tenant.apis.iter().map(|api| {
            let scopes = api.scopes.iter().map(|name| api.scope_uri(name));
            context! { id => &api.client_id, scopes => scopes.collect::<Value>() }
        });
        let users = tenant.users.all().into_iter().take(MOST_USERS).map(|user| {
            context! {
                name => user.display_name,
                sign_in_name => user.sign_in_name,
                password => user.password,
            }
        });
        let others = providers.all().skip(1).map(|provider| {
            let tenant = &provider.tenant;
            let metadata = metadata_urls(tenant, origin);
            context! {
                name => &tenant.name,
                id => &tenant.id,
                product => tenant.kind.product(),
                metadata => metadata.collect::<Value>(),
            }
        });
        let page = context! {
            other_tenants => others.collect::<Value>(),
            tenant_name => &tenant.name,
            tenant_id => &tenant.id,
            origin => origin,
            user_flows => user_flows.collect::<Value>(),
            clients => clients.collect::<Value>(),
            apis => apis.collect::<Value>(),
            users => users.collect::<Value>(),
        };
        let frame = frame(tenant.short_name(), None, &random::guid());
        self.render("start.html", context! { ..page, ..frame })
    }
}

/// One per user flow at B2C, else one per tenant.
fn metadata_urls(tenant: &Tenant, origin: &str) -> impl Iterator<Item = String> {
    let most = if tenant.kind.is_b2c() { usize::MAX } else { 1 };
    let flows = tenant.user_flows.iter().take(most);
    flows.map(move |flow| Authority::usual(origin, tenant, flow).metadata())
}

const MOST_USERS: usize = 50;
