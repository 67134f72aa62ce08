//! From TOML to a [`Config`], with every mistake at once.

use toml::Table;

use super::problem::ConfigError;
use super::section::{Section, Sources};
use super::settings::{AppSettings, Config, Downstream, Lifetimes, ProviderSettings, UserFlows};
use super::syntax::{
    default_instance, full_tenant, is_guid, is_loopback, is_path, is_resource_scope, is_tenant,
    is_user_flow, web_url,
};
use crate::secret::Secret;

/// Reads every table, or says everything that is wrong with them.
pub(super) fn check(table: Table, mut sources: Sources) -> Result<Config, ConfigError> {
    let sources_ref = &mut sources;
    let mut root = Section::root(table);

    let app = read_app(root.section("app", sources_ref), sources_ref);
    let (lifetimes, cookie_key) = read_session(root.section("session", sources_ref), sources_ref);
    let provider = read_provider(root.section("provider", sources_ref), sources_ref);
    let tables = root.sections("downstream", sources_ref);
    let downstreams = tables
        .into_iter()
        .filter_map(|table| read_downstream(table, sources_ref));
    let downstreams: Vec<_> = downstreams.collect();
    check_distinct(&downstreams, sources_ref);
    root.close(sources_ref);

    match (app, provider) {
        (Some(app), Some(provider)) if sources.problems.is_empty() => Ok(Config {
            app,
            lifetimes,
            cookie_key,
            provider,
            downstreams,
        }),
        _ => Err(ConfigError::new(sources.problems)),
    }
}

fn read_app(mut section: Section, sources: &mut Sources) -> Option<AppSettings> {
    let expected = "the app's public origin, such as \"https://app.contoso.com\"";
    let base_url = section.required("base_url", expected, sources);
    let base_url = base_url.and_then(|text| {
        let url = web_url(&text).filter(|url| url.path() == "/" && url.query().is_none());
        if url.is_none() {
            let expected = "an https origin without a path (http only on localhost)";
            sources.report("app.base_url", format!("\"{text}\""), expected);
        }
        url
    });
    let mut path = |key, default: &str, root_allowed| {
        let path = section
            .string(key, sources)
            .unwrap_or_else(|| default.to_owned());
        if !is_path(&path, root_allowed) {
            let expected = format!("a path such as \"{default}\"");
            sources.report(&format!("app.{key}"), format!("\"{path}\""), expected);
        }
        path
    };
    let redirect_path = path("redirect_path", "/getAToken", false);
    let sign_in_path = path("sign_in_path", "/login", false);
    let edit_profile_path = path("edit_profile_path", "/edit-profile", false);
    let reset_password_path = path("reset_password_path", "/reset-password", false);
    let sign_out_path = path("sign_out_path", "/logout", false);
    let after_sign_out = path("after_sign_out", "/", true);
    section.close(sources);

    let own = [
        &redirect_path,
        &sign_in_path,
        &edit_profile_path,
        &reset_password_path,
        &sign_out_path,
    ];
    for (index, path) in own.iter().enumerate() {
        if **path == after_sign_out {
            let expected = "a page of the app";
            sources.report("app.after_sign_out", format!("\"{path}\""), expected);
        }
        if own[..index].contains(path) {
            sources.report(
                "app",
                format!("the path \"{path}\" twice"),
                "a path of its own for each endpoint",
            );
        }
    }
    Some(AppSettings {
        base_url: base_url?,
        redirect_path,
        sign_in_path,
        edit_profile_path,
        reset_password_path,
        sign_out_path,
        after_sign_out,
    })
}

fn read_session(mut section: Section, sources: &mut Sources) -> (Lifetimes, Option<Secret>) {
    let idle = section.minutes("idle_minutes", 60, sources);
    let absolute = section.minutes("absolute_minutes", 480, sources);
    let cookie_key = section.secret("cookie_key", sources);
    if cookie_key
        .as_ref()
        .is_some_and(|key| key.expose().len() < MIN_COOKIE_KEY)
    {
        let expected = "at least 32 random characters (openssl rand -base64 32)";
        sources.report("session.cookie_key", "a shorter key", expected);
    }
    section.close(sources);
    (
        Lifetimes {
            idle: idle.min(absolute),
            absolute,
        },
        cookie_key,
    )
}

