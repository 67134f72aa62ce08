use minijinja::{Value, context};

use super::{Pages, frame::frame};
use crate::{address::Authority, provider::Providers, random};

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
        let page = context! {
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

const MOST_USERS: usize = 50;
