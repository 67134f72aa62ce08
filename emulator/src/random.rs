//! Values that nobody can guess.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Returns 43 characters of base64url: two random UUIDs, 244 bits.
pub(crate) fn token() -> String {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns six digits, as B2C sends them by e-mail.
pub(crate) fn six_digits() -> String {
    format!("{:06}", Uuid::new_v4().as_u128() % 1_000_000)
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
