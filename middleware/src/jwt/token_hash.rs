//! The hashes that bind an ID token to what came with it (OpenID Connect Core §3.1.3.6, §3.3.2.11).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::parse::Jwt;
use crate::config::SigningAlgorithm;

impl Jwt<'_> {
    /// Whether `at_hash` or `c_hash`, where the token has it, is that of `value`: the left half of
    /// its hash by the function of the token's own algorithm.
    pub(crate) fn hash_matches(&self, claim: &str, value: &str) -> bool {
        let Some(expected) = self.claims.get(claim) else {
            return true;
        };
        let Some(function) = SigningAlgorithm::parse(&self.header.alg).map(hash_function) else {
            return false;
        };
        let hash = digest::digest(function, value.as_bytes());
        let (half, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
        expected.as_str() == Some(URL_SAFE_NO_PAD.encode(half).as_str())
    }
}

fn hash_function(algorithm: SigningAlgorithm) -> &'static digest::Algorithm {
    use SigningAlgorithm::{EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    match algorithm {
        Rs256 | Ps256 | Es256 => &digest::SHA256,
        Rs384 | Ps384 | Es384 => &digest::SHA384,
        // For Ed25519 by convention of the providers that sign with it.
        Rs512 | Ps512 | EdDsa => &digest::SHA512,
    }
}
