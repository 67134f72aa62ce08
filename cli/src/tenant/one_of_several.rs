//! Sets one provider of a profile that has several.

use super::apply::TenantChange;
use super::consequences::consequences;
use super::judge::judge;
use super::list::{Provider, profiles};
use super::profile::{set_address, set_at, set_audiences, with_address};
use super::settings::Tenant;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, Project};
use b2c_templates::Kind;

impl Project {
    /// Plans that `[profile.NAME.providers.PROVIDER]`, which is there, gets these settings. Everything else
    /// in the file stays. The tables of several providers are people's own, so that nobody has to be asked
    /// whose value is taken.
    ///
    /// # Errors
    ///
    /// The app could not be configured with the result.
    pub(crate) fn set_one_of_several(
        &self,
        profile: &str,
        provider: &str,
        tenant: &Tenant,
    ) -> Result<TenantChange, Error> {
        let ours = self.config()?;
        let mut document = parse(CONFIG_FILE, &ours)?;
        let root = document.as_table_mut();
        set_address(root, profile, tenant);
        set_audiences(root, profile, tenant);
        set_at(root, &["profile", profile, "providers", provider], tenant);
        let text = with_address(&document.to_string(), profile, tenant)?;
        let incomplete = judge(self.root(), Some(profile), &ours, &text)?;
        let mut changes = self.changes();
        changes.write(CONFIG_FILE, &text)?;
        let [before, after] = [&ours, &text].map(|text| kind_of(text, profile, provider));
        if before != after {
            Self::follow_kind(&mut changes)?;
        }
        let consequences = before.zip(after).map(|(old, new)| consequences(old, new));
        Ok(TenantChange {
            changes,
            settled: Vec::new(),
            incomplete,
            consequences: consequences.unwrap_or_default(),
        })
    }
}

fn kind_of(text: &str, profile: &str, provider: &str) -> Option<Kind> {
    let all = profiles(&parse(CONFIG_FILE, text).ok()?);
    let own = all.into_iter().find(|known| known.name == profile)?;
    let is_it = |known: &Provider| known.name.as_deref() == Some(provider);
    own.providers.into_iter().find(is_it)?.kind
}
