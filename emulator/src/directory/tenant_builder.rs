use serde::{Deserialize, Serialize};

use super::{Attribute, AttributeType, Client, TenantKind, User, UserFlow, bare_name};

/// Describes a tenant; made by [`Tenant::b2c`](super::Tenant::b2c),
/// [`Tenant::external_id`](super::Tenant::external_id) and [`Tenant::entra`](super::Tenant::entra).
///
/// A new tenant is seeded like the default one: an application, the users Ada and Grace, a sample
/// API and the user flows of its kind.
///
/// ```
/// use b2c_emulator::{Client, Emulator, IssuerForm, Tenant, User};
///
/// let builder = Emulator::builder()
///     .add_tenant(
///         Tenant::b2c("fabrikam")
///             .id("bbbbcccc-1111-dddd-2222-eeee3333ffff")
///             .custom_domain("login.fabrikam.example")
///             .issuer_form(IssuerForm::Tfp)
///             .user(User::new("joan@fabrikam.example", "Passw0rd!")),
///     )
///     .add_tenant(Tenant::external_id("woodgrove"))
///     .add_tenant(
///         Tenant::entra("contoso").client(
///             Client::new("22223333-cccc-4444-dddd-5555eeee6666", "a secret for tests")
///                 .redirect_uri("https://shop.example/signin-oidc"),
///         ),
///     );
/// ```
#[derive(Clone, Debug)]
pub struct TenantBuilder {
    pub(super) kind: TenantKind,
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) custom_domains: Vec<String>,
    pub(super) verified_domains: Vec<String>,
    pub(super) issuer_form: IssuerForm,
    pub(super) redirect_uris: Vec<String>,
    pub(super) clients: Vec<Client>,
    pub(super) users: Vec<User>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) user_flows: Vec<UserFlow>,
    pub(super) links: Vec<(String, String)>,
    pub(super) is_seeded: bool,
}

/// The form of a B2C tenant's issuer.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IssuerForm {
    /// `https://{host}/{tenant GUID}/v2.0/`
    #[default]
    Default,
    /// `https://{host}/tfp/{tenant GUID}/{policy}/v2.0/`, for every user flow.
    Tfp,
}

impl TenantBuilder {
    pub(crate) fn new(kind: TenantKind, name: String) -> Self {
        Self {
            kind,
            name,
            id: None,
            custom_domains: Vec::new(),
            verified_domains: Vec::new(),
            issuer_form: IssuerForm::default(),
            redirect_uris: Vec::new(),
            clients: Vec::new(),
            users: Vec::new(),
            attributes: Vec::new(),
            user_flows: Vec::new(),
            links: Vec::new(),
            is_seeded: true,
        }
    }

    /// Sets the name: a label, which means `{label}.onmicrosoft.com`, or a domain.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    pub(crate) fn given_name(&self) -> &str {
        &self.name
    }

    /// Sets the tenant's GUID. Default: one that follows from kind and name.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Serves the tenant at a host name of its own, too. The name is also a verified domain.
    pub fn custom_domain(mut self, host: impl Into<String>) -> Self {
        self.custom_domains.push(host.into().to_ascii_lowercase());
        self
    }

    /// Adds a domain that can stand for the tenant in URLs. It is no host name.
    pub fn verified_domain(mut self, domain: impl Into<String>) -> Self {
        self.verified_domains
            .push(domain.into().to_ascii_lowercase());
        self
    }

    /// Sets the form of the issuer of every user flow; only B2C has a choice.
    /// Default: [`IssuerForm::Default`].
    pub fn issuer_form(mut self, form: IssuerForm) -> Self {
        self.issuer_form = form;
        self
    }

    /// Registers a redirect URI for the seeded application. Default, if this is never called:
    /// `http://localhost:5000/getAToken`.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Registers another application; one with the seeded application's id replaces it.
    pub fn client(mut self, client: Client) -> Self {
        self.clients.push(client);
        self
    }

    /// Declares a custom attribute, `LoyaltyId` for the claim `extension_LoyaltyId`. User flows ask
    /// for it with [`UserFlow::attribute`].
    pub fn attribute(mut self, name: &str, kind: AttributeType) -> Self {
        let name = bare_name(name).to_owned();
        self.attributes.push(Attribute { name, kind });
        self
    }

    /// Adds a user; one with the sign-in name of a seeded user replaces it.
    pub fn user(mut self, user: impl Into<User>) -> Self {
        self.users.push(user.into());
        self
    }

    /// Adds a user flow; one with the name of a seeded user flow replaces it.
    pub fn user_flow(mut self, user_flow: UserFlow) -> Self {
        self.user_flows.push(user_flow);
        self
    }

    /// Links an application to a user flow, as External ID does it. Default: every application is
    /// linked to the tenant's first user flow. At B2C the URL names the user flow instead.
    pub fn link_user_flow(
        mut self,
        client_id: impl Into<String>,
        user_flow: impl Into<String>,
    ) -> Self {
        self.links.push((client_id.into(), user_flow.into()));
        self
    }

    /// Leaves out the seeded application, users and user flows. Default: they are there.
    pub fn unseeded(mut self) -> Self {
        self.is_seeded = false;
        self
    }
}
