//! The profiles of a project.

use toml_edit::{DocumentMut, Item};

use super::kind::OfKind as _;
use super::profile::ACTIVE_PROFILE;
use b2c_templates::Kind;

/// A profile of `b2c.toml`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// Whether it is the active one: that of the file, unless the environment was asked.
    pub(crate) active: bool,
    /// Those of its own, in the order of the file: that of `[provider]`, or each of `[providers.NAME]`.
    pub(crate) providers: Vec<Provider>,
}

/// A provider of a profile.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Provider {
    /// `None` for that of `[provider]`.
    pub(crate) name: Option<String>,
    /// `None` if it is of one that is not known.
    pub(crate) kind: Option<Kind>,
    /// The tenant, or the issuer.
    pub(crate) tenant: Option<String>,
    pub(crate) client_id: Option<String>,
}

impl Profile {
    /// The one of `[provider]`.
    pub(crate) fn only(&self) -> Option<&Provider> {
        self.providers
            .iter()
            .find(|provider| provider.name.is_none())
    }

    /// The names of `[providers.NAME]`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.providers.iter().map(|provider| &provider.name);
        names.filter_map(Option::as_deref)
    }
}

/// The profiles, in the order of the file.
pub(crate) fn profiles(document: &DocumentMut) -> Vec<Profile> {
    let active = document.get(ACTIVE_PROFILE).and_then(Item::as_str);
    let all = document.get("profile").and_then(Item::as_table_like);
    let all = all.into_iter().flat_map(|all| all.iter());
    let profiles = all.map(|(name, profile)| {
        let only = profile.get("provider").map(|own| provider(None, own));
        let several = profile.get("providers").and_then(Item::as_table_like);
        let several = several.into_iter().flat_map(|all| all.iter());
        let several = several.map(|(name, own)| provider(Some(name), own));
        Profile {
            name: name.to_owned(),
            active: active == Some(name),
            providers: only.into_iter().chain(several).collect(),
        }
    });
    profiles.collect()
}

fn provider(name: Option<&str>, table: &Item) -> Provider {
    let setting = |key: &str| table.get(key)?.as_str();
    let tenant = setting("tenant")
        .or(setting("authority"))
        .or(setting("issuer"));
    Provider {
        name: name.map(str::to_owned),
        kind: table.kind().ok(),
        tenant: tenant.map(str::to_owned),
        client_id: setting("client_id").map(str::to_owned),
    }
}
