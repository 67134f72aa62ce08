use std::{
    fmt,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use super::{TlsError, store, trust};

/// The authority that vouches for an emulator's host names.
///
/// Its private key is on this machine alone. A client that trusts its certificate can reach the
/// emulator, and whoever holds the key can pose as any https site before that client: trust it on
/// development machines only, and never hand the key on.
pub struct CertificateAuthority {
    certificate_pem: String,
    certificate_path: Option<PathBuf>,
    issuer: Issuer<'static, KeyPair>,
}

impl CertificateAuthority {
    pub(super) fn ephemeral() -> Result<Self, TlsError> {
        let (key, certificate_pem) = made()?;
        Ok(Self {
            certificate_pem,
            certificate_path: None,
            issuer: Issuer::new(parameters(), key),
        })
    }

    pub(super) fn kept_in(directory: &Path) -> Result<Self, TlsError> {
        let files = store::load_or_create(directory, || {
            let (key, certificate_pem) = made()?;
            Ok((certificate_pem, key.serialize_pem()))
        })?;
        let key = KeyPair::from_pem(&files.private_key_pem).map_err(|_| TlsError::Damaged {
            path: directory.to_owned(),
        })?;
        Ok(Self {
            certificate_pem: files.certificate_pem,
            certificate_path: Some(files.certificate_path),
            issuer: Issuer::new(parameters(), key),
        })
    }

    /// The certificate that clients have to trust.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The file with that certificate; `None` for an authority in memory.
    pub fn certificate_path(&self) -> Option<&Path> {
        self.certificate_path.as_deref()
    }

    /// How to trust the certificate, per operating system and per runtime; nothing for an
    /// authority in memory.
    pub fn trust_instructions(&self) -> String {
        self.certificate_path()
            .map(trust::instructions)
            .unwrap_or_default()
    }

    pub(super) fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }
}

impl fmt::Debug for CertificateAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateAuthority")
            .field("certificate_path", &self.certificate_path)
            .finish_non_exhaustive()
    }
}

fn made() -> Result<(KeyPair, String), TlsError> {
    let key = KeyPair::generate()?;
    let certificate = parameters().self_signed(&key)?;
    Ok((key, certificate.pem()))
}

/// The same for every authority, so that a kept key is all that is needed to issue again.
fn parameters() -> CertificateParams {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "b2c-emulator development CA");
    let now = OffsetDateTime::now_utc();
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.not_before = now - Duration::DAY;
    parameters.not_after = now + LIFETIME;
    parameters
}

const LIFETIME: Duration = Duration::days(10 * 365);
