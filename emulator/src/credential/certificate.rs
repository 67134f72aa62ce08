use std::{error::Error, fmt, str::FromStr};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use serde::{Deserialize, Serialize};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{
    der::{BIT_STRING, INTEGER, SEQUENCE, any, element, time},
    public_key::PublicKey,
    thumbprint::Thumbprint,
};

/// A certificate that an application of External ID or Entra ID signs client assertions with
/// (`private_key_jwt`). In seeds and in the admin API it is its PEM form, without the private key.
///
/// Reading fails for what is no X.509 certificate of an RSA key.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "String", try_from = "String")]
pub struct ClientCertificate {
    pem: String,
    pub(super) key: PublicKey,
    /// Of the DER form.
    pub(super) sha1: Thumbprint,
    sha256: Thumbprint,
    /// In seconds since 1970.
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

/// A text is not the PEM form of an X.509 certificate with an RSA key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidCertificate;

impl ClientCertificate {
    /// Is it the one that a header's `x5t`, `x5t#S256` or `kid` names? As `kid` goes `x5t` in
    /// either of its usual spellings.
    pub(super) fn is_named(&self, name: &Thumbprint) -> bool {
        [&self.sha1, &self.sha256].contains(&name)
    }

    fn read(pem: &str) -> Option<Self> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
        let (certificate, _) = element(&der, SEQUENCE)?;
        let (body, _) = element(certificate, SEQUENCE)?;
        // RFC 5280, section 4.1: version, serial number, signature, issuer, validity, subject, key.
        let body = match any(body)? {
            (VERSION, _, rest) => rest,
            _ => body,
        };
        let (_, rest) = element(body, INTEGER)?;
        let (_, rest) = element(rest, SEQUENCE)?;
        let (_, rest) = element(rest, SEQUENCE)?;
        let (validity, rest) = element(rest, SEQUENCE)?;
        let (_, rest) = element(rest, SEQUENCE)?;
        let (key, _) = element(rest, SEQUENCE)?;
        let (tag, from, validity) = any(validity)?;
        let not_before = time(tag, from)?;
        let (tag, until, _) = any(validity)?;
        let not_after = time(tag, until)?;
        let (algorithm, rest) = element(key, SEQUENCE)?;
        let (_, algorithm, _) = any(algorithm)?;
        let (key, _) = element(rest, BIT_STRING)?;
        let key = key
            .strip_prefix(&[0])
            .filter(|_| algorithm == RSA_ENCRYPTION)?;
        Some(Self {
            pem: pem.to_owned(),
            key: PublicKey::from_der(key)?,
            sha1: Thumbprint::of(&der, &SHA1_FOR_LEGACY_USE_ONLY),
            sha256: Thumbprint::of(&der, &SHA256),
            not_before,
            not_after,
        })
    }
}

impl FromStr for ClientCertificate {
    type Err = InvalidCertificate;

    fn from_str(pem: &str) -> Result<Self, Self::Err> {
        Self::read(pem).ok_or(InvalidCertificate)
    }
}

impl TryFrom<String> for ClientCertificate {
    type Error = InvalidCertificate;

    fn try_from(pem: String) -> Result<Self, Self::Error> {
        pem.parse()
    }
}

impl From<ClientCertificate> for String {
    fn from(certificate: ClientCertificate) -> Self {
        certificate.pem
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({})", self.sha1)
    }
}

impl fmt::Display for InvalidCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "this is no certificate of an application: expected X.509 with an RSA key, in PEM form \
             (-----BEGIN CERTIFICATE-----)",
        )
    }
}

impl Error for InvalidCertificate {}

/// `[0]`, explicit.
const VERSION: u8 = 0xa0;
/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
