//! The settings, judged by the code that the app reads them with.

use std::collections::BTreeSet;

use tower_b2c::{Config, ConfigError, ConfigFile, Problem};

use super::finding::{CONFIG_FILE, Finding};
use super::project::Project;
use super::rule::Rule;
use super::secrets;
use crate::project::is_api;

/// Judges every profile; returns the configuration of the active one if the app can use it.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) -> Option<Config> {
    let is_api = is_api(&project.table);
    let literal = secrets::literal(&project.table);
    let load = |profile: Option<&str>| {
        let file = Config::from_file(project.file());
        let file = match profile {
            Some(name) => file.profile(name),
            None => file,
        };
        load(file, is_api).map_err(|error| own(&error, &literal))
    };
    let config = match load(project.active.as_deref()) {
        Ok(config) => config,
        Err(problems) => {
            for problem in &problems {
                let found = of_active(problem);
                // Two settings may lack the same variable.
                let known = |other: &Finding| {
                    found.rule == Rule::SecretNeeded && other.place == found.place
                };
                if !findings.iter().any(known) {
                    findings.push(found);
                }
            }
            None
        }
    };
    for name in project.other_profiles() {
        if let Err(problems) = load(Some(name)) {
            other(project, name, &problems, findings);
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

/// All problems but the secrets in the file itself, which have a finding of their own.
fn own(error: &ConfigError, literal: &BTreeSet<String>) -> Vec<Problem> {
    let problems = error.problems().iter();
    let problems = problems.filter(|problem| !literal.contains(&problem.key));
    problems.cloned().collect()
}

fn of_active(problem: &Problem) -> Finding {
    let Some(variable) = &problem.unset_variable else {
        return finding(Rule::Unusable, problem);
    };
    let what = format!("{} refers to it, and it has no value", problem.key);
    Finding::new(Rule::SecretNeeded, variable, what).at(problem.position)
}

/// What a profile lacks that is not in use: in one finding what is still to be filled in, the mistakes
/// one by one.
fn other(project: &Project, name: &str, problems: &[Problem], findings: &mut Vec<Finding>) {
    let (left, wrong): (Vec<_>, Vec<_>) = problems.iter().partition(|it| is_still_to_do(it));
    // A name that is nowhere at all has a finding of its own.
    let left: Vec<_> = left
        .into_iter()
        .filter(|problem| {
            let variable = problem.unset_variable.as_ref();
            variable.is_none_or(|variable| project.is_set(variable))
        })
        .collect();
    if let Some(first) = left.first() {
        let prefix = format!("profile.{name}.");
        let what = left.iter().map(|problem| match &problem.unset_variable {
            Some(variable) => variable.as_str(),
            None => problem.key.trim_start_matches(&prefix),
        });
        let what = what.collect::<Vec<_>>().join(", ");
        let what = format!("still to be filled in: {what}");
        let found = Finding::new(Rule::NotFilledIn, format!("profile \"{name}\""), what);
        findings.push(found.at(first.position));
    }
    for problem in wrong {
        let mut found = finding(Rule::OtherProfile, problem);
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

/// Placeholders, what is missing, and secrets that nobody has put into the environment yet.
fn is_still_to_do(problem: &Problem) -> bool {
    problem.unset_variable.is_some()
        || problem.expected.contains("placeholder")
        || problem.found == "nothing"
}

fn finding(rule: Rule, problem: &Problem) -> Finding {
    let place = if problem.key.is_empty() {
        CONFIG_FILE.to_owned()
    } else {
        problem.key.clone()
    };
    let mut what = problem.sentence();
    if problem.source.starts_with("environment variable") {
        what = format!("{what} ({})", problem.source);
    }
    Finding::new(rule, place, what).at(problem.position)
}
