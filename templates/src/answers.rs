//! What is filled into a template.

use std::collections::BTreeMap;

use crate::kind::Kind;
use crate::secrets::Secrets;
use crate::store::Store;

/// The choices that a template follows, and named values. A template that uses a name without a
/// value does not render.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Answers {
    kind: Kind,
    store: Store,
    deployed: Secrets,
    emulated: Secrets,
    values: BTreeMap<String, String>,
}

impl Answers {
    /// No values yet, and the defaults of the choices.
    pub fn new() -> Self {
        Self::default()
    }

    /// Who signs the users in. Default: [`Kind::B2c`].
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Where sessions are kept. Default: [`Store::Memory`]. A template without sessions does not look
    /// at it.
    pub fn store(mut self, store: Store) -> Self {
        self.store = store;
        self
    }

    /// The profile that the app runs with where it is deployed, and the secrets that its settings refer to.
    /// Default: none. The files of [`Deploy`](crate::Deploy) alone look at it.
    pub fn deployed(mut self, secrets: Secrets) -> Self {
        self.deployed = secrets;
        self
    }

    /// As [`deployed`](Self::deployed), of the profile that the app runs with beside the emulator.
    pub fn emulated(mut self, secrets: Secrets) -> Self {
        self.emulated = secrets;
        self
    }

    /// Adds a value, or replaces the one of this name.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    pub(crate) fn deployed_secrets(&self) -> &Secrets {
        &self.deployed
    }

    pub(crate) fn emulated_secrets(&self) -> &Secrets {
        &self.emulated
    }

    /// Everything by the name that templates have for it; `template` is the template's.
    pub(crate) fn context(&self, template: &str) -> BTreeMap<String, String> {
        let mut all = self.values.clone();
        for (name, choice) in [
            ("template", template),
            ("kind", self.kind.name()),
            ("provider_name", self.kind.product()),
            ("store", self.store.name()),
        ] {
            all.insert(name.to_owned(), choice.to_owned());
        }
        all
    }
}
