//! What a new project is to be, from options and questions alike.

use std::fmt::Write;
use std::path::PathBuf;

use b2c_templates::{Deploy, Kind, Store, Template};

use super::provider::Provider;
use super::understand;
use crate::command::arguments::New;
use crate::error::Error;
use crate::project::{DEFAULT_EMULATOR_PORT, DEFAULT_PORT, NewProject};
use crate::tenant::Tenant;
use crate::terminal::{SecretText, word};

/// Every answer.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    pub(super) path: PathBuf,
    pub(super) template: Template,
    pub(super) kind: Kind,
    /// The tenant, or the issuer of an OpenID provider; `None` for later.
    pub(super) tenant: Option<String>,
    /// Whose users may come, where the tenant stands for many.
    allowed_tenants: Vec<String>,
    instance: Option<String>,
    audiences: Vec<String>,
    pub(super) client_id: Option<String>,
    pub(super) flows: Flows,
    pub(super) secret: Option<SecretText>,
    /// `None` for the template's own, or where there are no sessions.
    pub(super) store: Option<Store>,
    pub(super) deploy: Vec<Deploy>,
}

/// Names of user flows; `none` takes one away.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Flows {
    pub(super) sign_up_sign_in: Option<String>,
    pub(super) edit_profile: Option<String>,
    pub(super) reset_password: Option<String>,
}

impl Answers {
    /// What the options say, with the defaults of the others.
    pub(super) fn of(arguments: &New) -> Self {
        let provider = &arguments.provider;
        Self {
            path: arguments.path.clone().unwrap_or_default(),
            template: arguments.template.unwrap_or_default(),
            kind: arguments.kind.unwrap_or_default(),
            tenant: provider.whom().cloned(),
            allowed_tenants: provider.allowed_tenant.clone(),
            instance: provider.instance.clone(),
            audiences: provider.audience.clone(),
            client_id: provider.client_id.clone(),
            flows: Flows {
                sign_up_sign_in: provider.sign_up_sign_in.clone(),
                edit_profile: provider.edit_profile.clone(),
                reset_password: provider.reset_password.clone(),
            },
            secret: None,
            store: arguments.store,
            deploy: arguments.extras.all(),
        }
    }

    /// Looks at the options as at answers.
    ///
    /// # Errors
    ///
    /// They belong to another kind of provider than that which is chosen, or would be asked for again.
    pub(super) fn check_options(&self, arguments: &New) -> Result<(), Error> {
        let provider = &arguments.provider;
        let is_oidc = arguments.kind == Some(Kind::Oidc);
        let message = if provider.issuer.is_some() && !is_oidc {
            "--issuer is for --kind oidc; the others have a --tenant"
        } else if is_oidc && (provider.tenant.is_some() || provider.tenant_id.is_some()) {
            "a provider of kind oidc has an --issuer in place of a --tenant"
        } else if is_oidc && provider.instance.is_some() {
            "a provider of kind oidc has an --issuer in place of an --instance"
        } else if !provider.audience.is_empty() && !accepts_tokens(arguments.template) {
            "--audience is for the templates api and grpc: the others take no access tokens"
        } else {
            return self.check_texts(provider).map_err(Error::Usage);
        };
        Err(Error::Usage(message.to_owned()))
    }

    /// The project.
    pub(super) fn project(&self, arguments: &New) -> NewProject {
        let mut project = NewProject::at(&self.path)
            .template(self.template)
            .kind(self.kind)
            .deploy(self.deploy.iter().copied())
            .port(arguments.port)
            .emulator_port(arguments.emulator_port);
        if let Some(store) = self.store {
            project = project.store(store);
        }
        if let Some(name) = &arguments.name {
            project = project.name(name);
        }
        if let Some(tenant) = self.tenant_settings() {
            project = project.tenant(tenant);
        }
        match &self.secret {
            Some(secret) => project.client_secret(secret.clone()),
            None => project,
        }
    }

