//! The profile that the environment chooses, whatever `b2c.toml` says.

use std::env;

use crate::error::Error;
use crate::project::Project;

use super::secret::env_value;

/// The profile that `B2C_PROFILE` names, as the app has it: that of the process before that of `.env`, which
/// an empty one hides. `None` where `b2c.toml` decides.
pub(crate) fn overriding_profile(of_file: impl FnOnce() -> Option<String>) -> Option<String> {
    let chosen = env::var(PROFILE_VARIABLE).ok().or_else(of_file);
    chosen.filter(|name| !name.is_empty())
}

impl Project {
    /// The profile that the app uses here whatever `b2c.toml` says; `None` where that decides.
    ///
    /// # Errors
    ///
    /// `.env` cannot be read.
    pub(crate) fn overriding_profile(&self) -> Result<Option<String>, Error> {
        let of_file = env_value(self, PROFILE_VARIABLE)?;
        Ok(overriding_profile(|| {
            of_file.map(|name| name.expose().to_owned())
        }))
    }
}

/// The variable that chooses a profile.
pub(crate) const PROFILE_VARIABLE: &str = "B2C_PROFILE";
