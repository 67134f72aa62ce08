//! Authenticated encryption of what leaves the process: cookies and stored records.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

/// A key that seals bytes for one purpose.
///
/// AES-256-GCM-SIV (RFC 8452): should the random nonce ever repeat, only equality of two texts
/// would show. Layout: 12 bytes of nonce, then ciphertext and tag.
pub(crate) struct SealKey(RandomizedNonceKey);

impl SealKey {
    /// Derives the key for `purpose` from a secret by HKDF-SHA256 (RFC 5869). Different purposes
    /// give unrelated keys, so nothing sealed for one is accepted for another.
    #[expect(
        clippy::expect_used,
        reason = "the lengths are constants of the algorithms"
    )]
    pub(crate) fn derive(secret: &[u8], purpose: &str) -> Self {
        let key = RandomizedNonceKey::new(&AES_256_GCM_SIV, &derive(secret, purpose));
        Self(key.expect("the key has the algorithm's length"))
    }

    /// Seals `text`; `context` must be given again to open it.
    #[expect(clippy::expect_used, reason = "AES-GCM-SIV takes up to 2^36 bytes")]
    pub(crate) fn seal(&self, context: &[u8], text: &[u8]) -> Vec<u8> {
        let mut body = text.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(context), &mut body);
        let nonce = nonce.expect("cookies and records are far below the limit");
        let mut sealed = Vec::with_capacity(NONCE_LEN + body.len());
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut body);
        sealed
    }

    /// Opens what [`seal`](Self::seal) made with this key and context; anything else is `None`.
    pub(crate) fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let length = self
            .0
            .open_in_place(nonce, Aad::from(context), &mut body)
            .ok()?
            .len();
        body.truncate(length);
        Some(body)
    }
}

/// A key for `purpose`, by HKDF-SHA256.
#[expect(
    clippy::expect_used,
    reason = "the lengths are constants of the algorithms"
)]
pub(super) fn derive(secret: &[u8], purpose: &str) -> [u8; KEY_LEN] {
    struct Length;
    impl KeyType for Length {
        fn len(&self) -> usize {
            KEY_LEN
        }
    }
    let mut key = [0; KEY_LEN];
    let pseudo_random_key = Salt::new(HKDF_SHA256, b"tower-b2c").extract(secret);
    pseudo_random_key
        .expand(&[purpose.as_bytes()], Length)
        .and_then(|output| output.fill(&mut key))
        .expect("32 bytes are within HKDF's limit");
    key
}

const KEY_LEN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_context_open() {
        let key = SealKey::derive(b"secret", "test");
        let sealed = key.seal(b"context", b"text");
        assert_ne!(sealed, key.seal(b"context", b"text"), "nonces differ");
        assert_eq!(key.open(b"context", &sealed).as_deref(), Some(&b"text"[..]));
        assert_eq!(key.open(b"another", &sealed), None);
        assert_eq!(
            SealKey::derive(b"secret", "other").open(b"context", &sealed),
            None
        );
        assert_eq!(
            SealKey::derive(b"Secret", "test").open(b"context", &sealed),
            None
        );
    }

    #[test]
    fn tampered_or_short_input_does_not_open() {
        let key = SealKey::derive(b"secret", "test");
        let sealed = key.seal(b"", b"text");
        for index in 0..sealed.len() {
            let mut tampered = sealed.clone();
            tampered[index] ^= 1;
            assert_eq!(key.open(b"", &tampered), None, "byte {index}");
            assert_eq!(key.open(b"", &sealed[..index]), None, "length {index}");
        }
    }
}
