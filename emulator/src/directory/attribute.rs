use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A custom attribute of a tenant; its claim is `extension_{name}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: AttributeType,
}

/// The data type of a custom attribute.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AttributeType {
    /// A text.
    String,
    /// True or false.
    Boolean,
    /// A whole number.
    Int,
}

/// The value of a custom attribute.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(untagged, expecting = "expected a string, a boolean or an int")]
#[non_exhaustive]
pub enum AttributeValue {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    String(String),
}

impl Attribute {
    /// The name in tokens, in forms and in seeds.
    pub(crate) fn claim(&self) -> String {
        claim_name(&self.name)
    }

    /// Letters, digits and underscores, and at least one.
    pub(crate) fn has_good_name(&self) -> bool {
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !self.name.is_empty() && self.name.bytes().all(is_good)
    }

    pub(crate) fn fits(&self, value: &AttributeValue) -> bool {
        self.kind == value.kind()
    }
}

impl AttributeType {
    /// The name in a seed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Int => "int",
        }
    }
}

impl AttributeValue {
    fn kind(&self) -> AttributeType {
        match self {
            Self::Boolean(_) => AttributeType::Boolean,
            Self::Int(_) => AttributeType::Int,
            Self::String(_) => AttributeType::String,
        }
    }
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::String(value) => f.write_str(value),
        }
    }
}

impl From<bool> for AttributeValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for AttributeValue {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<i64> for AttributeValue {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for AttributeValue {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<AttributeValue> for Value {
    fn from(value: AttributeValue) -> Self {
        match value {
            AttributeValue::Boolean(value) => value.into(),
            AttributeValue::Int(value) => value.into(),
            AttributeValue::String(value) => value.into(),
        }
    }
}

/// `extension_LoyaltyId` for `LoyaltyId`.
pub(crate) fn claim_name(attribute: &str) -> String {
    format!("{PREFIX}{attribute}")
}

/// `LoyaltyId` for `extension_LoyaltyId`, and for itself.
pub(crate) fn bare_name(name: &str) -> &str {
    name.strip_prefix(PREFIX).unwrap_or(name)
}

pub(super) const PREFIX: &str = "extension_";
