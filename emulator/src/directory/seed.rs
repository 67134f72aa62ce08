//! What a fresh emulator contains.

use std::sync::Arc;

use super::{
    Api, Client, IssuerForm, Tenant, TenantBuilder, TenantKind, User, UserFlow, Users, derived_guid,
};

impl Tenant {
    /// Creates the seeded tenant: three user flows, one API, the users Ada and Grace, and more.
    pub(crate) fn seeded(
        name: String,
        clients: Vec<Client>,
        more_users: Vec<User>,
        more_user_flows: Vec<UserFlow>,
    ) -> Self {
        let api = Api {
            client_id: API_CLIENT_ID.to_owned(),
            app_id_uri: format!("https://{name}/demo-api"),
            scopes: vec!["demo.read".to_owned(), "demo.write".to_owned()],
        };
        let mut users = vec![ada(), grace()];
        for user in more_users {
            users.retain(|seeded| !seeded.sign_in_name.eq_ignore_ascii_case(&user.sign_in_name));
            users.push(user);
        }
        let mut user_flows = vec![
            UserFlow::sign_up_sign_in("B2C_1_signupsignin1"),
            UserFlow::profile_editing("B2C_1_profileediting1"),
            UserFlow::password_reset("B2C_1_passwordreset1"),
        ];
        for flow in more_user_flows {
            let known = user_flows
                .iter_mut()
                .find(|known| known.name().eq_ignore_ascii_case(flow.name()));
            match known {
                Some(known) => *known = flow,
                None => user_flows.push(flow),
            }
        }
        Self {
            kind: TenantKind::B2c,
            name,
            id: TENANT_ID.to_owned(),
            custom_domains: Vec::new(),
            verified_domains: Vec::new(),
            clients,
            guests: Vec::new(),
            apis: vec![api],
            user_flows,
            links: Vec::new(),
            users: Arc::new(Users::new(users, Vec::new())),
        }
    }
}

impl TenantBuilder {
    /// Describes the tenant that is there without asking.
    pub(crate) fn seeded() -> Self {
        Tenant::b2c("b2cemulator").id(TENANT_ID)
    }

    /// Creates the tenant; `None` for a name that is no domain.
    pub(crate) fn build(self) -> Option<Tenant> {
        let name = tenant_domain(&self.name)?;
        let hosts = || self.custom_domains.iter().chain(&self.verified_domains);
        if !hosts().all(|host| is_domain(host)) {
            return None;
        }
        let clients = merged_clients(self.is_seeded, self.redirect_uris, self.clients);
        let id = self
            .id
            .unwrap_or_else(|| derived_guid(&format!("{}/{name}", self.kind.product())));
        let mut tenant = Tenant::seeded(name, clients, Vec::new(), Vec::new());
        tenant.kind = self.kind;
        tenant.id = id.to_ascii_lowercase();
        tenant.custom_domains = self.custom_domains;
        tenant.verified_domains = self.verified_domains;
        tenant.links = self.links;
        let seeded_flows = match self.kind {
            TenantKind::B2c => tenant.user_flows,
            TenantKind::ExternalId => {
                vec![UserFlow::sign_up_sign_in("SignUpSignIn").embedded_password_reset()]
            }
            TenantKind::Entra => vec![UserFlow::sign_in("SignIn").embedded_password_reset()],
        };
        let users = if self.is_seeded {
            vec![ada(), grace()]
        } else {
            Vec::new()
        };
        // Outside of B2C people sign in without any user flow, too.
        let needs_flow = !self.kind.is_b2c() && self.user_flows.is_empty();
        let flows = if self.is_seeded || needs_flow {
            seeded_flows
        } else {
            Vec::new()
        };
        tenant.user_flows = merged(flows, self.user_flows, UserFlow::name);
        let users = merged(users, self.users, User::sign_in_name);
        tenant.users = Arc::new(Users::new(users, self.attributes));
        if self.issuer_form == IssuerForm::Tfp {
            for flow in &mut tenant.user_flows {
                flow.settings.issuer_with_policy = true;
            }
        }
        if !self.kind.is_b2c() {
            for api in &mut tenant.apis {
                api.app_id_uri = format!("api://{}", api.client_id);
            }
        }
        Some(tenant)
    }
}

fn merged_clients(is_seeded: bool, redirect_uris: Vec<String>, more: Vec<Client>) -> Vec<Client> {
    let seeded = is_seeded || more.is_empty();
    let clients = seeded.then(|| Client::seeded(redirect_uris));
    merged(clients.into_iter().collect(), more, Client::client_id)
}

/// Puts new things behind the seeded ones; one with the name of an old one takes its place.
fn merged<T>(mut all: Vec<T>, more: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    for new in more {
        let index = all
            .iter()
            .position(|old| name(old).eq_ignore_ascii_case(name(&new)));
        match index {
            Some(index) => all[index] = new,
            None => all.push(new),
        }
    }
    all
}

/// `fabrikam.onmicrosoft.com` for `fabrikam`; `None` for what is no domain.
pub(crate) fn tenant_domain(name: &str) -> Option<String> {
    if !is_domain(name) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    if name.contains('.') {
        Some(name)
    } else {
        Some(format!("{name}.onmicrosoft.com"))
    }
}

pub(crate) fn is_domain(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.split('.').all(is_label)
}

impl Client {
    /// Returns the seeded application; without any URI it gets the default one.
    pub(crate) fn seeded(redirect_uris: Vec<String>) -> Self {
        let client = Self::new(CLIENT_ID, CLIENT_SECRET);
        if redirect_uris.is_empty() {
            client.redirect_uri(REDIRECT_URI)
        } else {
            redirect_uris.into_iter().fold(client, Self::redirect_uri)
        }
    }
}

fn ada() -> User {
    User::new("ada@emulator.example", PASSWORD)
        .object_id("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb")
        .display_name("Ada Lovelace")
        .given_name("Ada")
        .surname("Lovelace")
        .city("London")
        .country("United Kingdom")
        .into()
}

fn grace() -> User {
    User::new("grace@emulator.example", PASSWORD)
        .object_id("bbbbbbbb-1111-2222-3333-cccccccccccc")
        .display_name("Grace Hopper")
        .given_name("Grace")
        .surname("Hopper")
        .city("Arlington")
        .country("United States")
        .into()
}

const TENANT_ID: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const CLIENT_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const CLIENT_SECRET: &str = "emulator-secret-not-for-production";
const REDIRECT_URI: &str = "http://localhost:5000/getAToken";
const API_CLIENT_ID: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const PASSWORD: &str = "Passw0rd!";
