//! Makes another profile the active one.

use std::path::Path;

use toml_edit::Item;

use super::judge::problems;
use super::list::profiles;
use super::main_profile::EMULATOR;
use super::options::options_of;
use super::profile::{ACTIVE_PROFILE, activate};
use super::unknown::gathered;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, Project};
use crate::terminal::{option_to, word};

impl Project {
    /// Plans that the app uses this profile from now on.
    ///
    /// # Errors
    ///
    /// There is no such profile, or the app could not use it.
    pub fn use_profile(&self, profile: &str) -> Result<ChangeSet, Error> {
        let ours = self.config()?;
        let document = parse(CONFIG_FILE, &ours)?;
        let known = profiles(&document);
        if !known.iter().any(|known| known.name == profile) {
            let names: Vec<_> = known.iter().map(|known| known.name.as_str()).collect();
            return Err(Error::Usage(format!(
                "{CONFIG_FILE} has no profile \"{profile}\", only {}",
                names.join(", ")
            )));
        }
        let problems = problems(self.root(), Some(profile), &ours);
        if !problems.is_empty() {
            let list = gathered(&problems).join("\n  ");
            return Err(Error::Config(format!(
                "the app could not use the profile \"{profile}\"; nothing was written:\n  {list}{}",
                way_out(self.root(), profile, &problems)
            )));
        }
        let mut changes = self.changes();
        // People may have written it by hand.
        if document.get(ACTIVE_PROFILE).and_then(Item::as_str) != Some(profile) {
            self.activate(&mut changes, &ours, profile)?;
        }
        // Who goes offline for a while is still of the tenant's kind.
        if profile != EMULATOR {
            Self::follow_kind(&mut changes)?;
        }
        Ok(changes)
    }

    fn activate(&self, changes: &mut ChangeSet, ours: &str, profile: &str) -> Result<(), Error> {
        changes.write(CONFIG_FILE, &activate(ours, profile)?)?;
        let Some(written) = self.written(CONFIG_FILE) else {
            return Ok(());
        };
        let written = activate(written, profile)?;
        self.record_config(changes, &written, |lock| {
            lock.answers
                .insert(ACTIVE_PROFILE.to_owned(), profile.into());
        })
    }
}

/// The command that sets what is missing, if it is one of the settings that it has options for.
fn way_out(root: &Path, profile: &str, problems: &[String]) -> String {
    let (options, _) = options_of(profile, problems.iter().map(String::as_str));
    if options.is_empty() {
        return String::new();
    }
    let options = options.join(" ");
    let (place, profile) = (option_to(root), word(profile));
    format!("\nset what is missing: cargo b2c-init tenant set{place} --profile {profile} {options}")
}
