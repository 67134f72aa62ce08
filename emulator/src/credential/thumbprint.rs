use std::fmt;

use aws_lc_rs::digest::{Algorithm, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The hash of a certificate; it prints in hexadecimal, as Entra's messages have it.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Thumbprint(Vec<u8>);

impl Thumbprint {
    pub(super) fn of(der: &[u8], algorithm: &'static Algorithm) -> Self {
        Self(digest(algorithm, der).as_ref().to_vec())
    }

    /// As `x5t` and `x5t#S256` have it. MSAL Python leaves the padding on.
    pub(super) fn from_base64url(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
        Some(Self(bytes))
    }

    /// As a portal shows the SHA-1 hash.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let is_hex = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let pairs = is_hex.then(|| text.as_bytes().chunks(2))?;
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        pairs.map(byte).collect::<Option<_>>().map(Self)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
