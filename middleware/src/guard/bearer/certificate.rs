//! The certificate that a client showed in its TLS handshake.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::crypto::sha256;

/// A client's certificate, by its SHA-256. The server puts it into the extensions of each request
/// of the connection; tokens that are bound to a certificate (RFC 8705) need it.
///
/// Where a proxy ends TLS, whatever turns the proxy's header into this must know that the proxy, and
/// not the client, wrote it.
#[derive(Clone, Eq, PartialEq)]
pub struct ClientCertificate(String);

impl ClientCertificate {
    /// The certificate in DER, as TLS libraries hand it out.
    pub fn of_der(certificate: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(sha256(certificate)))
    }

    /// Its SHA-256 in base64url, with or without padding.
    pub fn of_thumbprint(thumbprint: &str) -> Self {
        Self(thumbprint.trim_end_matches('=').to_owned())
    }

    /// Its SHA-256 in base64url, without padding.
    pub fn thumbprint(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(…)")
    }
}
