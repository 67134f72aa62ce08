//! What the provider of tests signs with: keys of this process, that nobody else has or trusts.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::config::SigningAlgorithm;
use crate::signing_key::AssertionAlgorithm;

/// The algorithm to sign with for who accepts these.
pub(super) fn algorithm(accepted: &[SigningAlgorithm]) -> Option<AssertionAlgorithm> {
    let own = [
        (SigningAlgorithm::Rs256, AssertionAlgorithm::Rs256),
        (SigningAlgorithm::Ps256, AssertionAlgorithm::Ps256),
        (SigningAlgorithm::Es256, AssertionAlgorithm::Es256),
    ];
    let mut own = own.into_iter();
    let found = own.find(|(name, _)| accepted.contains(name));
    found.map(|(_, algorithm)| algorithm)
}

/// The names of the keys, as they were exchanged so many times.
pub(super) fn key_id(algorithm: AssertionAlgorithm, exchanged: u32) -> String {
    let kind = match algorithm {
        AssertionAlgorithm::Rs256 | AssertionAlgorithm::Ps256 => "rsa",
        AssertionAlgorithm::Es256 => "p256",
    };
    format!("test-{kind}-{exchanged}")
}

/// The JWK set (RFC 7517 §5).
pub(super) fn key_set(exchanged: u32) -> Value {
    let rsa = KEYS.rsa.public_key().as_ref();
    let point = KEYS.p256.public_key().as_ref();
    let part = |bytes: &[u8], from: usize, to: usize| {
        URL_SAFE_NO_PAD.encode(bytes.get(from..to).unwrap_or_default())
    };
    json!({ "keys": [
        {
            "kty": "RSA", "use": "sig", "kid": key_id(AssertionAlgorithm::Rs256, exchanged),
            "n": part(rsa, MODULUS, MODULUS + 256), "e": "AQAB",
        },
        {
            "kty": "EC", "use": "sig", "crv": "P-256",
            "kid": key_id(AssertionAlgorithm::Es256, exchanged),
            "x": part(point, 1, 33), "y": part(point, 33, 65),
        },
    ] })
}

/// A compact JWS (RFC 7515 §3.1).
pub(super) fn sign(algorithm: AssertionAlgorithm, header: &Value, claims: &Value) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = KEYS.signature(algorithm, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

struct Keys {
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
}

impl Keys {
    #[expect(
        clippy::expect_used,
        reason = "keys of these sizes sign whatever they are given"
    )]
    fn signature(&self, algorithm: AssertionAlgorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let mut signature = vec![0; self.rsa.public_modulus_len()];
        let signed = match algorithm {
            AssertionAlgorithm::Rs256 => {
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
            }
            AssertionAlgorithm::Ps256 => {
                self.rsa
                    .sign(&RSA_PSS_SHA256, &random, message, &mut signature)
            }
            AssertionAlgorithm::Es256 => {
                let signed = self.p256.sign(&random, message);
                signed.map(|signed| signature = signed.as_ref().to_vec())
            }
        };
        signed.expect("a signature");
        signature
    }
}

/// Made once in a process, since RSA keys take their time.
#[expect(
    clippy::expect_used,
    reason = "without randomness nothing here may go on"
)]
static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys {
    rsa: RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key"),
    p256: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key on P-256"),
});

/// Where the modulus is in the `RSAPublicKey` (RFC 8017 §A.1.1) of a key of 2048 bits: behind two tags
/// with their lengths, and the zero that makes it positive.
const MODULUS: usize = 9;
