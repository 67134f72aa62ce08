//! What was found, in this project's words.

use super::node::Place;
use super::secret::FoundSecret;
use crate::tenant::Kind;

/// The settings of one profile, each with the place that says it.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) settings: Vec<Setting>,
    pub(crate) secret: Option<(FoundSecret, Place)>,
    /// What was read and has no place here.
    pub(crate) left: Vec<Left>,
    pub(crate) warnings: Vec<String>,
    /// Settings that the app needs and nothing says.
    pub(crate) missing: Vec<&'static str>,
}

/// A setting of a profile: `provider.tenant`.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) value: Plain,
    pub(crate) place: Place,
}

/// The value of a setting.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Plain {
    Text(String),
    List(Vec<String>),
}

/// A setting of the other tool that is not taken over.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) reason: String,
    /// Without it more people may sign in than before.
    pub(crate) restricts: bool,
}

impl Imported {
    /// The value of a setting, if it is a text.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        let setting = self.settings.iter().find(|setting| setting.key == key)?;
        match &setting.value {
            Plain::Text(text) => Some(text),
            Plain::List(_) => None,
        }
    }

    pub(super) fn add(&mut self, key: &'static str, value: impl Into<Plain>, place: &Place) {
        self.settings.push(Setting {
            key,
            value: value.into(),
            place: place.clone(),
        });
    }
}

impl From<String> for Plain {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<String>> for Plain {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl From<Kind> for Plain {
    fn from(kind: Kind) -> Self {
        Self::Text(kind.to_string())
    }
}

impl Plain {
    /// As TOML has it.
    pub(crate) fn to_toml(&self) -> toml_edit::Value {
        match self {
            Self::Text(text) => text.into(),
            Self::List(list) => list
                .iter()
                .map(String::as_str)
                .collect::<toml_edit::Array>()
                .into(),
        }
    }
}
