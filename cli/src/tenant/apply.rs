//! Sets the tenant of a profile.

use super::audience::with_own_audience;
use super::consequences::consequences;
use super::judge::judge;
use super::list::profiles;
use super::profile::{set, snapshot, with_address};
use super::settings::Tenant;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::lock::LockFile;
use crate::merge::{Conflict, FilledIn, Prefer, merge_toml, parse, without, without_edited};
use crate::project::{CONFIG_FILE, Project};
use b2c_templates::Kind;

/// What becomes of a project when its tenant changes. Nothing is written before
/// [`changes`](Self::changes) are applied.
#[derive(Clone, Debug)]
pub struct TenantChange {
    pub(super) changes: ChangeSet,
    pub(super) settled: Vec<Conflict>,
    pub(super) incomplete: Vec<String>,
    pub(super) consequences: Vec<String>,
}

impl Project {
    /// Plans that a profile of `b2c.toml` gets these settings; a profile that is not there is made.
    /// Everything else in the file stays.
    ///
    /// # Errors
    ///
    /// [`Error::Conflicts`] if somebody has changed one of these settings by hand and nobody is
    /// preferred; or the app could not be configured with the result.
    pub fn set_tenant(
        &self,
        profile: &str,
        tenant: &Tenant,
        prefer: Prefer,
    ) -> Result<TenantChange, Error> {
        self.set_tenant_over(profile, tenant, prefer, FilledIn::Edited)
    }

    /// As [`set_tenant`](Self::set_tenant), with a choice for what people only filled in.
    pub(crate) fn set_tenant_over(
        &self,
        profile: &str,
        tenant: &Tenant,
        prefer: Prefer,
        filled_in: FilledIn,
    ) -> Result<TenantChange, Error> {
        let ours = self.config()?;
        let before = kind_of(&ours, profile);
        let keys = tenant.keys(profile);
        let known = self.written(CONFIG_FILE);
        let written = known.unwrap_or(&ours);
        let base = if known.is_some() {
            // What people took out is set anew where it is asked for.
            let base = without(CONFIG_FILE, written, &ours, &["profile", profile])?;
            without_edited(CONFIG_FILE, &base, &ours, &keys, filled_in)?
        } else {
            // Everything is people's own: what would change is told first.
            let wanted = set(&ours, profile, tenant)?;
            without_edited(CONFIG_FILE, &ours, &wanted, &keys, FilledIn::Edited)?
        };
        let theirs = set(written, profile, tenant)?;
        let compared = set(&base, profile, tenant)?;
        let mut merged = merge_toml(CONFIG_FILE, &base, &ours, &compared, prefer)?;
        if prefer == Prefer::Neither && !merged.conflicts.is_empty() {
            return Err(Error::Conflicts(merged.conflicts));
        }
        merged.text = with_address(&merged.text, profile, tenant)?;
        if !has_profile(&merged.text, profile)? {
            return Err(Error::refused(
                format!(
                    "{CONFIG_FILE} leaves no place for the profile \"{profile}\"; nothing was written"
                ),
                "give every profile tables of its own, [profile.NAME.provider], then try again",
            ));
        }
        merged.text = with_own_audience((&ours, &merged.text), profile, tenant)?;
        let incomplete = judge(self.root(), Some(profile), &ours, &merged.text)?;

        let mut changes = self.changes();
        changes.write(CONFIG_FILE, &merged.text)?;
        let snapshot = snapshot(&theirs, profile);
        self.record_config(&mut changes, &theirs, |lock| {
            lock.tenants.insert(profile.to_owned(), snapshot);
        })?;
        let after = kind_of(&merged.text, profile);
        if before != after {
            Self::follow_kind(&mut changes)?;
        }
        let consequences = before.zip(after).map(|(old, new)| consequences(old, new));
        Ok(TenantChange {
            changes,
            settled: merged.conflicts,
            incomplete,
            consequences: consequences.unwrap_or_default(),
        })
    }

    /// The text of `b2c.toml`.
    pub(crate) fn config(&self) -> Result<String, Error> {
        let text = self.read(CONFIG_FILE)?;
        text.ok_or_else(|| Error::NotAProject {
            directory: self.root().to_owned(),
            missing: CONFIG_FILE,
        })
    }

    /// Notes what this tool has written into `b2c.toml`, if it generated the project.
    pub(crate) fn record_config(
        &self,
        changes: &mut ChangeSet,
        written: &str,
        note: impl FnOnce(&mut LockFile),
    ) -> Result<(), Error> {
        let Some(lock) = self.lock() else {
            return Ok(());
        };
        let (mut lock, mut base) = (lock.clone(), self.base().clone());
        note(&mut lock);
        lock.note(CONFIG_FILE, written);
        base.set(CONFIG_FILE, written);
        Self::record(changes, &lock, &base)
    }
}

impl TenantChange {
    /// What would be written.
    pub fn changes(&self) -> &ChangeSet {
        &self.changes
    }

    /// The text that `b2c.toml` will have, to be added to.
    pub(crate) fn changes_mut(&mut self) -> &mut ChangeSet {
        &mut self.changes
    }

    /// Settings that people had changed by hand, decided by who was preferred.
    pub fn settled(&self) -> &[Conflict] {
        &self.settled
    }

    /// What the profile still lacks before the app can use it.
    pub fn incomplete(&self) -> &[String] {
        &self.incomplete
    }

    /// What changes for the app with another kind of provider.
    pub fn consequences(&self) -> &[String] {
        &self.consequences
    }
}

fn has_profile(text: &str, profile: &str) -> Result<bool, Error> {
    let document = parse(CONFIG_FILE, text)?;
    let profiles = document.get("profile");
    Ok(profiles.is_some_and(|profiles| profiles.get(profile).is_some()))
}

fn kind_of(text: &str, profile: &str) -> Option<Kind> {
    let document = parse(CONFIG_FILE, text).ok()?;
    profiles(&document)
        .into_iter()
        .find(|known| known.name == profile)?
        .only()?
        .kind
}
