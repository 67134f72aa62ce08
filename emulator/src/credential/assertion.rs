use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Number;

use super::{
    AssertionProblem, ClientCertificate, FederatedCredential, algorithm::Algorithm,
    thumbprint::Thumbprint,
};

/// A client assertion (RFC 7523) that was read, and not yet verified.
pub(crate) struct Assertion<'a> {
    header: Header,
    claims: Claims,
    message: &'a str,
    signature: Vec<u8>,
}

/// What an application's assertion is held against.
pub(crate) struct Expectation<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) certificates: &'a [ClientCertificate],
    pub(crate) federated: &'a [FederatedCredential],
    /// Says whether an audience means this authorization server.
    pub(crate) is_audience: &'a dyn Fn(&str) -> bool,
    pub(crate) now: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default, deserialize_with = "numeric_date")]
    nbf: i64,
    #[serde(default, deserialize_with = "numeric_date")]
    exp: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl<'a> Assertion<'a> {
    /// Reads the compact form.
    pub(crate) fn read(compact: &'a str) -> Result<Self, AssertionProblem> {
        let malformed = || AssertionProblem::Malformed;
        let (message, signature) = compact.rsplit_once('.').ok_or_else(malformed)?;
        let (header, claims) = message.split_once('.').ok_or_else(malformed)?;
        Ok(Self {
            header: decoded(header).ok_or_else(malformed)?,
            claims: decoded(claims).ok_or_else(malformed)?,
            message,
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?,
        })
    }

    /// Does it prove that this application sent it? `jti` is not looked at: MSAL Node sends one
    /// assertion for as long as it lives.
    pub(crate) fn verify(&self, expected: &Expectation<'_>) -> Result<(), AssertionProblem> {
        let algorithm = Algorithm::named(&self.header.alg).ok_or(AssertionProblem::Algorithm)?;
        // Other issuers are URLs.
        if self.claims.iss.starts_with("https://") {
            self.verify_federated(algorithm, expected.federated)?;
        } else {
            self.verify_own(algorithm, expected)?;
        }
        let Claims { nbf, exp, .. } = self.claims;
        if exp <= expected.now || nbf > expected.now.saturating_add(SKEW) {
            return Err(AssertionProblem::Time {
                now: expected.now,
                not_before: nbf,
                expires: exp,
            });
        }
        Ok(())
    }

    /// Signed by the application itself, with one of its certificates.
    fn verify_own(
        &self,
        algorithm: Algorithm,
        expected: &Expectation<'_>,
    ) -> Result<(), AssertionProblem> {
        let is_client = |name: &str| name.eq_ignore_ascii_case(expected.client_id);
        if !is_client(&self.claims.iss) || !is_client(&self.claims.sub) {
            return Err(AssertionProblem::OtherApplication);
        }
        let name = self.header.certificate();
        let unknown = || AssertionProblem::UnknownKey(name.as_ref().map(ToString::to_string));
        let mut known = expected.certificates.iter();
        let certificate = known
            .find(|known| name.as_ref().is_some_and(|name| known.is_named(name)))
            .ok_or_else(unknown)?;
        let is_genuine =
            certificate
                .key
                .verify(algorithm, self.message.as_bytes(), &self.signature);
        let has_expired = certificate.not_after < expected.now;
        if !is_genuine || has_expired {
            return Err(AssertionProblem::Key {
                thumbprint: certificate.sha1.to_string(),
                not_before: certificate.not_before,
                not_after: certificate.not_after,
                has_expired: is_genuine,
            });
        }
        if self
            .claims
            .aud
            .names()
            .iter()
            .any(|name| (expected.is_audience)(name))
        {
            Ok(())
        } else {
            Err(AssertionProblem::Audience)
        }
    }

    /// Signed by an issuer that the application trusts.
    fn verify_federated(
        &self,
        algorithm: Algorithm,
        known: &[FederatedCredential],
    ) -> Result<(), AssertionProblem> {
        let Claims { iss, sub, aud, .. } = &self.claims;
        let of_issuer = || known.iter().filter(|known| known.issuer == *iss);
        if of_issuer().next().is_none() {
            return Err(AssertionProblem::FederatedIssuer(iss.clone()));
        }
        let of_subject = || of_issuer().filter(|known| known.subject == *sub);
        if of_subject().next().is_none() {
            return Err(AssertionProblem::FederatedSubject(sub.clone()));
        }
        let found = of_subject().find(|known| aud.names().contains(&known.audience));
        let Some(credential) = found else {
            return Err(AssertionProblem::FederatedAudience(aud.names().join(" ")));
        };
        let mut keys = credential.jwks.candidates(self.header.kid.as_deref());
        let message = self.message.as_bytes();
        if keys.any(|key| key.verify(algorithm, message, &self.signature)) {
            Ok(())
        } else {
            Err(AssertionProblem::FederatedSignature)
        }
    }
}

impl Header {
    /// The thumbprint of the certificate that is meant.
    fn certificate(&self) -> Option<Thumbprint> {
        let name = self.x5t_s256.as_deref().or(self.x5t.as_deref());
        match (name, self.kid.as_deref()) {
            (Some(name), _) => Thumbprint::from_base64url(name),
            (None, Some(kid)) => {
                Thumbprint::from_hex(kid).or_else(|| Thumbprint::from_base64url(kid))
            }
            (None, None) => None,
        }
    }
}

impl Audience {
    fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

fn decoded<T: DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).ok()?).ok()
}

/// Fractions of a second are allowed (RFC 7519, section 2), and MSAL Python sends them.
fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = Number::deserialize(deserializer)?.to_string();
    let seconds = number
        .split_once('.')
        .map_or(&*number, |(seconds, _)| seconds);
    seconds.parse().map_err(D::Error::custom)
}

/// How far a clock may be ahead, in seconds.
const SKEW: i64 = 60;
