//! A value given in code.

use toml::Value;

/// A setting's value for [`ConfigFile::set`](super::ConfigFile::set): text, a number, a boolean or a
/// list of texts.
#[derive(Clone)]
pub struct Setting(pub(super) Value);

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self(Value::from(text))
    }
}

impl From<String> for Setting {
    fn from(text: String) -> Self {
        Self(Value::from(text))
    }
}

impl From<bool> for Setting {
    fn from(value: bool) -> Self {
        Self(Value::from(value))
    }
}

impl From<u32> for Setting {
    fn from(number: u32) -> Self {
        Self(Value::from(number))
    }
}

impl From<Vec<String>> for Setting {
    fn from(texts: Vec<String>) -> Self {
        Self(Value::from(texts))
    }
}
