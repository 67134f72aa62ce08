//! What the provider says about a user.

use std::fmt;

use serde::de::MapAccess;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::claim_name::ClaimName;
use crate::jwt::ClaimSet;

/// The claims of an ID token that has been verified.
///
/// Sorted by name, and without the room that a map leaves for more: each session in memory has its own.
#[derive(Clone, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub struct Claims(Box<[(ClaimName, Value)]>);

impl Claims {
    pub(crate) fn new(claims: Map<String, Value>) -> Self {
        let claims = claims.into_iter();
        let mut claims: Vec<_> = claims
            .map(|(name, value)| (name.as_str().into(), trimmed(value)))
            .collect();
        // So are those of a map, unless it keeps the order in which they came.
        sort(&mut claims);
        Self(claims.into_boxed_slice())
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
        let found = self.0.binary_search_by(|(known, _)| known.order(name));
        found.ok().map(|place| &self.0[place].1)
    }

    /// All claims, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Lays other claims over these.
    pub(crate) fn overlay(&mut self, claims: &Map<String, Value>) {
        if claims.is_empty() {
            return;
        }
        let own = self.iter();
        let over = claims.iter().map(|(name, value)| (name.as_str(), value));
        let all = own.chain(over);
        let all = all.map(|(name, value)| (name.to_owned(), value.clone()));
        *self = Self::new(all.collect());
    }

    /// Takes away what [`overlay`](Self::overlay) with these would lay over again.
    pub(super) fn uncover(&mut self, claims: &Map<String, Value>) {
        let mut left = std::mem::take(&mut self.0).into_vec();
        left.retain(|(name, _)| !claims.contains_key(&**name));
        self.0 = left.into_boxed_slice();
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }
}

impl ClaimSet for Claims {
    fn claim(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn read<'de, A: MapAccess<'de>>(mut access: A) -> Result<Option<Self>, A::Error> {
        let mut claims = Vec::with_capacity(MOST_TOKENS);
        while let Some((name, value)) = access.next_entry()? {
            claims.push((name, trimmed(value)));
        }
        sort(&mut claims);
        let is_twice = |pair: &[(ClaimName, Value)]| pair[0].0 == pair[1].0;
        let unique = !claims.windows(2).any(is_twice);
        Ok(unique.then(|| Self(claims.into_boxed_slice())))
    }
}

impl From<Map<String, Value>> for Claims {
    fn from(claims: Map<String, Value>) -> Self {
        Self::new(claims)
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Debug for Claims {
    /// The names only: values are personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

fn sort(claims: &mut [(ClaimName, Value)]) {
    claims.sort_unstable_by(|(one, _), (other, _)| one.order(other));
}

/// Parsers leave room in strings and lists for more.
fn trimmed(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.into_boxed_str().into_string()),
        Value::Array(values) => {
            let values: Box<[_]> = values.into_iter().map(trimmed).collect();
            Value::Array(values.into_vec())
        }
        other => other,
    }
}

/// Most tokens have no more claims.
const MOST_TOKENS: usize = 24;
