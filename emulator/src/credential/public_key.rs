use aws_lc_rs::rsa::PublicKeyComponents;

use super::{algorithm::Algorithm, der::rsa_public_key};

/// An RSA key that assertions are verified with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// From the numbers, most significant byte first.
    pub(super) fn new(modulus: Vec<u8>, exponent: Vec<u8>) -> Self {
        Self { modulus, exponent }
    }

    /// From a DER `RSAPublicKey`.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let (modulus, exponent) = rsa_public_key(der)?;
        Some(Self::new(modulus.to_vec(), exponent.to_vec()))
    }

    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let key = PublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        key.verify(algorithm.parameters(), message, signature)
            .is_ok()
    }
}
