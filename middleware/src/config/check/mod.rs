//! From TOML to a [`Config`], with every mistake at once.

mod address;
mod api;
mod app;
mod authorize;
mod cookie_keys;
mod cookie_store;
mod credential;
mod downstream;
mod edge;
mod entra;
mod provider;
mod redis;
mod round_trip;
mod routing;
mod session;
mod session_limit;
mod sql_store;
mod store;
mod user_flows;

use toml::Table;

use self::provider::Registration;
use super::api::ApiConfig;
use super::client::ClientConfig;
use super::file::ConfigFile;
use super::problem::ConfigError;
use super::provider::ProviderSettings;
use super::section::Section;
use super::settings::{AppSettings, Config, Downstream};
use super::sources::Sources;
use super::syntax::web_url;

/// Reads every table, or says everything that is wrong with them.
pub(super) fn check(
    table: Table,
    source: ConfigFile,
    mut sources: Sources,
) -> Result<Config, ConfigError> {
    let sources_ref = &mut sources;
    let mut root = Section::root(table);

    let app = app::read(root.section("app", sources_ref), sources_ref);
    let (lifetimes, user_sessions, cookie_keys, store) =
        session::read(root.section("session", sources_ref), sources_ref);
    let redirect_path = app.as_ref().map_or("/getAToken", |app| &app.redirect_path);
    let registration = Registration::Required;
    let (names, providers) = read_providers(&mut root, registration, redirect_path, sources_ref);
    let downstreams = read_downstreams(&mut root, sources_ref);
    cookie_store::check(&store, &providers, &downstreams, sources_ref);
    let base_url = app.as_ref().map(|app| &app.base_url);
    let api = root.has("api").then(|| {
        let section = root.section("api", sources_ref);
        let source = source.clone();
        api::read(source, base_url, &names, &providers, section, sources_ref)
    });
    let default_provider = app.as_ref().and_then(|app| app.default_provider.as_ref());
    let routing = root.has("routing").then(|| {
        let section = root.section("routing", sources_ref);
        routing::read(default_provider, &names, section, sources_ref)
    });
    root.forget(&["api", "routing"]);
    root.close(sources_ref);
    if let Some(app) = &app {
        check_names(
            app.default_provider.as_ref(),
            &names,
            &downstreams,
            sources_ref,
        );
        check_paths(app, &providers, sources_ref);
        round_trip::check_form_post(&app.base_url, &providers, sources_ref);
    }

    match app {
        Some(app) if sources.problems.is_empty() => Ok(Config {
            source,
            app,
            lifetimes,
            cookie_keys,
            user_sessions,
            store,
            providers,
            routing: routing.flatten(),
            downstreams,
            api,
        }),
        _ => Err(sources.refuse()),
    }
}

/// Reads what an API needs, or says everything that is wrong with it.
pub(super) fn check_api(
    table: Table,
    source: ConfigFile,
    mut sources: Sources,
) -> Result<ApiConfig, ConfigError> {
    let sources_ref = &mut sources;
    let mut root = Section::root(table);
    root.forget(&["session", "downstream", "routing"]);
    // What else is in the table matters to a web app only.
    let mut app = root.section("app", sources_ref);
    let base_url = app.string("base_url", sources_ref);
    let base_url = base_url.and_then(|text| web_url(&text));
    let (names, providers) =
        read_providers(&mut root, Registration::Unused, "/getAToken", sources_ref);
    let section = root.section("api", sources_ref);
    let base_url = base_url.as_ref();
    let api = api::read(source, base_url, &names, &providers, section, sources_ref);
    root.close(sources_ref);
    if sources.problems.is_empty() {
        Ok(api)
    } else {
        Err(sources.refuse())
    }
}

