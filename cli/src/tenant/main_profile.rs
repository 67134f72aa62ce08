//! The profile that people sign in with, and the kind of provider that a project's own files are for.

use b2c_templates::{Kind, Template};
use toml::{Table, Value};

use super::effective::effective;
use super::fresh::OWN_PROFILE;
use super::kind::OfKind as _;
use super::profile::ACTIVE_PROFILE;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::lock::LockFile;
use crate::project::{CONFIG_FILE, Project};

/// The profile that people sign in with where nobody names one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Meant<'a> {
    /// The active one unless that is the emulator's, else the only one besides.
    One(&'a str),
    /// There are several besides the emulator's, and none of them is active.
    Several(Vec<&'a str>),
    /// There is none besides the emulator's.
    None,
}

impl<'a> Meant<'a> {
    /// Among all profiles by name, of which one may be active.
    pub(crate) fn of(names: impl Iterator<Item = &'a str>, active: Option<&str>) -> Self {
        let tenants: Vec<_> = names.filter(|name| *name != EMULATOR).collect();
        let active = tenants.iter().find(|name| Some(**name) == active);
        match (active, tenants.as_slice()) {
            (Some(one), _) | (None, [one]) => Self::One(one),
            (None, []) => Self::None,
            (None, _) => Self::Several(tenants),
        }
    }
}

/// The profile that people sign in with, as [`Meant`] finds it; of several the template's own. `None` where
/// there is none of these.
pub(crate) fn main_profile(document: &Table) -> Option<&str> {
    let all = document.get("profile").and_then(Value::as_table);
    let names = all.into_iter().flat_map(Table::keys).map(String::as_str);
    let active = document.get(ACTIVE_PROFILE).and_then(Value::as_str);
    match Meant::of(names, active) {
        Meant::One(name) => Some(name),
        Meant::Several(names) => names.into_iter().find(|name| *name == OWN_PROFILE),
        Meant::None => None,
    }
}

impl Project {
    /// Plans that `update` renders the project's own files, such as README and tests, for the kind of
    /// provider that these changes have people sign in at. Of several it stays what it was while one of
    /// them is of that kind: until the old one is taken out, a move is under way.
    ///
    /// # Errors
    ///
    /// The lock file is not as it was written.
    pub(crate) fn follow_kind(changes: &mut ChangeSet) -> Result<(), Error> {
        let Some(mut lock) = lock_of(changes)? else {
            return Ok(());
        };
        // What was added to a crate is of no kind.
        let is_known = lock.template.parse::<Template>().is_ok();
        let Some(known) = lock.kind().filter(|_| is_known) else {
            return Ok(());
        };
        let text = changes.read(CONFIG_FILE)?.unwrap_or_default();
        let kind = followed(&text.parse().unwrap_or_default(), known);
        if kind != known {
            lock.set_kind(kind);
            changes.write(LockFile::PATH, &lock.to_text())?;
        }
        Ok(())
    }

    /// The kind that the project's own files will be for, if these changes make it another one.
    ///
    /// # Errors
    ///
    /// As those of [`follow_kind`](Self::follow_kind).
    pub(crate) fn other_kind(&self, changes: &ChangeSet) -> Result<Option<Kind>, Error> {
        let before = self.lock().and_then(LockFile::kind);
        let after = lock_of(changes)?.and_then(|lock| lock.kind());
        Ok(after.filter(|_| before != after))
    }
}

fn lock_of(changes: &ChangeSet) -> Result<Option<LockFile>, Error> {
    let text = changes.read(LockFile::PATH)?;
    text.map(|text| LockFile::parse(&text)).transpose()
}

/// The kind of the provider that people sign in at; the one that is known while there is one of it.
fn followed(document: &Table, known: Kind) -> Kind {
    let settings = effective(document, main_profile(document).unwrap_or_default());
    let several = settings.get("providers").and_then(Value::as_table);
    let several = several.into_iter().flatten();
    let several = several.map(|(name, provider)| (name.as_str(), provider));
    let only = settings.get("provider").map(|provider| ("", provider));
    let kinds = only.into_iter().chain(several);
    let kinds: Vec<(&str, Kind)> = kinds
        .filter_map(|(name, provider)| Some((name, provider.kind().ok()?)))
        .collect();
    if kinds.iter().any(|(_, kind)| *kind == known) {
        return known;
    }
    let app = settings.get("app");
    let default = app.and_then(|app| app.get("default_provider")?.as_str());
    let default = kinds.iter().find(|(name, _)| Some(*name) == default);
    default.or(kinds.first()).map_or(known, |(_, kind)| *kind)
}

/// The profile of the emulator, which is not a tenant of anybody's.
pub(crate) const EMULATOR: &str = "emulator";

#[cfg(test)]
mod tests {
    use super::{Kind, followed, main_profile};

    #[test]
    fn the_profile_in_use_tells_and_the_emulators_never_does() {
        let text = |active: &str, names: &[&str]| {
            let tables = names.iter().map(|name| format!("[profile.{name}]\n"));
            format!(
                "active_profile = \"{active}\"\n{}",
                tables.collect::<String>()
            )
        };
        for (active, names, expected) in [
            ("emulator", &["emulator", "tenant"][..], Some("tenant")),
            ("emulator", &["emulator", "prod", "tenant"], Some("tenant")),
            ("prod", &["emulator", "prod", "tenant"], Some("prod")),
            ("emulator", &["emulator", "prod"], Some("prod")),
            ("emulator", &["emulator", "prod", "staging"], None),
            ("nobody", &["emulator"], None),
        ] {
            let document = text(active, names).parse().expect("TOML");
            assert_eq!(main_profile(&document), expected, "{active} {names:?}");
        }
    }

    #[test]
    fn of_several_kinds_the_known_one_stays() {
        for (text, known, expected) in [
            ("[provider]\ntenant = 'a'", Kind::Entra, Kind::B2c),
            ("[provider]\nkind = 'saml'", Kind::Entra, Kind::Entra),
            ("", Kind::Oidc, Kind::Oidc),
            (
                "[providers.a]\n[providers.b]\nkind = 'entra'",
                Kind::B2c,
                Kind::B2c,
            ),
            (
                "[providers.a]\nkind = 'entra'\n[providers.b]\nkind = 'external-id'",
                Kind::B2c,
                Kind::Entra,
            ),
            (
                "app.default_provider = 'b'\n[providers.a]\nkind = 'entra'\n[providers.b]\nkind = 'external-id'",
                Kind::B2c,
                Kind::ExternalId,
            ),
        ] {
            let document = text.parse().expect("TOML");
            assert_eq!(followed(&document, known), expected, "{text}");
        }
    }
}
