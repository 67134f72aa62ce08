//! What a profile of `b2c.toml` needs at its provider.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::microsoft_graph;
use crate::error::Error;
use crate::guid::is_guid;
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::{Kind, OfKind as _, effective, text_at};
use crate::terminal::{option_to, word};

/// What is to be registered.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) profile: String,
    pub(crate) kind: Kind,
    /// The tenant as `b2c.toml` names it.
    pub(crate) tenant: String,
    /// The name that people see.
    pub(crate) name: String,
    /// By which the registration is found again.
    pub(crate) tag: String,
    /// The registration that `b2c.toml` names already.
    pub(crate) client_id: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    /// Only over https, as the portal asks.
    pub(crate) logout_url: Option<String>,
    /// For the response type `code id_token`.
    pub(crate) id_tokens: bool,
    /// The command that sets something in this profile.
    pub(crate) set: String,
    /// The scopes that the app exposes itself.
    pub(crate) exposes: Vec<String>,
    pub(crate) apis: Vec<WantedApi>,
    /// The delegated scopes of Microsoft Graph that the app asks for.
    pub(crate) graph_scopes: Vec<String>,
    pub(crate) user_flows: Vec<WantedFlow>,
    pub(crate) secret: SecretPlace,
    /// Whether the token is taken for one of this tenant where nothing tells.
    pub(crate) trusts_token: bool,
    /// Whether a registration that only its tag tells is taken for this one.
    pub(crate) adopts: bool,
    /// What this command leaves to people, and why.
    pub(crate) left: Vec<String>,
}

/// An API that the app calls for its users.
#[derive(Clone, Debug)]
pub(crate) struct WantedApi {
    /// Its App ID URI.
    pub(crate) uri: String,
    pub(crate) scopes: Vec<String>,
}

/// A user flow of B2C.
#[derive(Clone, Debug)]
pub(crate) struct WantedFlow {
    pub(crate) name: String,
    /// Graph's word for what it does.
    pub(crate) kind: &'static str,
}

/// Where the client secret goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SecretPlace {
    /// Into this line of `.env`.
    Env(String),
    /// The app has no secret, or keeps it where this command does not write.
    Nowhere,
}

impl WantedApi {
    /// Whether it is of the tenant with this domain, so that it can be registered there.
    pub(super) fn is_of(&self, domain: &str) -> bool {
        self.uri.starts_with(&format!("https://{domain}/"))
    }
}

impl Wanted {
    /// Reads a profile. The name is that of the project unless another one is given.
    ///
    /// # Errors
    ///
    /// The profile is no tenant of Microsoft's, or names none yet.
    pub(crate) fn read(
        project: &Project,
        profile: &str,
        name: Option<&str>,
    ) -> Result<Self, Error> {
        let document = project.read(CONFIG_FILE)?.unwrap_or_default();
        let document: Table = document.parse().map_err(|error: toml::de::Error| {
            Error::Config(format!("{CONFIG_FILE} is not TOML: {}", error.message()))
        })?;
        let settings = effective(&document, profile);
        let (kind, tenant) = whom(project, &settings, profile)?;
        let name = name.map_or_else(|| name_of(project), str::to_owned);
        let mut left = Vec::new();
        let (secret, why) = secret(project, &settings, profile)?;
        left.extend(why);
        let (user_flows, custom) = user_flows(&settings, kind);
        left.extend(custom);
        let (graph, apis): (Vec<_>, Vec<_>) = apis(&settings)
            .into_iter()
            .partition(|api| microsoft_graph::is_it(&api.uri));
        let scopes = graph.into_iter().flat_map(|api| api.scopes);
        let (graph_scopes, unknown): (Vec<_>, Vec<_>) =
            scopes.partition(|scope| microsoft_graph::id_of(scope).is_some());
        if !unknown.is_empty() {
            left.push(format!(
                "of Microsoft Graph's permissions these are added by hand, under API permissions: {}",
                unknown.join(", ")
            ));
        }
        let https = |url: &String| url.starts_with("https://");
        let scopes = |value: Option<&Value>| texts(value.and_then(|table| table.get("scopes")));
        Ok(Self {
            tag: format!("b2c-init:{name}:{profile}"),
            client_id: Some(text_at(&settings, &["provider", "client_id"]))
                .filter(|id| is_guid(id))
                .map(str::to_owned),
            redirect_uris: redirect_uris(&document, kind),
            logout_url: url_of(&settings, FRONT_CHANNEL).filter(https),
            id_tokens: text_at(&settings, &["provider", "response_type"]).contains("id_token"),
            exposes: scopes(settings.get("api")),
            apis,
            graph_scopes,
            set: format!(
                "cargo b2c-init tenant set{} --profile {}",
                option_to(project.root()),
                word(profile)
            ),
            profile: profile.to_owned(),
            kind,
            tenant,
            name,
            user_flows,
            secret,
            trusts_token: false,
            adopts: false,
            left,
        })
    }

