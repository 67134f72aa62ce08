use aws_lc_rs::{
    digest,
    error::Unspecified,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::certificate::Certificate;
use crate::credential::rsa_public_key;

/// An RSA key that signs tokens.
pub(crate) struct SigningKey {
    pair: RsaKeyPair,
    public: PublicKey,
}

/// The public half, as a key set shows it.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    /// 43 characters like B2C's, or the 27 of a certificate's thumbprint.
    pub(crate) kid: String,
    pub(crate) not_before: i64,
    pub(crate) exponent: String,
    pub(crate) modulus: String,
    /// External ID and Entra ID show one.
    pub(crate) certificate: Option<Certificate>,
}

impl SigningKey {
    /// Reads a private key in PKCS#8 form.
    pub(crate) fn from_pkcs8(der: &[u8], not_before: i64) -> Option<Self> {
        Self::new(RsaKeyPair::from_pkcs8(der).ok()?, not_before)
    }

    /// Generates a key; takes a few dozen milliseconds.
    pub(crate) fn generate(not_before: i64) -> Option<Self> {
        Self::new(RsaKeyPair::generate(KeySize::Rsa2048).ok()?, not_before)
    }

    /// Wraps the key in a certificate, whose thumbprint becomes the `kid`.
    pub(crate) fn certified(mut self) -> Option<Self> {
        let certificate = Certificate::of(&self)?;
        self.public.kid.clone_from(&certificate.thumbprint);
        self.public.certificate = Some(certificate);
        Some(self)
    }

    /// The public half as a DER `RSAPublicKey`.
    pub(super) fn public_der(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256, `RS256`.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message,
            &mut signature,
        )?;
        Ok(signature)
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(message, signature)
            .is_ok()
    }

    fn new(pair: RsaKeyPair, not_before: i64) -> Option<Self> {
        let der = pair.public_key().as_ref();
        let (modulus, exponent) = rsa_public_key(der)?;
        let public = PublicKey {
            kid: URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, der)),
            not_before,
            exponent: URL_SAFE_NO_PAD.encode(exponent),
            modulus: URL_SAFE_NO_PAD.encode(modulus),
            certificate: None,
        };
        Some(Self { pair, public })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_its_public_half() {
        let key = SigningKey::from_pkcs8(include_bytes!("../../keys/development.pk8"), 7).unwrap();
        let public = key.public();
        assert_eq!(public.kid.len(), 43);
        assert_eq!(public.exponent, "AQAB");
        assert_eq!(URL_SAFE_NO_PAD.decode(&public.modulus).unwrap().len(), 256);
        let signature = key.sign(b"message").unwrap();
        assert!(key.verify(b"message", &signature));
        assert!(!key.verify(b"another", &signature));
    }
}