fn read_provider(mut section: Section, sources: &mut Sources) -> Option<ProviderSettings> {
    let kind = section
        .string("kind", sources)
        .unwrap_or_else(|| "b2c".to_owned());
    if kind != "b2c" {
        sources.report("provider.kind", format!("\"{kind}\""), "\"b2c\"");
    }
    let emulator = section.boolean("emulator", false, sources);

    let tenant = section.required("tenant", "the tenant's name, such as \"contoso\"", sources);
    let tenant = tenant.and_then(|name| {
        let valid = is_tenant(&name);
        if !valid {
            let expected =
                "a name (contoso), a domain (contoso.onmicrosoft.com) or the tenant's GUID";
            sources.report("provider.tenant", format!("\"{name}\""), expected);
        }
        valid.then(|| full_tenant(name))
    });
    let instance = section.string("instance", sources);
    let instance = instance.or_else(|| tenant.as_deref().and_then(default_instance));
    if instance.is_none() && tenant.is_some() {
        let expected = "the host of the sign-in pages, such as \"https://login.contoso.com\"";
        sources.report("provider.instance", "nothing", expected);
    }
    let instance = instance.and_then(|text| {
        let url = web_url(&text).filter(|url| url.path() == "/" && url.query().is_none());
        if url.is_none() {
            let expected = "an https origin without a path (http only on localhost)";
            sources.report("provider.instance", format!("\"{text}\""), expected);
        }
        url
    });
    if emulator && instance.as_ref().is_some_and(|url| !is_loopback(url)) {
        let expected = "false, unless provider.instance is on localhost";
        sources.report("provider.emulator", "true", expected);
    }

    let client_id = section.required("client_id", "the application (client) id, a GUID", sources);
    if let Some(id) = client_id.as_ref().filter(|id| !is_guid(id)) {
        sources.report(
            "provider.client_id",
            format!("\"{id}\""),
            "the application (client) id, a GUID",
        );
    }
    let problems_before = sources.problems.len();
    let client_secret = section.secret("client_secret", sources);
    if client_secret.is_none() && sources.problems.len() == problems_before {
        let expected = "{ env = \"B2C_CLIENT_SECRET\" } or { file = \"path\" }";
        sources.report("provider.client_secret", "nothing", expected);
    }

    let flows = section.section("user_flows", sources);
    let user_flows = read_user_flows(flows, sources);
    section.close(sources);
    Some(ProviderSettings {
        instance: instance?,
        tenant: tenant?,
        client_id: client_id?,
        client_secret: client_secret?,
        user_flows: user_flows?,
        emulator,
    })
}

fn read_user_flows(mut section: Section, sources: &mut Sources) -> Option<UserFlows> {
    const EXPECTED: &str = "a user flow's name, such as \"B2C_1_signupsignin1\"";
    let sign_up_sign_in = section.required("sign_up_sign_in", EXPECTED, sources);
    let edit_profile = section.string("edit_profile", sources);
    let reset_password = section.string("reset_password", sources);
    let named = [
        ("sign_up_sign_in", &sign_up_sign_in),
        ("edit_profile", &edit_profile),
        ("reset_password", &reset_password),
    ];
    for (key, name) in named {
        if let Some(name) = name.as_ref().filter(|name| !is_user_flow(name)) {
            sources.report(&section.path(key), format!("\"{name}\""), EXPECTED);
        }
    }
    section.close(sources);
    Some(UserFlows {
        sign_up_sign_in: sign_up_sign_in?,
        edit_profile,
        reset_password,
    })
}

fn read_downstream(mut section: Section, sources: &mut Sources) -> Option<Downstream> {
    let name = section.required("name", "a name for the API, such as \"demo\"", sources);
    let base_url = section.required("base_url", "the API's URL", sources);
    let base_url = base_url.and_then(|text| {
        let url = web_url(&text);
        if url.is_none() {
            let expected = "an https URL (http only on localhost)";
            sources.report(&section.path("base_url"), format!("\"{text}\""), expected);
        }
        url
    });
    let resource = section.string("resource", sources);
    let scopes = section.strings("scopes", sources);
    if let Some(scope) = scopes.iter().find(|scope| !is_resource_scope(scope)) {
        let expected = "a scope of the API, such as \"demo.read\"";
        sources.report(&section.path("scopes"), format!("\"{scope}\""), expected);
    }
    if scopes.is_empty() {
        sources.report(
            &section.path("scopes"),
            "nothing",
            "the API's scopes, such as [\"demo.read\"]",
        );
    }
    section.close(sources);
    Some(Downstream {
        name: name?,
        base_url: base_url?,
        resource,
        scopes,
    })
}

/// A name or a short scope must mean one API, or a token would go to the wrong one.
fn check_distinct(downstreams: &[Downstream], sources: &mut Sources) {
    for (index, downstream) in downstreams.iter().enumerate() {
        for earlier in &downstreams[..index] {
            if earlier.name == downstream.name {
                let found = format!("\"{}\" twice", downstream.name);
                sources.report("downstream.name", found, "a name of its own for each API");
            }
            if let Some(scope) = downstream.scopes.iter().find(|scope| {
                earlier.scopes.contains(scope)
                    && earlier.full_scope(scope) != downstream.full_scope(scope)
            }) {
                let found = format!(
                    "\"{scope}\" for \"{}\" and \"{}\"",
                    earlier.name, downstream.name
                );
                let expected = "scopes in full where two APIs share a short one";
                sources.report("downstream.scopes", found, expected);
            }
        }
    }
}

const MIN_COOKIE_KEY: usize = 32;