    /// What is left undone where nothing but the tenant's id is known: in B2C an App ID URI has one of its
    /// domains in it.
    pub(crate) fn lacks_domain(&self) -> Option<String> {
        let is_needed = self.kind == Kind::B2c && !self.exposes.is_empty();
        (is_needed && is_guid(&self.domain())).then(|| {
            "the scopes that the app exposes need one of the tenant's domains in their App ID URI, and \
             provider.tenant is its id: add them under \"Expose an API\" by hand, or name the tenant by its domain"
                .to_owned()
        })
    }

    /// The APIs of the tenant, as far as its name tells, and those of others.
    pub(super) fn own_apis(&self) -> (Vec<&WantedApi>, Vec<&WantedApi>) {
        let domain = self.domain();
        self.apis.iter().partition(|api| api.is_of(&domain))
    }

    /// The APIs that are nobody's to register in this tenant, as far as its name tells.
    pub(crate) fn foreign_apis(&self) -> Vec<&str> {
        let (_, foreign) = self.own_apis();
        foreign.into_iter().map(|api| api.uri.as_str()).collect()
    }

    /// The tenant's first domain, as far as its name tells; its id, where it has no name.
    pub(super) fn domain(&self) -> String {
        if self.tenant.contains('.') || is_guid(&self.tenant) {
            self.tenant.clone()
        } else {
            format!("{}.onmicrosoft.com", self.tenant)
        }
    }
}

fn whom(project: &Project, settings: &Table, profile: &str) -> Result<(Kind, String), Error> {
    let other = |what: &str| {
        Err(Error::Usage(format!(
            "the profile \"{profile}\" {what}; register the app there by hand"
        )))
    };
    if settings.contains_key("providers") {
        return other("has several providers, [providers.NAME]");
    }
    let kind = settings.get("provider").map(Value::kind).transpose()?;
    if kind == Some(Kind::Oidc) {
        return other("is of kind oidc, which Microsoft Graph knows nothing of");
    }
    let tenant = text_at(settings, &["provider", "tenant"]);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    match kind {
        Some(kind) if !tenant.is_empty() && tenant.chars().all(is_name) => {
            Ok((kind, tenant.to_owned()))
        }
        _ => Err(Error::Config(format!(
            "the profile \"{profile}\" names no tenant yet; set it: cargo b2c-init tenant set{} contoso \
             --profile {}",
            option_to(project.root()),
            word(profile)
        ))),
    }
}

fn name_of(project: &Project) -> String {
    let answered = project.lock().and_then(|lock| lock.answers.get("name"));
    let answered = answered.and_then(Value::as_str).map(str::to_owned);
    answered.unwrap_or_else(|| {
        let root = std::path::absolute(project.root()).unwrap_or_default();
        let name = root.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    })
}

fn secret(
    project: &Project,
    settings: &Table,
    profile: &str,
) -> Result<(SecretPlace, Option<String>), Error> {
    let provider = settings.get("provider");
    let own = provider.and_then(|provider| provider.get("client_secret"));
    if let Some(name) = own.and_then(|secret| secret.get("env")?.as_str()) {
        return Ok((SecretPlace::Env(name.to_owned()), None));
    }
    let file = own.and_then(|secret| secret.get("file")?.as_str());
    if let Some(file) = file {
        let left = format!("the client secret belongs into {file}, which is where the app runs");
        return Ok((SecretPlace::Nowhere, Some(left)));
    }
    let proves_otherwise = ["client_certificate", "client_key", "client_assertion"];
    let has = |key: &str| provider.is_some_and(|provider| provider.get(key).is_some());
    let way = text_at(settings, &["provider", "client_authentication"]);
    if proves_otherwise.into_iter().any(has)
        || !matches!(way, "" | "client_secret_post" | "client_secret_basic")
    {
        let left = "the app proves itself without a secret: its certificate or federated credential is \
                    added at the registration by hand";
        return Ok((SecretPlace::Nowhere, Some(left.to_owned())));
    }
    let variable = project.new_variable(profile, None)?;
    Ok((SecretPlace::Env(variable), None))
}

