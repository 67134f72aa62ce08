//! The certificates around the keys of External ID and Entra ID.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, Error, PKCS_RSA_SHA256, PublicKeyData,
    SerialNumber, SignatureAlgorithm, date_time_ymd,
};

use super::key::SigningKey;

/// A self-signed certificate: `x5c` and `x5t`.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// Base64 of the DER form.
    pub(crate) encoded: String,
    /// Base64url of its SHA-1 hash: 27 characters, and the `kid`.
    pub(crate) thumbprint: String,
}

impl Certificate {
    /// Always the same for the same key.
    pub(super) fn of(key: &SigningKey) -> Option<Self> {
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "accounts.accesscontrol.windows.net");
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name = name;
        parameters.serial_number = Some(SerialNumber::from(1_u64));
        parameters.not_before = date_time_ymd(2025, 1, 1);
        parameters.not_after = date_time_ymd(2049, 1, 1);
        let certificate = parameters.self_signed(&Signer(key)).ok()?;
        let der = certificate.der();
        Some(Self {
            encoded: STANDARD.encode(der),
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, der)),
        })
    }
}

struct Signer<'a>(&'a SigningKey);

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_der()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.sign(message).map_err(|_| Error::RingUnspecified)
    }
}
