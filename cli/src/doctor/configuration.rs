//! The settings, judged by the code that the app reads them with.

use tower_b2c::{Config, ConfigError, ConfigFile, Problem};

use super::finding::Finding;
use super::project::{CONFIG_FILE, Project};
use super::rule::Rule;
use crate::project::is_api;

/// Judges every profile; returns the configuration of the active one if the app can use it.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) -> Option<Config> {
    let mut file = Config::from_file(project.file());
    if let Some(name) = &project.active {
        file = file.profile(name);
    }
    let is_api = is_api(&project.table);
    let config = match load(file, is_api) {
        Ok(config) => config,
        Err(error) => {
            let problems = error.problems().iter();
            findings.extend(problems.map(|problem| finding(Rule::Unusable, problem)));
            None
        }
    };
    for name in project.other_profiles() {
        let loaded = load(Config::from_file(project.file()).profile(name), is_api);
        let Err(error) = loaded else { continue };
        for problem in error.problems() {
            let rule = if is_still_to_do(problem) {
                Rule::NotFilledIn
            } else {
                Rule::OtherProfile
            };
            let mut found = finding(rule, problem);
            if !found.place.contains("profile.") {
                found.place = format!("{} (profile \"{name}\")", found.place);
            }
            // What both have in common is told once.
            let known =
                |other: &Finding| other.what == found.what && found.place.starts_with(&other.place);
            if !findings.iter().any(known) {
                findings.push(found);
            }
        }
    }
    let forecasts = config.iter().flat_map(Config::session_forecasts);
    for forecast in forecasts.filter(|forecast| !forecast.fits()) {
        let what = format!(
            "sessions of provider \"{}\" take about {} bytes of the {} that session.cookie_max_bytes allows",
            forecast.provider(),
            forecast.bytes(),
            forecast.most_bytes()
        );
        findings.push(Finding::new(Rule::LargeSessions, "session.store", what));
    }
    config
}

/// The configuration of an app; an API's is judged, and there is nothing more to ask of it.
fn load(file: ConfigFile, is_api: bool) -> Result<Option<Config>, ConfigError> {
    if is_api {
        return file.load_api().map(|_| None);
    }
    file.load().map(Some)
}

/// Placeholders, and secrets that nobody has put into the environment yet.
fn is_still_to_do(problem: &Problem) -> bool {
    let secret = ["client_secret", "cookie_key"];
    problem.expected.contains("placeholder")
        || secret.iter().any(|name| problem.key.ends_with(name))
}

fn finding(rule: Rule, problem: &Problem) -> Finding {
    let place = if problem.key.is_empty() {
        CONFIG_FILE.to_owned()
    } else {
        problem.key.clone()
    };
    let mut what = format!("found {}, expected {}", problem.found, problem.expected);
    if problem.source.starts_with("environment variable") {
        what = format!("{what} ({})", problem.source);
    }
    Finding::new(rule, place, what)
}
