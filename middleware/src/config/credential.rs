//! How the app proves to a provider that it is itself.

use std::path::PathBuf;

use super::secret::read_file;
use crate::secret::Secret;
use crate::signing_key::{AssertionAlgorithm, SigningKey};
use crate::time::Timestamp;

/// `provider.client_authentication`, with what it needs (OpenID Connect Core §9).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ClientAuthentication {
    /// `none`: a public client, which only PKCE protects.
    Public,
    /// `client_secret_post` or `client_secret_basic`.
    Secrets {
        basic: bool,
        first: SecretSource,
        /// The next secret, or the last: used when the provider refuses the first.
        second: Option<SecretSource>,
        /// When the first ends, as the operator says.
        expires: Option<Timestamp>,
    },
    /// `private_key_jwt`.
    Key(KeySettings),
    /// `workload_identity`: a token that the platform has issued to the app, which the provider
    /// trusts (RFC 7523 §2.2).
    Assertion(SecretSource),
    /// `workload_identity` with `client_assertion = "callback"`: the app's own function brings the token.
    Callback,
}

/// A secret, and where to look for a newer one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SecretSource {
    pub(crate) value: Secret,
    /// `None` if it came from the environment, which does not change.
    pub(crate) file: Option<PathBuf>,
}

/// A private key and what the provider knows it by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct KeySettings {
    pub(crate) key: SecretSource,
    pub(crate) certificate: Option<SecretSource>,
    /// The `kid` that the provider has for the key.
    pub(crate) key_id: Option<String>,
    pub(crate) algorithm: AssertionAlgorithm,
    /// Whether assertions are addressed to the issuer, and not to the token endpoint.
    pub(crate) to_issuer: bool,
}

impl ClientAuthentication {
    /// Whether there is anything to read again: the environment does not change.
    pub(crate) fn changes(&self) -> bool {
        let sources = match self {
            Self::Public | Self::Callback => [None, None],
            Self::Secrets { first, second, .. } => [Some(first), second.as_ref()],
            Self::Key(settings) => [Some(&settings.key), settings.certificate.as_ref()],
            Self::Assertion(source) => [Some(source), None],
        };
        let mut sources = sources.into_iter().flatten();
        sources.any(|source| source.file.is_some())
    }

    /// The same with what the files say now, each read once; what is wrong with them is said in words.
    pub(crate) fn read_again(&self) -> Result<Self, String> {
        Ok(match self {
            Self::Public => Self::Public,
            Self::Callback => Self::Callback,
            Self::Secrets {
                basic,
                first,
                second,
                expires,
            } => Self::Secrets {
                basic: *basic,
                first: first.renewed()?,
                second: second.as_ref().map(SecretSource::renewed).transpose()?,
                expires: *expires,
            },
            Self::Key(settings) => Self::Key(settings.renewed()?),
            Self::Assertion(source) => Self::Assertion(source.renewed()?),
        })
    }
}

impl SecretSource {
    /// The secret as its file has it now; what is wrong with the file is said in words.
    pub(crate) fn read_again(&self) -> Result<Secret, String> {
        match &self.file {
            Some(file) => read_file(file),
            None => Ok(self.value.clone()),
        }
    }

    fn renewed(&self) -> Result<Self, String> {
        Ok(Self {
            value: self.read_again()?,
            file: self.file.clone(),
        })
    }
}

impl KeySettings {
    fn renewed(&self) -> Result<Self, String> {
        let certificate = self.certificate.as_ref();
        Ok(Self {
            key: self.key.renewed()?,
            certificate: certificate.map(SecretSource::renewed).transpose()?,
            ..self.clone()
        })
    }

    /// The key, with the certificate of it.
    pub(crate) fn signing_key(&self) -> Result<SigningKey, String> {
        let certificate = self.certificate.as_ref().map(|source| &source.value);
        self.parse(&self.key.value, certificate)
    }

    fn parse(&self, key: &Secret, certificate: Option<&Secret>) -> Result<SigningKey, String> {
        let key = SigningKey::parse(key.expose(), certificate.map(Secret::expose));
        let key = key.map_err(|problem| problem.to_string())?;
        if key.fits(self.algorithm) {
            Ok(key)
        } else {
            let name = self.algorithm.name();
            Err(format!("a key that cannot sign by {name}"))
        }
    }
}
