//! The number of a format, in what one version of the app writes and another reads.
//!
//! A field more is no new format: whoever does not know it passes over it. The number goes up when
//! an older version could not make sense of the rest.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Why something sealed cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unread {
    /// No key opens it: it is not ours, was tampered with, or is in another's place.
    Sealed,
    /// A newer version of the app wrote it; it is not this one's to judge.
    Newer,
    /// It opens, and is not what it should be.
    Garbled,
}

impl Unread {
    /// One word, for the log.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Sealed => "no_key_opens_it",
            Self::Newer => "newer_format",
            Self::Garbled => "garbled",
        }
    }
}

/// JSON with the number among the fields.
pub(crate) fn write<T: Serialize>(contents: &T, format: u8) -> Vec<u8> {
    // Strings, numbers and maps with text keys always serialize.
    serde_json::to_vec(&Numbered { format, contents }).unwrap_or_default()
}

/// What [`write`] wrote, in this version or an older one; without a number it is of the first.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8], newest: u8) -> Result<T, Unread> {
    let Number { format } = serde_json::from_slice(text).map_err(|_| Unread::Garbled)?;
    if format > newest {
        return Err(Unread::Newer);
    }
    serde_json::from_slice(text).map_err(|_| Unread::Garbled)
}

#[derive(Serialize)]
struct Numbered<'c, T> {
    format: u8,
    #[serde(flatten)]
    contents: &'c T,
}

#[derive(Deserialize)]
struct Number {
    #[serde(default = "first")]
    format: u8,
}

fn first() -> u8 {
    1
}
