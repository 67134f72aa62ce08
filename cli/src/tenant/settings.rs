//! What is to be set about a tenant.

use b2c_templates::Kind;
use toml_edit::TableLike;

use crate::day::Day;

/// Settings of a provider. What is not set stays as the project has it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tenant {
    pub(super) kind: Option<Kind>,
    pub(super) texts: Vec<(&'static str, String)>,
    pub(super) user_flows: Vec<(&'static str, Option<String>)>,
    pub(super) secret: Option<Secret>,
    pub(super) base_url: Option<String>,
    pub(super) allowed_tenants: Option<Vec<String>>,
    pub(super) audiences: Option<Vec<String>>,
}

impl Tenant {
    /// Whether nothing of a provider is set.
    pub(crate) fn has_no_provider(&self) -> bool {
        self.kind.is_none()
            && self.texts.is_empty()
            && self.user_flows.is_empty()
            && self.secret.is_none()
            && self.allowed_tenants.is_none()
    }
}

/// Where the app finds its client secret. There is no way to give the secret itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Secret {
    /// In this environment variable, or this line of `.env`.
    Env(String),
    /// In this file.
    File(String),
}

impl Tenant {
    /// Nothing to be set yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The kind of provider.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// The tenant's name (`contoso`), domain or GUID; for `oidc` there is none.
    pub fn tenant(self, tenant: impl Into<String>) -> Self {
        self.text("tenant", tenant)
    }

    /// The origin of the sign-in pages, with a custom domain `https://login.contoso.com`.
    pub fn instance(self, instance: impl Into<String>) -> Self {
        self.text("instance", instance)
    }

    /// The issuer of a provider of kind `oidc`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.text("issuer", issuer)
    }

    /// The application (client) id.
    pub fn client_id(self, id: impl Into<String>) -> Self {
        self.text("client_id", id)
    }

    /// The user flow that users sign up and sign in with.
    pub fn sign_up_sign_in(self, flow: impl Into<String>) -> Self {
        self.user_flow("sign_up_sign_in", Some(flow.into()))
    }

    /// The user flow to edit the profile with; `None` for none.
    pub fn edit_profile(self, flow: Option<String>) -> Self {
        self.user_flow("edit_profile", flow)
    }

    /// The user flow to reset the password with; `None` for none.
    pub fn reset_password(self, flow: Option<String>) -> Self {
        self.user_flow("reset_password", flow)
    }

    /// Where the client secret is found.
    pub fn secret(mut self, secret: Secret) -> Self {
        self.secret = Some(secret);
        self
    }

    /// The day on which the client secret ends.
    pub(crate) fn client_secret_expires(self, day: Day) -> Self {
        self.text("client_secret_expires", day.to_string())
    }

    /// Where browsers reach the app when this profile is in use.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The GUIDs of the tenants whose users may sign in, where `tenant` is `common`, `organizations` or
    /// `consumers`; `*` alone for all.
    pub fn allowed_tenants(mut self, tenants: impl IntoIterator<Item = String>) -> Self {
        self.allowed_tenants = Some(tenants.into_iter().collect());
        self
    }

    /// What the claim `aud` of the access tokens says that an API takes.
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = String>) -> Self {
        self.audiences = Some(audiences.into_iter().collect());
        self
    }

    /// What a provider's table says of its tenant and registration.
    pub(crate) fn of(provider: &dyn TableLike) -> Self {
        let text = |key: &str| {
            let item = provider.get(key)?;
            let day = item.as_datetime().map(ToString::to_string);
            day.or_else(|| item.as_str().map(str::to_owned))
        };
        let mut tenant = Self::new();
        for key in [
            "tenant",
            "instance",
            "issuer",
            "client_id",
            "client_secret_expires",
        ] {
            if let Some(value) = text(key) {
                tenant = tenant.text(key, value);
            }
        }
        let secret = |how: &str| provider.get("client_secret")?.get(how)?.as_str();
        let env = secret("env").map(|name| Secret::Env(name.to_owned()));
        tenant.secret = env.or_else(|| secret("file").map(|path| Secret::File(path.to_owned())));
        tenant
    }

    /// Whether it says where the client secret is found.
    pub(crate) fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// Where the settings are that get a value, in a profile of `b2c.toml`.
    pub(super) fn keys<'a>(&'a self, profile: &'a str) -> Vec<Vec<&'a str>> {
        let provider = ["profile", profile, "provider"];
        let key = |key: &'a str| [provider.as_slice(), &[key]].concat();
        let mut keys: Vec<_> = self.texts.iter().map(|(name, _)| key(name)).collect();
        keys.extend(self.kind.map(|_| key("kind")));
        keys.extend(self.secret.as_ref().map(|_| key("client_secret")));
        let flows = self.user_flows.iter().filter(|(_, flow)| flow.is_some());
        keys.extend(flows.map(|(name, _)| [provider.as_slice(), &["user_flows", name]].concat()));
        keys.extend(
            self.allowed_tenants
                .as_ref()
                .map(|_| key("allowed_tenants")),
        );
        let beside = [
            (self.base_url.is_some(), ["app", "base_url"]),
            (self.audiences.is_some(), ["api", "audiences"]),
        ];
        let beside = beside.into_iter().filter(|(is_set, _)| *is_set);
        keys.extend(beside.map(|(_, [table, key])| vec!["profile", profile, table, key]));
        keys
    }

    /// A text that is set of the provider: its `tenant`, `client_id`, …
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        let set = self.texts.iter().find(|(set, _)| *set == key);
        set.map(|(_, text)| text.as_str())
    }

    fn text(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.texts.push((key, value.into()));
        self
    }

    fn user_flow(mut self, key: &'static str, flow: Option<String>) -> Self {
        self.user_flows.push((key, flow));
        self
    }
}

/// Whether this is no tenant but many of Entra ID's, of which `allowed_tenants` says whose users may come
/// ([authorities](https://learn.microsoft.com/entra/identity-platform/msal-client-application-configuration#authority)).
pub(crate) fn is_several(tenant: &str) -> bool {
    matches!(tenant, "common" | "organizations" | "consumers")
}