/// Of every profile, so that one registration serves the developer's machine, too. Microsoft Entra
/// sends people back from a sign-out only to an address that is registered
/// ([OpenID Connect on the Microsoft identity platform](https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request));
/// B2C asks for none.
fn redirect_uris(document: &Table, kind: Kind) -> Vec<String> {
    let profiles = document.get("profile").and_then(Value::as_table);
    let names = profiles.into_iter().flat_map(Table::keys);
    let uris = names.flat_map(|name| {
        let settings = effective(document, name);
        let own = text_at(&settings, &["provider", "redirect_path"]);
        let sign_in = match own {
            "" => url_of(&settings, REDIRECT),
            own => Some(join(text_at(&settings, &["app", "base_url"]), own)),
        };
        let sign_out = url_of(&settings, AFTER_SIGN_OUT).filter(|_| kind != Kind::B2c);
        sign_in.into_iter().chain(sign_out)
    });
    let uris: BTreeSet<String> = uris.filter(|uri| uri.contains("://")).collect();
    uris.into_iter().collect()
}

/// The URL of one of the layer's paths, by its key and default.
fn url_of(settings: &Table, (key, default): (&str, &str)) -> Option<String> {
    let base = text_at(settings, &["app", "base_url"]);
    let path = match text_at(settings, &["app", key]) {
        "" => default,
        path => path,
    };
    (!base.is_empty()).then(|| join(base, path))
}

fn join(base: &str, path: &str) -> String {
    format!("{}{path}", base.trim_end_matches('/'))
}

/// One of each resource, though several `[[downstream]]` may be of it.
fn apis(settings: &Table) -> Vec<WantedApi> {
    let all = settings.get("downstream").and_then(Value::as_array);
    let mut apis: Vec<WantedApi> = Vec::new();
    for api in all.into_iter().flatten() {
        let Some(uri) = api.get("resource").and_then(Value::as_str) else {
            continue;
        };
        let uri = uri.trim_end_matches('/');
        let place = apis.iter().position(|it| it.uri == uri);
        let place = place.unwrap_or_else(|| {
            apis.push(WantedApi {
                uri: uri.to_owned(),
                scopes: Vec::new(),
            });
            apis.len() - 1
        });
        let scopes = &mut apis[place].scopes;
        for scope in texts(api.get("scopes")) {
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
    }
    apis
}

fn user_flows(settings: &Table, kind: Kind) -> (Vec<WantedFlow>, Option<String>) {
    if kind != Kind::B2c {
        return (Vec::new(), None);
    }
    let all = FLOWS.iter().filter_map(|(key, kind)| {
        let name = text_at(settings, &["provider", "user_flows", key]);
        (!name.is_empty()).then(|| WantedFlow {
            name: name.to_owned(),
            kind,
        })
    });
    let is_custom = |flow: &WantedFlow| flow.name.to_ascii_lowercase().starts_with("b2c_1a_");
    let (custom, flows): (Vec<_>, Vec<_>) = all.partition(is_custom);
    let names: Vec<_> = custom.iter().map(|flow| flow.name.as_str()).collect();
    let left = format!("custom policies are uploaded by hand: {}", names.join(", "));
    (flows, (!custom.is_empty()).then_some(left))
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

const REDIRECT: (&str, &str) = ("redirect_path", "/getAToken");
const AFTER_SIGN_OUT: (&str, &str) = ("after_sign_out", "/");
const FRONT_CHANNEL: (&str, &str) = ("front_channel_sign_out_path", "/front-channel-logout");
const FLOWS: [(&str, &str); 3] = [
    ("sign_up_sign_in", "signUpOrSignIn"),
    ("edit_profile", "profileUpdate"),
    ("reset_password", "passwordReset"),
];
