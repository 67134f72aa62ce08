//! The provider's signing keys, and the check of a signature with one of them.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::signature::{
    self, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::claim_set::ClaimSet;
use super::issuer::tenant_in;
use super::parse::{InvalidToken, Jwt};
use crate::config::SigningAlgorithm::{
    self, EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512,
};

/// The keys of a JWK set (RFC 7517 §5) that signatures can be verified with.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    kid: Option<String>,
    /// The tenant in the key's `issuer`, where Entra ID lists it for one tenant only.
    tenant: Option<String>,
    /// Read once, for each algorithm that it verifies: that costs a fifth of a check.
    verifiers: Vec<(SigningAlgorithm, ParsedPublicKey)>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    issuer: Option<String>,
}

impl KeySet {
    /// Reads a JWK set. Keys of other types or uses are passed over, as RFC 7517 §5 says; one bad
    /// key does not spoil the others.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(document)?;
        let jwks = document
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        Ok(Self {
            keys: jwks.filter_map(Key::of).collect(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Verifies the signature with the key that the header names. An algorithm that is not
    /// accepted, `none` and HS256 among them always, is refused before a key is looked up
    /// (RFC 8725 §3.1).
    pub(crate) fn verify(
        &self,
        token: &Jwt<'_, impl ClaimSet>,
        accepted: &[SigningAlgorithm],
    ) -> Result<(), InvalidToken> {
        self.verify_with(token, accepted, |_, key| {
            key.verify_sig(token.signed, &token.signature).is_ok()
        })
    }

    /// The same, for who has hashed what is signed by SHA-256 already: most algorithms need that.
    pub(crate) fn verify_hashed(
        &self,
        token: &Jwt<'_, impl ClaimSet>,
        hash: &Digest,
        accepted: &[SigningAlgorithm],
    ) -> Result<(), InvalidToken> {
        self.verify_with(token, accepted, |algorithm, key| {
            if matches!(algorithm, Rs256 | Ps256 | Es256) {
                key.verify_digest_sig(hash, &token.signature).is_ok()
            } else {
                key.verify_sig(token.signed, &token.signature).is_ok()
            }
        })
    }

    fn verify_with(
        &self,
        token: &Jwt<'_, impl ClaimSet>,
        accepted: &[SigningAlgorithm],
        is_good: impl FnOnce(SigningAlgorithm, &ParsedPublicKey) -> bool,
    ) -> Result<(), InvalidToken> {
        let algorithm = SigningAlgorithm::parse(&token.header.alg);
        let algorithm = algorithm
            .filter(|algorithm| accepted.contains(algorithm))
            .ok_or_else(|| InvalidToken::Algorithm(token.header.alg.chars().take(16).collect()))?;
        let keys = self.keys.iter();
        let mut fitting = keys.filter_map(|key| Some((key, key.verifier(algorithm)?)));
        let found = match &token.header.kid {
            Some(kid) => fitting.find(|(key, _)| key.kid.as_ref() == Some(kid)),
            // Without a name, only a set of one is unambiguous.
            None => fitting.next().filter(|_| fitting.next().is_none()),
        };
        let (key, verifier) = found.ok_or(InvalidToken::UnknownKey)?;
        tracing::trace!(key = key.kid, "a signature is verified");
        if !is_good(algorithm, verifier) {
            return Err(InvalidToken::Signature);
        }
        if key.is_for(&token.claims) {
            Ok(())
        } else {
            Err(InvalidToken::Claim("tid"))
        }
    }
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return None;
        }
        let algorithm = match jwk.alg.as_deref() {
            // An algorithm that is not known here, such as one for encryption.
            Some(name) => Some(SigningAlgorithm::parse(name)?),
            None => None,
        };
        let bytes = |text: &Option<String>| {
            let text = text.as_deref()?.trim_end_matches('=');
            URL_SAFE_NO_PAD.decode(text).ok()
        };
        let point = |length: usize| {
            let (x, y) = (bytes(&jwk.x)?, bytes(&jwk.y)?);
            let whole = x.len() == length && y.len() == length;
            whole.then(|| [&[4][..], &x, &y].concat())
        };
        let ec = |algorithm, params: &'static dyn VerificationAlgorithm, key: Vec<u8>| {
            vec![(algorithm, ParsedPublicKey::new(params, key).ok())]
        };
        let verifiers = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (bytes(&jwk.n)?, bytes(&jwk.e)?);
                let public = RsaPublicKeyComponents { n, e };
                let parsed = |params| public.to_parsed_public_key(params).ok();
                let each = RSA.into_iter();
                each.map(|(algorithm, params)| (algorithm, parsed(params)))
                    .collect()
            }
            // An uncompressed point (SEC 1 §2.3.3).
            ("EC", Some("P-256")) => ec(Es256, &signature::ECDSA_P256_SHA256_FIXED, point(32)?),
            ("EC", Some("P-384")) => ec(Es384, &signature::ECDSA_P384_SHA384_FIXED, point(48)?),
            ("OKP", Some("Ed25519")) => ec(EdDsa, &signature::ED25519, bytes(&jwk.x)?),
            _ => return None,
        };
        let own = verifiers.into_iter().filter_map(|(each, key)| {
            let fits = algorithm.is_none_or(|own| own == each);
            Some((each, key?)).filter(|_| fits)
        });
        let tenant = jwk.issuer.as_deref().and_then(tenant_in);
        let key = Self {
            kid: jwk.kid,
            tenant: tenant.map(str::to_owned),
            verifiers: own.collect(),
        };
        Some(key).filter(|key| !key.verifiers.is_empty())
    }

    /// A key verifies the algorithms of its type, and only its own if it names one (RFC 8725 §3.1).
    fn verifier(&self, algorithm: SigningAlgorithm) -> Option<&ParsedPublicKey> {
        let mut all = self.verifiers.iter();
        let found = all.find(|(own, _)| *own == algorithm);
        found.map(|(_, verifier)| verifier)
    }

    /// At a multi-tenant authority, the key of one tenant signs that tenant's tokens only. Source:
    /// Microsoft Learn, "Access tokens in the Microsoft identity platform", "Validate the issuer".
    fn is_for(&self, claims: &impl ClaimSet) -> bool {
        let named = claims.claim("tid").and_then(Value::as_str);
        match (&self.tenant, named) {
            (Some(own), Some(named)) => own.eq_ignore_ascii_case(named),
            _ => true,
        }
    }
}

const RSA: [(SigningAlgorithm, &RsaParameters); 6] = [
    (Rs256, &signature::RSA_PKCS1_2048_8192_SHA256),
    (Rs384, &signature::RSA_PKCS1_2048_8192_SHA384),
    (Rs512, &signature::RSA_PKCS1_2048_8192_SHA512),
    (Ps256, &signature::RSA_PSS_2048_8192_SHA256),
    (Ps384, &signature::RSA_PSS_2048_8192_SHA384),
    (Ps512, &signature::RSA_PSS_2048_8192_SHA512),
];