/// Reads what an app needs for tokens of its own, or says everything that is wrong with it.
pub(super) fn check_client(
    table: Table,
    mut sources: Sources,
) -> Result<ClientConfig, ConfigError> {
    let sources_ref = &mut sources;
    let mut root = Section::root(table);
    root.forget(&["api", "routing"]);
    // What else is in the table matters to a web app only.
    let mut app = root.section("app", sources_ref);
    let default_provider = app.string("default_provider", sources_ref);
    let (_, _, cookie_keys, store) =
        session::read(root.section("session", sources_ref), sources_ref);
    let registration = Registration::Required;
    let (names, providers) = read_providers(&mut root, registration, "/getAToken", sources_ref);
    let downstreams = read_downstreams(&mut root, sources_ref);
    root.close(sources_ref);
    check_names(default_provider.as_ref(), &names, &downstreams, sources_ref);
    if sources.problems.is_empty() {
        Ok(ClientConfig {
            providers,
            default_provider,
            downstreams,
            cookie_keys,
            store,
        })
    } else {
        Err(sources.refuse())
    }
}

fn read_downstreams(root: &mut Section, sources: &mut Sources) -> Vec<Downstream> {
    let tables = root.sections("downstream", sources).into_iter();
    let downstreams: Vec<_> = tables
        .filter_map(|table| downstream::read(table, sources))
        .collect();
    downstream::check_distinct(&downstreams, sources);
    downstreams
}

/// `[provider]` where there is one, `[providers.NAME]` where there are several: their names, and
/// those that could be read.
fn read_providers(
    root: &mut Section,
    registration: Registration,
    redirect_path: &str,
    sources: &mut Sources,
) -> (Vec<String>, Vec<ProviderSettings>) {
    let several = root.has("providers");
    let tables = root.named("providers", sources);
    if root.has("provider") || !several {
        if several {
            let expected = "either [provider] or [providers.NAME]";
            sources.report("provider", "both", expected);
        }
        let only = root.section("provider", sources);
        let name = ProviderSettings::ONLY;
        let only = provider::read(name, registration, redirect_path, only, sources);
        return (
            vec![ProviderSettings::ONLY.to_owned()],
            only.into_iter().collect(),
        );
    }
    root.forget(&["provider"]);
    if tables.is_empty() {
        sources.report("providers", "nothing", "a table [providers.NAME] for each");
    }
    let names = tables.iter().map(|(name, _)| name.clone()).collect();
    let read = tables.into_iter().filter_map(|(name, section)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(plain) {
            let expected = "a name of letters, digits and hyphens";
            sources.report("providers", format!("\"{name}\""), expected);
        }
        let redirect_path = format!("{redirect_path}/{name}");
        provider::read(&name, registration, &redirect_path, section, sources)
    });
    (names, read.collect())
}

/// Whoever refers to a provider must mean one that exists.
fn check_names(
    default_provider: Option<&String>,
    names: &[String],
    downstreams: &[Downstream],
    sources: &mut Sources,
) {
    let expected = format!("one of the providers: {}", names.join(", "));
    let mut check = |key: &str, name: Option<&String>| {
        if let Some(name) = name.filter(|name| !names.contains(name)) {
            sources.report(key, format!("\"{name}\""), expected.clone());
        }
    };
    check("app.default_provider", default_provider);
    for downstream in downstreams {
        check("downstream.provider", downstream.provider());
    }
}

/// A response must tell by its path whose it is (RFC 9700 §4.4.2: distinct redirect URIs).
fn check_paths(app: &AppSettings, providers: &[ProviderSettings], sources: &mut Sources) {
    let mut taken = vec![
        &app.sign_in_path,
        &app.edit_profile_path,
        &app.reset_password_path,
        &app.sign_out_path,
        &app.after_sign_out,
        &app.edge.session_path,
        &app.front_channel_sign_out_path,
        &app.back_channel_sign_out_path,
    ];
    for provider in providers {
        let path = &provider.redirect_path;
        // The app's own redirect path is compared with the others where it is read.
        if taken.contains(&path) && *path != app.redirect_path {
            let found = format!("the path \"{path}\" twice");
            sources.report("app", found, "a path of its own for each endpoint");
        }
        taken.push(path);
    }
}
