//! The environment variables that client secrets are in.

use std::collections::BTreeSet;

use toml_edit::{DocumentMut, TableLike};

use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, Project};

impl Project {
    /// A variable for the client secret of a profile, or of one of its several providers, that `b2c.toml` uses
    /// for nobody else: else a secret would take the place of another one.
    ///
    /// # Errors
    ///
    /// `b2c.toml` cannot be read.
    pub(crate) fn new_variable(
        &self,
        profile: &str,
        provider: Option<&str>,
    ) -> Result<String, Error> {
        let known = variables(&parse(CONFIG_FILE, &self.config()?)?);
        let full = provider.map(|provider| format!("{profile}-{provider}"));
        let mut candidates = vec![provider.map_or_else(|| variable_of(profile), named)];
        candidates.extend(full.as_deref().map(named));
        let more = numbered(full.as_deref().unwrap_or(profile)).skip(1);
        let candidates = candidates.into_iter().chain(more.map(|name| named(&name)));
        Ok(first_free(candidates, |name| !known.contains(name)))
    }

    /// Refuses a variable that another setting of `b2c.toml` is taken from. Client secrets may share one,
    /// unless its value is written (`is_written`); `own` is the profile, and the one of its several providers,
    /// whose secret it is.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with the other setting; or `b2c.toml` cannot be read.
    pub(crate) fn refuse_taken(
        &self,
        name: &str,
        own: Option<(&str, Option<&str>)>,
        is_written: bool,
    ) -> Result<(), Error> {
        let own = own.map(|(profile, provider)| match provider {
            None => format!("profile.{profile}.provider.client_secret"),
            Some(provider) => format!("profile.{profile}.providers.{provider}.client_secret"),
        });
        let document = parse(CONFIG_FILE, &self.config()?)?;
        let mut uses = Vec::new();
        collect(document.as_table(), "", &mut |key, variable| {
            if variable == name {
                uses.push(key.to_owned());
            }
        });
        if uses.iter().any(|key| Some(key) == own.as_ref()) {
            return Ok(());
        }
        let is_other = |key: &&String| is_written || !key.ends_with("client_secret");
        match uses.iter().find(is_other) {
            Some(other) => Err(taken(name, other)),
            None => Ok(()),
        }
    }
}

/// `staging-eu` → `B2C_STAGING_EU_CLIENT_SECRET`; the template's own profile keeps its shorter one.
pub(crate) fn variable_of(profile: &str) -> String {
    if profile == "tenant" {
        return "B2C_CLIENT_SECRET".to_owned();
    }
    named(profile)
}

fn named(name: &str) -> String {
    let valid = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(valid).collect();
    format!("B2C_{name}_CLIENT_SECRET")
}

/// `name`, `name-2`, `name-3` and so on.
pub(crate) fn numbered(name: &str) -> impl Iterator<Item = String> {
    let more = (2_u32..).map(move |number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(more)
}

/// The first that is nobody's.
pub(crate) fn first_free(
    mut names: impl Iterator<Item = String>,
    is_free: impl Fn(&str) -> bool,
) -> String {
    names.find(|name| is_free(name)).unwrap_or_default()
}

/// Why a variable cannot be that of a client secret.
pub(crate) fn taken(name: &str, other: &str) -> Error {
    Error::refused(
        format!("{name} is what {other} is taken from; a client secret would take its place"),
        "choose another name with --client-secret-env, or leave it out: it gets one of its own",
    )
}

/// Every variable that a setting is taken from: `{ env = "NAME" }`.
pub(crate) fn variables(document: &DocumentMut) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(document.as_table(), "", &mut |_, name| {
        found.insert(name.to_owned());
    });
    found
}

/// Calls with the dotted key of each setting that is taken from a variable, and the variable.
fn collect(table: &dyn TableLike, path: &str, found: &mut dyn FnMut(&str, &str)) {
    for (key, item) in table.iter() {
        if let Some(name) = item.as_str().filter(|_| key == "env" && table.len() == 1) {
            found(path, name);
        }
        let path = if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        };
        if let Some(below) = item.as_table_like() {
            collect(below, &path, found);
        }
        for below in item.as_array_of_tables().into_iter().flatten() {
            collect(below, &path, found);
        }
        let items = item.as_array().into_iter().flatten();
        for below in items.filter_map(toml_edit::Value::as_inline_table) {
            collect(below, &path, found);
        }
    }
}
