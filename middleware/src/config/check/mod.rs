//! From TOML to a [`Config`], with every mistake at once.

mod app;
mod downstream;
mod provider;
mod session;

use toml::Table;

use super::problem::ConfigError;
use super::section::{Section, Sources};
use super::settings::Config;

/// Reads every table, or says everything that is wrong with them.
pub(super) fn check(table: Table, mut sources: Sources) -> Result<Config, ConfigError> {
    let sources_ref = &mut sources;
    let mut root = Section::root(table);

    let app = app::read(root.section("app", sources_ref), sources_ref);
    let (lifetimes, cookie_key) = session::read(root.section("session", sources_ref), sources_ref);
    let provider = provider::read(root.section("provider", sources_ref), sources_ref);
    let tables = root.sections("downstream", sources_ref);
    let downstreams = tables
        .into_iter()
        .filter_map(|table| downstream::read(table, sources_ref));
    let downstreams: Vec<_> = downstreams.collect();
    downstream::check_distinct(&downstreams, sources_ref);
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
