//! Values that nobody can guess, unless an emulator was told to be the same in every run.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_lc_rs::{digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::{Builder, Uuid};

/// Values that are the same in every run.
pub(crate) type Sequence = Arc<AtomicU64>;

/// Draws the values of some work from a sequence, if there is one.
pub(crate) fn numbered<T>(sequence: Option<&Sequence>, work: impl FnOnce() -> T) -> T {
    match sequence {
        Some(sequence) => SEQUENCE.sync_scope(Arc::clone(sequence), work),
        None => work(),
    }
}

/// Returns 43 characters of base64url.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes())
}

/// Returns two random UUIDs, 244 bits, from the operating system.
pub(crate) fn bytes() -> [u8; 32] {
    let number = SEQUENCE.try_with(|sequence| sequence.fetch_add(1, Ordering::Relaxed));
    let mut bytes = [0; 32];
    match number {
        Ok(number) => {
            let hash = digest::digest(&digest::SHA256, &number.to_be_bytes());
            bytes.copy_from_slice(hash.as_ref());
        }
        Err(_) => {
            bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
            bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        }
    }
    bytes
}

/// Returns a number from 0 up to, but not including, 1.
pub(crate) fn fraction() -> f64 {
    f64::from(number()) / (f64::from(u32::MAX) + 1.0)
}

/// Returns six digits, as B2C sends them by e-mail.
pub(crate) fn six_digits() -> String {
    format!("{:06}", number() % 1_000_000)
}

/// Wakes the cryptographic library's own generator, which takes some fifty milliseconds to gather
/// entropy when it is first used, before somebody waits for it.
pub(crate) fn warm_up() {
    drop(tokio::task::spawn_blocking(|| rand::fill(&mut [0; 32])));
}

/// Returns a GUID for a new object or a correlation.
pub(crate) fn guid() -> String {
    let mut half = [0; 16];
    half.copy_from_slice(&bytes()[16..]);
    Builder::from_random_bytes(half).into_uuid().to_string()
}

fn number() -> u32 {
    let [a, b, c, d, ..] = bytes();
    u32::from_be_bytes([a, b, c, d])
}

tokio::task_local! {
    static SEQUENCE: Sequence;
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

    #[test]
    fn repeats_itself_when_told() {
        let draw = || {
            let sequence = Sequence::default();
            numbered(Some(&sequence), || (guid(), token(), six_digits()))
        };
        assert_eq!(draw(), draw());
        assert_ne!(guid(), guid());
    }
}
