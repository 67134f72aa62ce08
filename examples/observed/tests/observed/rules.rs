//! `prometheus/alerts.yml`.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Failed;

use crate::expressions::check as check_expression;

/// Each rule is about metrics, labels and values of the table.
pub fn names() -> Result<(), Failed> {
    let text = include_str!("../../prometheus/alerts.yml");
    let mut rules = text.split("- alert: ").skip(1).peekable();
    if rules.peek().is_none() {
        return Err("no rules".into());
    }
    rules.try_for_each(|rule| {
        let (_, rest) = rule.split_once("expr:").ok_or("a rule without expr")?;
        // Up to the next key of the rule.
        let end = ["\n        for:", "\n        labels:"];
        let end = end.iter().filter_map(|key| rest.find(key)).min();
        check_expression(&rest[..end.ok_or("a rule without labels")?])
    })
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