    /// The command line that does the same without a question. The secret is asked for again.
    pub(super) fn command_line(&self, arguments: &New) -> String {
        let mut line = format!("cargo b2c-init new {}", word(&self.path.to_string_lossy()));
        let mut add = |flag: &str, value: Option<&str>| {
            if let Some(value) = value {
                let _ = write!(line, " {flag} {}", word(value));
            }
        };
        let unless = |value: &'static str, usual: &str| (value != usual).then_some(value);
        add(
            "--template",
            unless(self.template.name(), Template::default().name()),
        );
        add("--kind", unless(self.kind.name(), Kind::default().name()));
        let is_oidc = self.kind == Kind::Oidc;
        let whom = if is_oidc { "--issuer" } else { "--tenant" };
        add(whom, self.tenant.as_deref());
        for tenant in &self.allowed_tenants {
            add("--allowed-tenant", Some(tenant.as_str()));
        }
        add("--instance", self.instance.as_deref());
        for audience in &self.audiences {
            add("--audience", Some(audience.as_str()));
        }
        add("--client-id", self.client_id.as_deref());
        add("--sign-up-sign-in", self.flows.sign_up_sign_in.as_deref());
        add("--edit-profile", self.flows.edit_profile.as_deref());
        add("--reset-password", self.flows.reset_password.as_deref());
        add("--store", self.store.map(Store::name));
        let (places, checks): (Vec<Deploy>, Vec<Deploy>) = self
            .deploy
            .iter()
            .partition(|it| Deploy::PLACES.contains(it));
        let places: Vec<_> = places.into_iter().map(Deploy::name).collect();
        add(
            "--deploy",
            Some(places.join(",").as_str()).filter(|it| !it.is_empty()),
        );
        add("--ci", checks.first().map(|it| it.name()));
        add("--name", arguments.name.as_deref());
        for (flag, port, usual) in [
            ("--port", arguments.port, DEFAULT_PORT),
            (
                "--emulator-port",
                arguments.emulator_port,
                DEFAULT_EMULATOR_PORT,
            ),
        ] {
            add(flag, (port != usual).then(|| port.to_string()).as_deref());
        }
        if self.secret.is_some() {
            line.push_str(" --client-secret-stdin");
        }
        line + " --yes"
    }

    fn check_texts(&self, provider: &Provider) -> Result<(), String> {
        if let Some(name) = &provider.tenant {
            understand::tenant(name)?;
        }
        if let Some(url) = &provider.issuer {
            understand::issuer(url)?;
        }
        if let Some(id) = &provider.client_id {
            understand::client_id(self.kind, id)?;
        }
        Ok(())
    }

    /// What is set about the tenant, if anything is.
    fn tenant_settings(&self) -> Option<Tenant> {
        let mut tenant = Tenant::new();
        if let Some(whom) = &self.tenant {
            tenant = if self.kind == Kind::Oidc {
                tenant.issuer(whom)
            } else {
                tenant.tenant(whom)
            };
        }
        if !self.allowed_tenants.is_empty() {
            tenant = tenant.allowed_tenants(self.allowed_tenants.clone());
        }
        if let Some(url) = &self.instance {
            tenant = tenant.instance(url.trim_end_matches('/'));
        }
        if !self.audiences.is_empty() {
            tenant = tenant.audiences(self.audiences.clone());
        }
        if let Some(id) = &self.client_id {
            tenant = tenant.client_id(id);
        }
        if let Some(flow) = &self.flows.sign_up_sign_in {
            tenant = tenant.sign_up_sign_in(flow);
        }
        let flow = |name: &String| Some(name.clone()).filter(|name| name != NONE);
        if let Some(name) = &self.flows.edit_profile {
            tenant = tenant.edit_profile(flow(name));
        }
        if let Some(name) = &self.flows.reset_password {
            tenant = tenant.reset_password(flow(name));
        }
        (tenant != Tenant::new()).then_some(tenant)
    }
}

/// Whether projects of a template take access tokens of others.
fn accepts_tokens(template: Option<Template>) -> bool {
    matches!(template, None | Some(Template::Api | Template::Grpc))
}

/// No user flow.
pub(super) const NONE: &str = "none";
