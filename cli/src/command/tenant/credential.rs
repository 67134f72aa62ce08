//! Where the client secret of a profile is, and how it gets there.

use std::io::Read;

use super::arguments::Settings;
use crate::error::Error;
use crate::project::Project;
use crate::tenant::{Secret, taken, variable_of};
use crate::terminal::{SecretText, ask_secret, stdin_is_terminal};

/// What becomes of the client secret.
pub(in crate::command) struct Credential {
    /// The reference in `b2c.toml`; `None` to leave the one that is there.
    pub(in crate::command) secret: Option<Secret>,
    /// The line of `.env`.
    pub(in crate::command) value: Option<(String, SecretText)>,
}

pub(super) fn credential(
    project: &Project,
    (profile, provider): (&str, Option<&str>),
    settings: &Settings,
    is_new: bool,
) -> Result<Credential, Error> {
    if let Some(path) = &settings.client_secret_file {
        return Ok(Credential {
            secret: Some(Secret::File(path.clone())),
            value: None,
        });
    }
    if let Some(name) = &settings.client_secret_env {
        let own = Some((profile, provider));
        project.refuse_taken(name, own, settings.client_secret_stdin)?;
    }
    let value = settings.client_secret_stdin.then(read_secret).transpose()?;
    let name = match settings.client_secret_env.clone() {
        None if is_new || value.is_some() => match project.secret_variable(profile, provider)? {
            None => Some(project.new_variable(profile, provider)?),
            known => known,
        },
        name => name,
    };
    Ok(Credential {
        secret: name.clone().map(Secret::Env),
        value: name.zip(value),
    })
}

/// What becomes of the client secret in a `b2c.toml` that is not there yet.
pub(in crate::command) fn given(settings: &Settings, profile: &str) -> Result<Credential, Error> {
    if let Some(path) = &settings.client_secret_file {
        return Ok(Credential {
            secret: Some(Secret::File(path.clone())),
            value: None,
        });
    }
    let name = settings.client_secret_env.clone();
    if let Some(name) = name.as_deref().filter(|name| TEMPLATES.contains(name)) {
        return Err(taken(name, "another setting of the template"));
    }
    let value = settings.client_secret_stdin.then(read_secret).transpose()?;
    let variable = name.clone().unwrap_or_else(|| variable_of(profile));
    Ok(Credential {
        secret: name.map(Secret::Env),
        value: value.map(|value| (variable, value)),
    })
}

/// Reads a client secret from standard input, without echo where that is a terminal.
pub(in crate::command) fn read_secret() -> Result<SecretText, Error> {
    let secret = if stdin_is_terminal() {
        ask_secret("Client secret (not shown): ")?
    } else {
        let mut text = String::new();
        let read = std::io::stdin().take(LONGEST + 1).read_to_string(&mut text);
        let length =
            read.map_err(|error| Error::io("read the client secret from standard input", error))?;
        if length as u64 > LONGEST {
            return Err(Error::Usage(format!(
                "standard input has more than a client secret: over {} KiB",
                LONGEST / 1024
            )));
        }
        // Windows' shells and editors begin a text with a byte order mark.
        SecretText::new(text.trim_start_matches('\u{feff}').trim())
    };
    if secret.is_empty() {
        return Err(Error::Usage(
            "standard input has no client secret".to_owned(),
        ));
    }
    if secret.expose().chars().any(char::is_control) {
        return Err(Error::Usage(
            "standard input has more than a client secret, which is one line without control characters"
                .to_owned(),
        ));
    }
    Ok(secret)
}

/// What the templates take other settings from.
const TEMPLATES: [&str; 2] = ["B2C_COOKIE_KEY", "B2C_EMULATOR_CLIENT_SECRET"];
/// More than any provider's secret.
const LONGEST: u64 = 64 * 1024;
