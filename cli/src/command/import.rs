//! `cargo b2c-init import`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::arguments::{Writing, allowed_tenant};
use super::help;
use super::tenant::{Side, follow_up};
use super::write::{carry_out, show, still_to_make};
use crate::error::Error;
use crate::import::{Imported, Left, Plain, Written, read, write_profile};
use crate::project::Project;
use crate::status::Status;
use crate::tenant::variable_of;
use crate::terminal::{Report, option_to};

/// Read the configuration that people have already, for another library or language
#[derive(Args, Debug)]
#[command(before_help = help::IMPORT, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Import {
    /// Files of one app and one environment; they are read, never run
    #[arg(required = true)]
    path: Vec<PathBuf>,

    /// The project whose b2c.toml gets a profile of it, and whose .env gets the client secret
    #[arg(long, value_name = "PROJECT")]
    into: Option<PathBuf>,

    /// The name of the profile; one that is there gets these settings
    #[arg(long, value_name = "NAME", default_value = "tenant", value_parser = name)]
    profile: String,

    /// A tenant whose users may sign in, where the tenant is common or organizations; * for all. Repeatable
    #[arg(long, value_name = "GUID", requires = "into", value_parser = allowed_tenant)]
    allowed_tenant: Vec<String>,

    /// Whose value is taken where b2c.toml was changed by hand: mine or new
    #[arg(long, value_name = "SIDE", requires = "into")]
    prefer: Option<Side>,

    /// Replace another client secret that .env has; otherwise it stays
    #[arg(short, long, requires = "into")]
    force: bool,

    #[command(flatten)]
    writing: Writing,
}

pub(super) fn import(arguments: &Import) -> Result<Report, Error> {
    let mut imported = read(&arguments.path)?;
    if !arguments.allowed_tenant.is_empty() {
        imported.allow(arguments.allowed_tenant.clone());
    }
    let Some(directory) = &arguments.into else {
        let report = told(&imported, &variable_of(&arguments.profile));
        return Ok(report.next("--into PROJECT writes it into a project's b2c.toml"));
    };
    let profile = arguments.profile.as_str();
    let project = Project::open(directory)?;
    let prefer = arguments.prefer.into();
    let Written {
        change,
        variable,
        kept_secret,
    } = write_profile(&project, profile, &imported, prefer, arguments.force)?;
    carry_out(change.changes(), "import", arguments.writing)?;

    let mut report = told(&imported, &variable)
        .line("")
        .and(show(change.changes(), arguments.writing))
        .field("profile", profile);
    for conflict in change.settled() {
        report = report.line(format!("settled {conflict}"));
    }
    for consequence in change.consequences() {
        report = report.warning(consequence);
    }
    if kept_secret {
        report = report.warning(format!(
            ".env has another client secret as {variable}, and keeps it; --force replaces it"
        ));
    }
    if let Some(next) = still_to_make(change.changes(), arguments.writing) {
        return Ok(report.next(next));
    }
    if imported.secret.is_none() && imported.secret_file.is_none() {
        let step = format!("put the client secret into .env of the project as {variable}");
        report = report.next(step);
    }
    let report = follow_up(report, &project, change.changes())?;
    let place = option_to(project.root());
    Ok(report.next(format!("cargo b2c-init tenant use{place} {profile}")))
}

/// What was found, what was left, what to know.
fn told(imported: &Imported, variable: &str) -> Report {
    let mut report = Report::done().lines(lines(imported, variable));
    for warning in &imported.warnings {
        report = report.warning(warning);
    }
    for left in imported.left.iter().filter(|left| left.restricts) {
        let Left { key, place, .. } = left;
        report = report.warning(format!(
            "{key} ({place}) is not taken over: it let only some people in, and now everybody whom the \
             provider knows may sign in, until the app refuses them in SignInEvents::on_sign_in \
             (docs/migrate/oauth2-proxy.md)"
        ));
    }
    for key in &imported.missing {
        let option = match *key {
            "provider.allowed_tenants" => ": --allowed-tenant says whose users may sign in",
            _ => "",
        };
        report = report.warning(format!("nothing says {key}; the app needs it{option}"));
    }
    fields(report, imported, variable)
}

/// `key = value ← file:line`, in columns; then what is not taken over.
fn lines(imported: &Imported, variable: &str) -> Vec<String> {
    let mut rows: Vec<(String, String)> = Vec::new();
    for setting in &imported.settings {
        let value = format!("{} = {}", setting.key, setting.value.to_toml());
        rows.push((value, setting.place.to_string()));
    }
    if let Some((secret, place)) = &imported.secret {
        let value = format!("provider.client_secret = {{ env = \"{variable}\" }}  {secret}");
        rows.push((value, place.to_string()));
    }
    if let Some((path, place)) = &imported.secret_file {
        let path = toml_edit::Value::from(path.as_str());
        let value = format!("provider.client_secret = {{ file = {path} }}");
        rows.push((value, place.to_string()));
    }
    let width = rows.iter().map(|(value, _)| value.chars().count());
    let width = width.max().unwrap_or_default();
    let row = |(value, place): &(String, String)| format!("{value:width$}  ← {place}");
    let mut lines: Vec<_> = rows.iter().map(row).collect();
    if !imported.left.is_empty() {
        lines.push("\nNot taken over:".to_owned());
    }
    for left in &imported.left {
        lines.push(format!("  {}  {}: {}", left.place, left.key, left.reason));
    }
    lines
}

fn fields(report: Report, imported: &Imported, variable: &str) -> Report {
    let settings = imported.settings.iter().map(|setting| {
        let value = match &setting.value {
            Plain::Text(text) => json!(text),
            Plain::List(list) => json!(list),
        };
        json!({
            "key": setting.key,
            "value": value,
            "file": &*setting.place.file,
            "line": setting.place.line,
        })
    });
    let secret = imported.secret.as_ref().map(|(secret, place)| {
        json!({
            "key": "provider.client_secret",
            "masked": secret.to_string(),
            "env": variable,
            "file": &*place.file,
            "line": place.line,
        })
    });
    let secret_file = imported.secret_file.as_ref().map(|(path, place)| {
        json!({
            "key": "provider.client_secret",
            "path": path,
            "file": &*place.file,
            "line": place.line,
        })
    });
    let left = imported.left.iter().map(|left| {
        json!({
            "key": left.key,
            "reason": left.reason,
            "restricts": left.restricts,
            "file": &*left.place.file,
            "line": left.place.line,
        })
    });
    report
        .field("settings", settings.collect::<Vec<Value>>())
        .field("secret", secret)
        .field("secret_file", secret_file)
        .field("left", left.collect::<Vec<Value>>())
        .field("missing", imported.missing.clone())
}

/// A profile's name, as it is used in the names of variables.
fn name(text: &str) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if text.is_empty() || !text.chars().all(valid) {
        return Err("letters, digits, - and _".to_owned());
    }
    Ok(text.to_owned())
}
