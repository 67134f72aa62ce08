//! Whose tokens an API accepts, once it is registered.

use toml::Value;
use toml_edit::{Array, Item};

use super::apply::TenantChange;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, is_api};

impl TenantChange {
    /// Plans `api.audiences` of a profile, where the project is an API and the list is empty: the claim
    /// `aud` of version 2.0 tokens is the API's application id
    /// ([access token claims](https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference)).
    /// Tells whether it does.
    ///
    /// # Errors
    ///
    /// `b2c.toml` cannot be read.
    pub(crate) fn add_audience(&mut self, profile: &str, id: &str) -> Result<bool, Error> {
        let text = self.changes.read(CONFIG_FILE)?.unwrap_or_default();
        if !lacks_audience(&text, profile) {
            return Ok(false);
        }
        let mut document = parse(CONFIG_FILE, &text)?;
        let audiences = &mut document["profile"][profile]["api"]["audiences"];
        let decor = audiences.as_value().map(|value| value.decor().clone());
        let mut list = toml_edit::Value::Array([id].into_iter().collect::<Array>());
        if let Some(decor) = decor {
            *list.decor_mut() = decor;
        }
        *audiences = Item::Value(list);
        self.changes.write(CONFIG_FILE, &document.to_string())?;
        Ok(true)
    }
}

/// Whether this is an API whose profile has a list of audiences with nothing in it. One that names them
/// for each provider, or for all profiles, has its own way.
pub(crate) fn lacks_audience(text: &str, profile: &str) -> bool {
    let Ok(document) = text.parse::<toml::Table>() else {
        return false;
    };
    let api = document
        .get("profile")
        .and_then(|all| all.get(profile)?.get("api"));
    let list = api
        .and_then(|api| api.get("audiences"))
        .and_then(Value::as_array);
    is_api(&document) && list.is_some_and(Vec::is_empty)
}
