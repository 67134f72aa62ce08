//! The hashes of a token.

use aws_lc_rs::digest::{Digest, SHA256, digest};

use super::cache::Hash;
use crate::crypto::sha256;

/// What is signed is hashed once, for the signature and for the cache.
pub(super) struct TokenHash {
    /// Of what the signature is over.
    pub(super) signed: Digest,
    /// Of the whole token: of the hash above and what follows.
    pub(super) whole: Hash,
}

impl TokenHash {
    /// Of any text, a token or not.
    pub(super) fn of(token: &str) -> Self {
        let end = token.rfind('.').unwrap_or(token.len());
        let (signed, signature) = token.as_bytes().split_at(end);
        let signed = digest(&SHA256, signed);
        let length = signed.as_ref().len() + signature.len();
        let (mut short, mut long) = ([0; SHORT], Vec::new());
        let both = if let Some(both) = short.get_mut(..length) {
            both
        } else {
            long.resize(length, 0);
            &mut long
        };
        let (start, end) = both.split_at_mut(signed.as_ref().len());
        start.copy_from_slice(signed.as_ref());
        end.copy_from_slice(signature);
        let whole = sha256(both);
        Self { signed, whole }
    }
}

/// Enough for a signature of RSA with 2048 bits, which most providers' have, in base64url.
const SHORT: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let long = |last: char| format!("a.b.{}{last}", "c".repeat(2 * SHORT));
        let (one, other) = (long('c'), long('d'));
        let tokens = [
            "a.b.c", "a.b.d", "a.c.c", "b.b.c", "a.b.", "a.b", "a.b.c.", ".a.b.c", "", &one, &other,
        ];
        for (number, token) in tokens.iter().enumerate() {
            assert_eq!(TokenHash::of(token).whole, TokenHash::of(token).whole);
            for other in &tokens[number + 1..] {
                let (one, other) = (TokenHash::of(token).whole, TokenHash::of(other).whole);
                assert_ne!(one, other, "{token}");
            }
        }
    }

    #[test]
    fn what_is_signed_is_hashed_as_its_signature_needs_it() {
        let signed = TokenHash::of("a.b.c").signed;
        assert_eq!(signed.as_ref(), digest(&SHA256, b"a.b").as_ref());
    }
}
