//! What was found, in this project's words.

use super::node::Place;
use super::secret::FoundSecret;
use crate::tenant::Kind;

/// The settings of one profile, each with the place that says it.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) settings: Vec<Setting>,
    pub(crate) secret: Option<(FoundSecret, Place)>,
    /// The file that the client secret is in, in place of the secret itself.
    pub(crate) secret_file: Option<(String, Place)>,
    /// What was read and has no place here.
    pub(crate) left: Vec<Left>,
    pub(crate) warnings: Vec<String>,
    /// Settings that the app needs and nothing says.
    pub(crate) missing: Vec<&'static str>,
    /// Those that the command line names.
    allowed_tenants: Option<Vec<String>>,
    /// Where the settings stand that these were made of.
    used: Vec<Place>,
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

    /// Says whose users may sign in, whatever the files say.
    pub(crate) fn allow(&mut self, tenants: Vec<String>) {
        self.missing.retain(|key| *key != ALLOWED);
        self.settings.retain(|setting| setting.key != ALLOWED);
        self.allowed_tenants = Some(tenants);
    }

    /// The tenants whose users may sign in, where there are several.
    pub(crate) fn allowed_tenants(&self) -> Option<&[String]> {
        self.allowed_tenants
            .as_deref()
            .or_else(|| self.list(ALLOWED))
    }

    /// The texts of a setting, if it is a list.
    fn list(&self, key: &str) -> Option<&[String]> {
        let setting = self.settings.iter().find(|setting| setting.key == key)?;
        match &setting.value {
            Plain::List(texts) => Some(texts),
            Plain::Text(_) => None,
        }
    }

    /// Notes that what stands there is of use.
    pub(super) fn uses<'p>(&mut self, places: impl IntoIterator<Item = &'p Place>) {
        self.used.extend(places.into_iter().cloned());
    }

    /// Whether something was made of what stands there.
    pub(super) fn has_used(&self, place: &Place) -> bool {
        self.used.contains(place)
    }

    pub(super) fn add(&mut self, key: &'static str, value: impl Into<Plain>, place: &Place) {
        self.settings.push(Setting {
            key,
            value: value.into(),
            place: place.clone(),
        });
    }
}

pub(super) const ALLOWED: &str = "provider.allowed_tenants";

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
