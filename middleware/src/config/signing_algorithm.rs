//! The signature algorithms that can be accepted.

/// A signature algorithm of JWS (RFC 7518 §3.1). Symmetric ones and `none` do not exist here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SigningAlgorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl SigningAlgorithm {
    pub(super) const NAMES: &'static str =
        "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA";

    /// By the name that a token's header has.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "RS384" => Some(Self::Rs384),
            "RS512" => Some(Self::Rs512),
            "PS256" => Some(Self::Ps256),
            "PS384" => Some(Self::Ps384),
            "PS512" => Some(Self::Ps512),
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}
