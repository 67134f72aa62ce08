//! What the provider says about a user.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The claims of an ID token that has been verified.
#[derive(Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    pub(crate) fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The display name (`name`).
    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// The e-mail address: the first of `emails` (user flows) or `email` (custom policies).
    pub fn email(&self) -> Option<&str> {
        let list = self.get("emails").and_then(Value::as_array);
        let first = list
            .and_then(|emails| emails.first())
            .and_then(Value::as_str);
        first.or_else(|| self.text("email"))
    }

    /// The user's identifier (`sub`); in B2C the object id.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// Any claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All claims, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Lays other claims over these.
    pub(crate) fn overlay(&mut self, claims: &Map<String, Value>) {
        for (name, value) in claims {
            self.0.insert(name.clone(), value.clone());
        }
    }

    /// Takes away what [`overlay`](Self::overlay) with these would lay over again.
    pub(super) fn uncover(&mut self, claims: &Map<String, Value>) {
        self.0.retain(|name, _| !claims.contains_key(name));
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }
}

impl fmt::Debug for Claims {
    /// The names only: values are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
