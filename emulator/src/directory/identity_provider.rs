use serde::{Deserialize, Serialize};

/// Another place where people have an account, played by a page of the emulator.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityProvider {
    name: String,
    domain: String,
}

impl IdentityProvider {
    /// Describes one: the name is on its button, the domain is the `idp` claim and the
    /// `domain_hint` that leads straight to it.
    pub fn new(name: impl Into<String>, domain: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            domain: domain.into(),
        }
    }

    /// Google, `google.com`.
    pub fn google() -> Self {
        Self::new("Google", "google.com")
    }

    /// Facebook, `facebook.com`.
    pub fn facebook() -> Self {
        Self::new("Facebook", "facebook.com")
    }

    /// GitHub, `github.com`.
    pub fn github() -> Self {
        Self::new("GitHub", "github.com")
    }

    /// The name on its button.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The domain, for example `google.com`.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}
