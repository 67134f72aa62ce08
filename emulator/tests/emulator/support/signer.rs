use aws_lc_rs::{
    digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, date_time_ymd};
use serde_json::{Value, json};

/// Somebody with an RSA key and a certificate of it.
pub(crate) struct Signer {
    key: RsaKeyPair,
    pub(crate) pem: String,
    der: Vec<u8>,
}

impl Signer {
    /// With a certificate that is good from 2020 until that year.
    pub(crate) fn until(year: i32) -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der<'_> = key.as_der().unwrap();
        let pair = rcgen::KeyPair::try_from(pkcs8.as_ref()).unwrap();
        let mut parameters = CertificateParams::default();
        parameters.not_before = date_time_ymd(2020, 1, 1);
        parameters.not_after = date_time_ymd(year, 1, 1);
        let certificate = parameters.self_signed(&pair).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().to_vec(),
            key,
        }
    }

    pub(crate) fn x5t(&self) -> String {
        self.thumbprint(&SHA1_FOR_LEGACY_USE_ONLY)
    }

    pub(crate) fn x5t_s256(&self) -> String {
        self.thumbprint(&SHA256)
    }

    /// `kid` in the way of a portal.
    pub(crate) fn hexadecimal(&self) -> String {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der);
        hash.as_ref()
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02X}"))
    }

    /// The key set of an issuer with this key.
    pub(crate) fn key_set(&self, kid: &str) -> String {
        // Of 2048 bits and with the exponent 65537 it always looks like this (RFC 8017, A.1.1).
        let public = self.key.public_key().as_ref();
        assert_eq!(public.len(), 270);
        let (n, e) = (&public[9..265], &public[267..]);
        let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        let key = json!({ "kty": "RSA", "kid": kid, "n": n, "e": e });
        json!({ "keys": [key] }).to_string()
    }

    /// Signs as the header's `alg` says.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let padding: &dyn RsaEncoding = match header["alg"].as_str() {
            Some("PS256") => &RSA_PSS_SHA256,
            _ => &RSA_PKCS1_SHA256,
        };
        let segment = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", segment(header), segment(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        let signed = self
            .key
            .sign(padding, &random, message.as_bytes(), &mut signature);
        signed.unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn thumbprint(&self, algorithm: &'static Algorithm) -> String {
        URL_SAFE_NO_PAD.encode(digest(algorithm, &self.der))
    }
}
