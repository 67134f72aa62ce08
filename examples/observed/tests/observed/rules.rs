//! `prometheus/alerts.yml`.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use crate::expressions::check as check_expression;

/// Each rule is about metrics, labels and values of the table.
pub fn names() -> Result<(), Failed> {
    let mut rules = expressions()?.into_iter();
    rules.try_for_each(|(_, expression)| check_expression(expression))
}

/// The rules by their names, each with what it asks for.
pub fn expressions() -> Result<Vec<(&'static str, &'static str)>, Failed> {
    let text = include_str!("../../prometheus/alerts.yml");
    let rules = text.split("- alert: ").skip(1).map(|rule| {
        let (name, rest) = rule.split_once('\n')?;
        let (_, rest) = rest.split_once("expr:")?;
        // Up to the next key of the rule.
        let end = ["\n        for:", "\n        labels:"];
        let end = end.iter().filter_map(|key| rest.find(key)).min()?;
        Some((name, &rest[..end]))
    });
    let rules: Vec<_> = rules.collect::<Option<_>>().ok_or("not a rule")?;
    if rules.is_empty() {
        return Err("no rules".into());
    }
    Ok(rules)
}

/// Each rule fires in a scenario.
pub fn completeness() -> Result<(), Failed> {
    let text = include_str!("../../prometheus/alerts_test.yml");
    let trials = text.split("- eval_time:");
    let firing: Vec<_> = trials.filter(|one| one.contains("exp_alerts:")).collect();
    for (name, _) in expressions()? {
        let named = format!("alertname: {name}\n");
        if !firing.iter().any(|trial| trial.contains(&named)) {
            return Err(format!("{name} fires in no scenario").into());
        }
    }
    Ok(())
}

/// What Prometheus itself says of the rules and of the configuration that names them.
pub fn check() -> Result<(), Failed> {
    promtool(&["check", "rules"], "alerts.yml")?;
    promtool(&["check", "config"], "prometheus.yml")
}

/// Each scenario of `alerts_test.yml`, which promtool plays.
pub fn test() -> Result<(), Failed> {
    promtool(&["test", "rules"], "alerts_test.yml")
}

fn promtool(command: &[&str], file: &str) -> Result<(), Failed> {
    let output = Command::new("promtool")
        .args(command)
        .arg(folder().join(file))
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&said).into_owned().into())
}

/// Where the files of Prometheus are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("prometheus")
}
