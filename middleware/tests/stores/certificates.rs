//! Certificates of an authority that only the test trusts.

use std::path::{Path, PathBuf};

use libtest_mimic::Failed;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// What a server on this machine may show.
#[derive(Clone)]
pub struct Shown {
    pub authority: String,
    pub right: Issued,
    pub of_another_name: Issued,
    pub of_a_stranger: Issued,
}

/// A server's certificate and its key, in files.
#[derive(Clone)]
pub struct Issued {
    pub certificate: String,
    pub key: String,
}

impl Shown {
    /// Issued anew.
    pub fn new(test: &str) -> Result<Self, Failed> {
        let folder = folder(test);
        let authority = Authority::new(&folder)?;
        authority.issue("right", HERE)?;
        authority.issue("of-another-name", &["cache.example"])?;
        Authority::new(&folder.join("stranger"))?.issue("right", HERE)?;
        Ok(Self::issued(test))
    }

    /// What another process has issued.
    pub fn issued(test: &str) -> Self {
        let folder = folder(test);
        Self {
            authority: text(&folder.join(AUTHORITY)),
            right: Issued::at(&folder, "right"),
            of_another_name: Issued::at(&folder, "of-another-name"),
            of_a_stranger: Issued::at(&folder.join("stranger"), "right"),
        }
    }
}

impl Issued {
    fn at(folder: &Path, name: &str) -> Self {
        Self {
            certificate: text(&folder.join(format!("{name}.pem"))),
            key: text(&folder.join(format!("{name}.key"))),
        }
    }
}

/// A private authority, in a folder with what it has issued.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    fn new(folder: &Path) -> Result<Self, Failed> {
        std::fs::create_dir_all(folder)?;
        let mut params = CertificateParams::new([])?;
        params
            .distinguished_name
            .push(DnType::CommonName, text(folder));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        std::fs::write(folder.join(AUTHORITY), certificate.pem())?;
        Ok(Self {
            issuer: Issuer::new(params, key),
            folder: folder.to_owned(),
        })
    }

    /// For these names and addresses.
    fn issue(&self, file: &str, names: &[&str]) -> Result<(), Failed> {
        let names: Vec<_> = names.iter().copied().map(str::to_owned).collect();
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(names)?.signed_by(&key, &self.issuer)?;
        let issued = Issued::at(&self.folder, file);
        std::fs::write(issued.certificate, certificate.pem())?;
        std::fs::write(issued.key, key.serialize_pem())?;
        Ok(())
    }
}

fn folder(test: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{test}"))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Where the servers of a test are.
const HERE: &[&str] = &["localhost", "127.0.0.1"];
const AUTHORITY: &str = "authority.pem";
