//! Writes what was found into a project, as a profile of its `b2c.toml`.

use std::fmt::Write;

use super::git::would_be_tracked;
use super::imported::{Imported, Setting};
use crate::change::ChangeSet;
use crate::error::Error;

/// Plans the profile, and the client secret's line in `.env`.
///
/// # Errors
///
/// There is no project, it has a profile of this name already, or `.env` would be committed.
pub(crate) fn write_profile(
    changes: &mut ChangeSet,
    profile: &str,
    imported: &Imported,
) -> Result<(), Error> {
    let Some(config) = changes.read(CONFIG)? else {
        return Err(Error::NotAProject {
            directory: changes.root().to_owned(),
            missing: CONFIG,
        });
    };
    let table: toml::Table = config.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + config[..span.start].matches('\n').count());
        Error::Config(format!("{CONFIG} line {line}: {}", error.message()))
    })?;
    let is_there = table
        .get("profile")
        .is_some_and(|all| all.get(profile).is_some());
    if is_there {
        return Err(Error::refused(
            format!("{CONFIG} has a profile \"{profile}\" already"),
            "choose another name with --profile, or change that one by hand",
        ));
    }
    let variable = variable_of(profile);
    changes.write(
        CONFIG,
        &format!(
            "{}\n{}",
            with_newline(&config),
            text(profile, imported, &variable)
        ),
    )?;
    if let Some((secret, _)) = &imported.secret {
        if would_be_tracked(&changes.root().join(SECRETS)) {
            return Err(Error::refused(
                format!("git would commit {SECRETS}, and the client secret with it"),
                format!(
                    "add the line /{SECRETS} to .gitignore (and git rm --cached {SECRETS} if it is tracked)"
                ),
            ));
        }
        let known = changes.read(SECRETS)?.unwrap_or_default();
        let others = known
            .lines()
            .filter(|line| !line.trim_start().starts_with(&format!("{variable}=")));
        let mut kept: String = others.flat_map(|line| [line, "\n"]).collect();
        let _ = writeln!(kept, "{variable}={}", quoted(secret.expose()));
        changes.write_secret(SECRETS, &kept)?;
    }
    Ok(())
}

/// The tables of the profile.
fn text(profile: &str, imported: &Imported, variable: &str) -> String {
    let mut text = String::new();
    let name = toml_edit::Key::new(profile).to_string();
    for (table, opening) in [
        ("app", format!("[profile.{name}.app]\n")),
        ("provider", format!("[profile.{name}.provider]\n")),
        (
            "provider.user_flows",
            format!("[profile.{name}.provider.user_flows]\n"),
        ),
        (
            "downstream",
            format!("[[profile.{name}.downstream]]\nname = \"api\"\n"),
        ),
    ] {
        let of_table =
            |setting: &&Setting| setting.key.rsplit_once('.').map(|(t, _)| t) == Some(table);
        let mut lines = String::new();
        for setting in imported.settings.iter().filter(of_table) {
            let key = setting.key.rsplit('.').next().unwrap_or_default();
            let _ = writeln!(lines, "{key} = {}", setting.value.to_toml());
        }
        if table == "provider" {
            let _ = writeln!(lines, "client_secret = {{ env = \"{variable}\" }}");
        }
        if !lines.is_empty() {
            let _ = writeln!(text, "{opening}{lines}");
        }
    }
    text.pop();
    text
}

/// `staging-eu` → `B2C_STAGING_EU_CLIENT_SECRET`; the template's own profile has a shorter one.
pub(crate) fn variable_of(profile: &str) -> String {
    if profile == "tenant" {
        return "B2C_CLIENT_SECRET".to_owned();
    }
    let valid = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = profile.chars().map(valid).collect();
    format!("B2C_{name}_CLIENT_SECRET")
}

/// As the app's reader of `.env` takes it literally.
fn quoted(secret: &str) -> String {
    if !secret.contains('\'') {
        return format!("'{secret}'");
    }
    let mut quoted = String::from('"');
    for c in secret.chars() {
        if matches!(c, '"' | '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

fn with_newline(text: &str) -> String {
    match text {
        "" => String::new(),
        text if text.ends_with('\n') => text.to_owned(),
        text => format!("{text}\n"),
    }
}

const CONFIG: &str = "b2c.toml";
const SECRETS: &str = ".env";
