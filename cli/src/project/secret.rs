//! Secrets that are made here.

use aws_lc_rs::rand::fill;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::Error;

/// A new key for the sealed cookies: 256 random bits.
pub(crate) fn cookie_key() -> Result<String, Error> {
    let mut key = [0; 32];
    let failed = |_| {
        Error::io(
            "read random bytes",
            std::io::Error::other("no source of randomness"),
        )
    };
    fill(&mut key).map_err(failed)?;
    Ok(STANDARD.encode(key))
}
