use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::Fault;

/// A PKCE code challenge (RFC 7636).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Challenge {
    pub(crate) value: String,
    pub(crate) method: ChallengeMethod,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) enum ChallengeMethod {
    Plain,
    S256,
}

impl Challenge {
    /// Does the verifier belong to this challenge?
    pub(crate) fn check(&self, verifier: &str) -> Result<(), Fault> {
        let well_formed = (43..=128).contains(&verifier.len())
            && verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if !well_formed {
            return Err(Fault::InvalidVerifier);
        }
        let computed = match self.method {
            ChallengeMethod::Plain => verifier.to_owned(),
            ChallengeMethod::S256 => {
                URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
            }
        };
        verify_slices_are_equal(computed.as_bytes(), self.value.as_bytes())
            .map_err(|_| Fault::VerifierMismatch)
    }
}

impl ChallengeMethod {
    pub(crate) fn named(name: &str) -> Result<Self, Fault> {
        match name {
            "S256" => Ok(Self::S256),
            "plain" => Ok(Self::Plain),
            _ => Err(Fault::UnsupportedChallengeMethod),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    #[test]
    fn accepts_the_verifier_of_the_rfc() {
        let challenge = Challenge {
            value: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            method: ChallengeMethod::S256,
        };
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(challenge.check(verifier).is_ok());
        let other = verifier.replace('d', "e");
        assert_eq!(challenge.check(&other), Err(Fault::VerifierMismatch));
        assert_eq!(challenge.check("short"), Err(Fault::InvalidVerifier));
    }
}
