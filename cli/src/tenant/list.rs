//! The profiles of a project.

use toml_edit::{DocumentMut, Item};

use super::profile::ACTIVE_PROFILE;
use b2c_templates::Kind;

/// A profile of `b2c.toml`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// Whether the file makes it the active one.
    pub(crate) active: bool,
    /// `None` if it has no provider of its own, or one of a kind that is not known.
    pub(crate) kind: Option<Kind>,
    /// The tenant, or the issuer.
    pub(crate) tenant: Option<String>,
    pub(crate) client_id: Option<String>,
}

/// The profiles, in the order of the file.
pub(crate) fn profiles(document: &DocumentMut) -> Vec<Profile> {
    let active = document.get(ACTIVE_PROFILE).and_then(Item::as_str);
    let all = document.get("profile").and_then(Item::as_table_like);
    let all = all.into_iter().flat_map(|all| all.iter());
    let profiles = all.map(|(name, profile)| {
        let setting = |key: &str| profile.get("provider")?.get(key)?.as_str();
        let known = profile.get("provider").is_some();
        let kind = setting("kind").or(known.then_some("b2c"));
        let tenant = setting("tenant")
            .or(setting("authority"))
            .or(setting("issuer"));
        Profile {
            name: name.to_owned(),
            active: active == Some(name),
            kind: kind.and_then(|kind| kind.parse().ok()),
            tenant: tenant.map(str::to_owned),
            client_id: setting("client_id").map(str::to_owned),
        }
    });
    profiles.collect()
}
