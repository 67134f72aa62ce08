//! Values that nobody can guess.

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Returns 43 characters of base64url.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes())
}

/// Returns two random UUIDs, 244 bits, from the operating system.
pub(crate) fn bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes
}

/// Returns six digits, as B2C sends them by e-mail.
pub(crate) fn six_digits() -> String {
    format!("{:06}", Uuid::new_v4().as_u128() % 1_000_000)
}

/// Wakes the cryptographic library's own generator, which takes some fifty milliseconds to gather
/// entropy when it is first used, before somebody waits for it.
pub(crate) fn warm_up() {
    drop(tokio::task::spawn_blocking(|| rand::fill(&mut [0; 32])));
}

/// Returns a GUID for a new object or a correlation.
pub(crate) fn guid() -> String {
    Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_promised_shapes() {
        assert_eq!(token().len(), 43);
        assert_ne!(token(), token());
        let code = six_digits();
        assert_eq!(code.len(), 6);
        assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
