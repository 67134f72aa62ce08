//! What can go wrong while the layer is built, or its keys are exchanged.

use std::fmt;

use crate::session::StoreError;

/// The layer cannot be built, or its keys cannot be exchanged.
#[derive(Debug)]
pub struct Error {
    what: &'static str,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl Error {
    pub(crate) fn http_client(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            what: "the HTTP client for the provider cannot be set up; check the trusted certificates (SSL_CERT_FILE)",
            cause: Box::new(cause),
        }
    }

    pub(crate) fn assertion(reason: String) -> Self {
        Self {
            what: "what client_assertion says and what the builder was given differ",
            cause: reason.into(),
        }
    }

    pub(crate) fn dpop_nonces(reason: String) -> Self {
        Self {
            what: "the secret of dpop_nonces is too short",
            cause: reason.into(),
        }
    }

    pub(crate) fn cookie_keys(reason: String) -> Self {
        Self {
            what: "session.cookie_keys cannot be read again; the last good keys stay in use",
            cause: reason.into(),
        }
    }

    pub(crate) fn store(cause: StoreError) -> Self {
        Self {
            what: "the session store cannot be set up as session.store says",
            cause: Box::new(cause),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.cause)
    }
}
