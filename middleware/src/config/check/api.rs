//! `[api]`, and `[api.providers.NAME]` for what differs between providers.

use url::Url;

use crate::config::api::{AcceptedTokens, ApiConfig, SHORTEST_NONCE_SECRET, TokenRules};
use crate::config::credential::SecretSource;
use crate::config::file::ConfigFile;
use crate::config::kind::Kind;
use crate::config::provider::ProviderSettings;
use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::config::syntax::{is_resource_scope, is_user_flow, web_url};

/// Reads the table, of `source`. `app` is where the app is unless the table says otherwise; `names` are
/// those of all providers, also of those that could not be read.
pub(super) fn read(
    source: ConfigFile,
    app: Option<&Url>,
    names: &[String],
    providers: &[ProviderSettings],
    mut section: Section,
    sources: &mut Sources,
) -> ApiConfig {
    let base_url = match section.string("base_url", sources) {
        None => app.cloned(),
        Some(text) => {
            let url = web_url(&text).filter(|url| url.query().is_none());
            if url.is_none() {
                let expected = "the API's https URL (http only on localhost), without a query";
                sources.report(&section.path("base_url"), format!("\"{text}\""), expected);
            }
            url
        }
    };
    let scopes = section.strings("scopes", sources);
    if let Some(scope) = scopes.iter().find(|scope| !is_resource_scope(scope)) {
        let expected = "a scope of the API, such as \"demo.read\"";
        sources.report(&section.path("scopes"), format!("\"{scope}\""), expected);
    }
    let nonce_secrets = nonce_secrets(&mut section, sources);
    let common = Written::read(&mut section, sources);
    let own = section.named("providers", sources);
    section.close(sources);

    let find = |name: &str| providers.iter().find(|provider| provider.name == name);
    let mut accepted = Vec::new();
    if own.is_empty() {
        for provider in providers {
            accepted.push(common.accept(None, provider, "api", sources));
        }
    }
    for (name, mut section) in own {
        let written = Written::read(&mut section, sources);
        let path = format!("api.providers.{name}");
        section.close(sources);
        match find(&name) {
            Some(provider) => {
                accepted.push(common.accept(Some(&written), provider, &path, sources));
            }
            // Of one that is there and wrong, the mistakes have been told.
            None if names.contains(&name) => {}
            None => {
                let expected = format!("one of the providers: {}", names.join(", "));
                sources.report(&path, format!("\"{name}\""), expected);
            }
        }
    }
    if common.v1_tokens == Some(true) && !accepted.is_empty() {
        let mut kinds = accepted.iter().map(|one| one.provider.kind);
        if !kinds.any(|kind| kind == Kind::Entra) {
            let expected = "false: only Entra ID issues tokens of version 1.0";
            sources.report("api.v1_tokens", "true", expected);
        }
    }
    ApiConfig {
        source,
        base_url,
        scopes,
        accepted,
        nonce_secrets,
    }
}

/// `dpop_nonce_secret`, one or a list, each of which is as long as keys of cookies are.
fn nonce_secrets(section: &mut Section, sources: &mut Sources) -> Vec<SecretSource> {
    const KEY: &str = "dpop_nonce_secret";
    let (is_written, path) = (section.has(KEY), section.path(KEY));
    let before = sources.mistakes();
    let secrets = section.secret_sources(KEY, sources);
    for secret in &secrets {
        let length = secret.value.expose().chars().count();
        if length < SHORTEST_NONCE_SECRET {
            let expected = format!("{SHORTEST_NONCE_SECRET} random characters at least");
            sources.report(&path, format!("a secret of {length} characters"), expected);
        }
    }
    if is_written && secrets.is_empty() && sources.mistakes() == before {
        let expected = "a list of { env = \"NAME\" } and { file = \"path\" }, or one of them";
        sources.report(&path, "no secret", expected);
    }
    secrets
}

/// The rules as a table has them; what is missing comes from the table above it.
struct Written {
    audiences: Vec<String>,
    user_flows: Vec<String>,
    clients: Option<Vec<String>>,
    v1_tokens: Option<bool>,
    require_at_jwt: Option<bool>,
}

impl Written {
    fn read(section: &mut Section, sources: &mut Sources) -> Self {
        let clients = section.has("clients");
        let listed = section.strings("clients", sources);
        let mut flag = |key| {
            let written = section.has(key);
            let value = section.boolean(key, false, sources);
            written.then_some(value)
        };
        let v1_tokens = flag("v1_tokens");
        let require_at_jwt = flag("require_at_jwt");
        Self {
            audiences: section.strings("audiences", sources),
            user_flows: section.strings("user_flows", sources),
            clients: clients.then_some(listed),
            v1_tokens,
            require_at_jwt,
        }
    }

    /// The rules for a provider, with `own` laid over these. `path` names the table they are in.
    fn accept(
        &self,
        own: Option<&Self>,
        provider: &ProviderSettings,
        path: &str,
        sources: &mut Sources,
    ) -> AcceptedTokens {
        let own_or = |of: fn(&Self) -> &Vec<String>| {
            let own = own.map(of).filter(|list| !list.is_empty());
            own.unwrap_or_else(|| of(self)).clone()
        };
        let audiences = own_or(|written| &written.audiences);
        if audiences.is_empty() || audiences.iter().any(String::is_empty) {
            let expected = "what the claim aud of this API's access tokens says: its application \
                            (client) id, or its App ID URI";
            sources.report(&format!("{path}.audiences"), "nothing", expected);
        }
        let named = own_or(|written| &written.user_flows);
        let user_flows = user_flows(&named, provider, path, sources);
        let clients = own.and_then(|own| own.clients.as_ref());
        let clients = clients.or(self.clients.as_ref()).cloned();
        if clients.as_ref().is_some_and(Vec::is_empty) {
            let expected = "the client ids of the applications that may call";
            sources.report(&format!("{path}.clients"), "an empty list", expected);
        }
        let v1_tokens = own.and_then(|own| own.v1_tokens).or(self.v1_tokens);
        let v1_tokens = v1_tokens.unwrap_or(false);
        let require_at_jwt = own.and_then(|own| own.require_at_jwt);
        let require_at_jwt = require_at_jwt.or(self.require_at_jwt);
        AcceptedTokens {
            rules: TokenRules {
                audiences,
                user_flows,
                clients,
                v1_tokens: v1_tokens && provider.kind == Kind::Entra,
                // Microsoft's tokens say "JWT".
                require_at_jwt: require_at_jwt.unwrap_or(provider.kind == Kind::Oidc),
            },
            provider: provider.clone(),
        }
    }
}

/// The flows by their own names; the sign-in's, where none are listed.
fn user_flows(
    named: &[String],
    provider: &ProviderSettings,
    path: &str,
    sources: &mut Sources,
) -> Vec<String> {
    if provider.kind != Kind::B2c {
        return Vec::new();
    }
    if named.is_empty() {
        let sign_in = provider.user_flows.sign_up_sign_in.iter();
        return sign_in.cloned().collect();
    }
    let flows = named.iter().map(|name| {
        let found = provider.user_flows.all().find(|(key, _)| key == name);
        let flow = found.map_or(name.as_str(), |(_, flow)| flow);
        if !is_user_flow(flow) {
            let expected =
                "names from the provider's user_flows, or user flows such as \"B2C_1_signupsignin1\"";
            sources.report(
                &format!("{path}.user_flows"),
                format!("\"{name}\""),
                expected,
            );
        }
        flow.to_owned()
    });
    flows.collect()
}
