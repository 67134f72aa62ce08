//! A tenant in a `b2c.toml` that is written for the first time.

use super::audience::with_own_audience;
use super::profile::{ACTIVE_PROFILE, activate, note, set};
use super::settings::Tenant;
use crate::error::Error;
use crate::lock::LockFile;

/// The text with this tenant in a profile, and a note of it for later versions of the text. The
/// profile becomes the active one if asked.
///
/// # Errors
///
/// The text is not TOML.
pub(crate) fn with_tenant(
    text: &str,
    lock: &mut LockFile,
    profile: &str,
    tenant: &Tenant,
    active: bool,
) -> Result<String, Error> {
    let set = set(text, profile, tenant)?;
    let mut text = with_own_audience((text, &set), profile, tenant)?;
    note(lock, &text, profile);
    if active {
        text = activate(&text, profile)?;
        lock.answers
            .insert(ACTIVE_PROFILE.to_owned(), profile.into());
    }
    Ok(text)
}

/// The profile that a template has for people's own tenant.
pub(crate) const OWN_PROFILE: &str = "tenant";
