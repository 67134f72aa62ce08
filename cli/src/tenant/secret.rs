//! The client secret in `.env`.

use toml_edit::{DocumentMut, Item};

use super::apply::TenantChange;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::{add_missing, parse, set_line};
use crate::project::{CONFIG_FILE, Project, refuse_unless_ignored};
use crate::terminal::SecretText;

impl TenantChange {
    /// Plans a line of `.env`, which its owner alone can read.
    ///
    /// # Errors
    ///
    /// git would see the file.
    pub(crate) fn add_secret(
        &mut self,
        project: &Project,
        name: &str,
        value: &SecretText,
    ) -> Result<(), Error> {
        plan_secret(&mut self.changes, project, name, value)
    }

    /// The day on which a client secret will end by `b2c.toml`: that of the profile, or of one of its several
    /// providers.
    ///
    /// # Errors
    ///
    /// `b2c.toml` cannot be read.
    pub(crate) fn secret_expires(
        &self,
        profile: &str,
        provider: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let text = self.changes.read(CONFIG_FILE)?.unwrap_or_default();
        let document = parse(CONFIG_FILE, &text)?;
        let day = provider_of(&document, profile, provider)
            .and_then(|provider| provider.get("client_secret_expires")?.as_value());
        Ok(day.map(|day| day.to_string().trim().trim_matches('"').to_owned()))
    }

    /// Plans a line without a value in `.env.example`, if the project has that file.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn name_secret(&mut self, profile: &str, name: &str) -> Result<(), Error> {
        name_secret(&mut self.changes, &format!("the profile {profile}"), name)
    }
}

/// Plans a line of `.env`, which its owner alone can read.
///
/// # Errors
///
/// git would see the file.
pub(crate) fn plan_secret(
    changes: &mut ChangeSet,
    project: &Project,
    name: &str,
    value: &SecretText,
) -> Result<(), Error> {
    refuse_unless_ignored(project.root(), FILE)?;
    let text = changes.read(FILE)?.unwrap_or_default();
    changes.write_secret(FILE, &env_with(&text, name, value))
}

/// Plans a line without a value in `.env.example`, if the project has that file.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn name_secret(changes: &mut ChangeSet, whose: &str, name: &str) -> Result<(), Error> {
    let Some(text) = changes.read(EXAMPLE)? else {
        return Ok(());
    };
    let line = format!("# The client secret of {whose}.\n{name}=\n");
    changes.write(EXAMPLE, &add_missing(&text, &line))
}

impl Project {
    /// The environment variable that a client secret is in, if `b2c.toml` names one: that of the profile, or
    /// of one of its several providers.
    pub(crate) fn secret_variable(
        &self,
        profile: &str,
        provider: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let document = parse(CONFIG_FILE, &self.config()?)?;
        let name = provider_of(&document, profile, provider)
            .and_then(|provider| provider.get("client_secret")?.get("env"))
            .and_then(Item::as_str);
        Ok(name.map(str::to_owned))
    }
}

/// The provider of a profile, or the one of its several that has this name.
fn provider_of<'d>(
    document: &'d DocumentMut,
    profile: &str,
    provider: Option<&str>,
) -> Option<&'d Item> {
    let profile = document.get("profile")?.get(profile)?;
    match provider {
        None => profile.get("provider"),
        Some(name) => profile.get("providers")?.get(name),
    }
}

/// The text of a `.env` file with this line.
pub(crate) fn env_with(text: &str, name: &str, value: &SecretText) -> String {
    set_line(text, name, &quoted(value.expose()))
}

/// The value of a line of `.env`, unless it is empty.
pub(crate) fn env_value(project: &Project, name: &str) -> Result<Option<SecretText>, Error> {
    let text = project.read(FILE)?.unwrap_or_default();
    let mut lines = dotenvy::from_read_iter(text.as_bytes()).flatten();
    let found = lines.find(|(known, value)| known == name && !value.is_empty());
    Ok(found.map(|(_, value)| SecretText::new(value)))
}

/// A value as `.env` files take it, whatever characters it has.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~+/=@:,%".contains(c);
    if value.chars().all(plain) {
        value.to_owned()
    } else if value.contains('\'') {
        format!(
            "\"{}\"",
            value
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('$', "\\$")
        )
    } else {
        format!("'{value}'")
    }
}

const FILE: &str = ".env";
const EXAMPLE: &str = ".env.example";

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn secrets_are_read_back_from_env_files() {
        for secret in ["abc~D.8Q", "a b#c", "it's $HOME", "\"x\\y\"", "q'\"$\\"] {
            let text = format!("NAME={}\n", quoted(secret));
            let mut lines = dotenvy::from_read_iter(text.as_bytes());
            let (_, value) = lines.next().expect("a line").expect("readable");
            assert_eq!(value, secret, "{text}");
        }
    }
}
