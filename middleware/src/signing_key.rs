//! A private key that the app proves itself with, read from PEM.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use crate::certificate::not_after;
use crate::crypto::sha256;
use crate::time::Timestamp;

/// How client assertions are signed (RFC 7518 §3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AssertionAlgorithm {
    Rs256,
    Ps256,
    Es256,
}

impl AssertionAlgorithm {
    pub(crate) const NAMES: &'static str = "\"RS256\", \"PS256\" or \"ES256\"";

    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    /// The name that a token's header has.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

/// A private key, with the thumbprint of its certificate if it has one.
pub(crate) struct SigningKey {
    material: Material,
    thumbprint: Option<String>,
    certificate_ends: Option<Timestamp>,
}

enum Material {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl SigningKey {
    /// Reads a private key in PKCS #8, PKCS #1 or SEC 1, and the certificate that belongs to it:
    /// from `certificate`, else from the same text if one stands there.
    pub(crate) fn parse(key: &str, certificate: Option<&str>) -> Result<Self, KeyProblem> {
        let material = Material::parse(key)?;
        let text = certificate.unwrap_or(key).as_bytes();
        let certificate = match (CertificateDer::from_pem_slice(text), certificate) {
            (Ok(found), _) => Some(found),
            (Err(_), Some(_)) => return Err(KeyProblem::NoCertificate),
            (Err(_), None) => None,
        };
        // A certificate repeats the public key byte for byte (RFC 5280 §4.1.2.7).
        let public = material.public();
        let belongs = |found: &CertificateDer<'_>| {
            let mut parts = found.windows(public.len());
            parts.any(|part| part == public)
        };
        if certificate.as_ref().is_some_and(|found| !belongs(found)) {
            return Err(KeyProblem::OtherCertificate);
        }
        let certificate_ends = certificate.as_ref().and_then(|found| not_after(found));
        let thumbprint = certificate.map(|found| URL_SAFE_NO_PAD.encode(sha256(&found)));
        Ok(Self {
            material,
            thumbprint,
            certificate_ends,
        })
    }

    /// The last moment at which its certificate counts, if it has one that says.
    pub(crate) fn certificate_ends(&self) -> Option<Timestamp> {
        self.certificate_ends
    }

    /// The certificate's `x5t#S256` (RFC 7515 §4.1.8).
    pub(crate) fn thumbprint(&self) -> Option<&str> {
        self.thumbprint.as_deref()
    }

    /// Whether the key can sign by this algorithm.
    pub(crate) fn fits(&self, algorithm: AssertionAlgorithm) -> bool {
        let is_elliptic = algorithm == AssertionAlgorithm::Es256;
        matches!(self.material, Material::P256(_)) == is_elliptic
    }

    /// Whether it is an elliptic-curve key, which knows one algorithm only.
    pub(crate) fn is_elliptic(&self) -> bool {
        matches!(self.material, Material::P256(_))
    }

    /// The signature over `message` as JWS has it (RFC 7515 §5.1); `None` if the key does not fit.
    pub(crate) fn sign(&self, algorithm: AssertionAlgorithm, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match (&self.material, algorithm) {
            (Material::Rsa(key), AssertionAlgorithm::Rs256 | AssertionAlgorithm::Ps256) => {
                let padding: &'static dyn signature::RsaEncoding = match algorithm {
                    AssertionAlgorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signed = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, message, &mut signed).ok()?;
                Some(signed)
            }
            (Material::P256(key), AssertionAlgorithm::Es256) => {
                let signed = key.sign(&random, message).ok()?;
                Some(signed.as_ref().to_vec())
            }
            _ => None,
        }
    }
}

impl Material {
    fn parse(pem: &str) -> Result<Self, KeyProblem> {
        let Ok(der) = PrivateKeyDer::from_pem_slice(pem.as_bytes()) else {
            let encrypted = pem.contains("ENCRYPTED");
            return Err(if encrypted {
                KeyProblem::Encrypted
            } else {
                KeyProblem::NoKey
            });
        };
        let der = Zeroizing::new(der);
        let bytes = der.secret_der();
        let (rsa, elliptic) = match &*der {
            PrivateKeyDer::Pkcs1(_) => (RsaKeyPair::from_der(bytes).ok(), None),
            PrivateKeyDer::Sec1(_) => {
                let key =
                    EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes);
                (None, key.ok())
            }
            _ => (
                RsaKeyPair::from_pkcs8(bytes).ok(),
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).ok(),
            ),
        };
        match (rsa, elliptic) {
            (Some(key), _) if key.public_modulus_len() < SMALLEST_RSA => Err(KeyProblem::TooSmall),
            (Some(key), _) => Ok(Self::Rsa(key)),
            (None, Some(key)) => Ok(Self::P256(key)),
            (None, None) => Err(KeyProblem::Unusable),
        }
    }

    fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.public_key().as_ref(),
            Self::P256(key) => key.public_key().as_ref(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// Why a PEM text is no key to sign with. Says what is wrong, never repeats any of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyProblem {
    NoKey,
    Encrypted,
    Unusable,
    TooSmall,
    NoCertificate,
    OtherCertificate,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKey => "no private key in PEM",
            Self::Encrypted => "a private key with a passphrase",
            Self::Unusable => "a private key that is neither RSA nor on the curve P-256",
            Self::TooSmall => "an RSA key of less than 2048 bits",
            Self::NoCertificate => "no certificate in PEM",
            Self::OtherCertificate => "a certificate that belongs to another key",
        })
    }
}

impl std::error::Error for KeyProblem {}

/// 2048 bits (RFC 7518 §3.3), in bytes.
const SMALLEST_RSA: usize = 256;
