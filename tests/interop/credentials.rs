use std::{fs, path::Path};

use b2c_emulator::{Client, ClientCertificate, FederatedCredential};
use e2e::Workspace;
use libtest_mimic::Failed;
use rcgen::{CertificateParams, KeyPair};

/// What an application proves itself with in place of a secret: files for a witness, and what the
/// emulator knows about them.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    certificate: ClientCertificate,
    federated: FederatedCredential,
}

impl Credentials {
    /// Writes `key.pem` with two certificates of it, of which `stranger.pem` is not registered.
    pub(crate) fn write(directory: &Path) -> Result<Self, Failed> {
        let registered = write(directory, 1, "certificate.pem")?;
        write(directory, 2, "stranger.pem")?;
        let keys = fs::read_to_string(Workspace::root().join("tests/interop/workload.jwks.json"))?;
        Ok(Self {
            certificate: registered.parse()?,
            federated: FederatedCredential::new(ISSUER, SUBJECT, keys.try_into()?),
        })
    }

    /// Registers them.
    pub(crate) fn of(&self, client: Client) -> Client {
        client
            .certificate(self.certificate.clone())
            .federated_credential(self.federated.clone())
    }
}

/// A key of the repository spares the time to make one.
fn write(directory: &Path, serial_number: u64, name: &str) -> Result<String, Failed> {
    let pkcs8 = fs::read(Workspace::root().join("emulator/keys/development.pk8"))?;
    let pair = KeyPair::try_from(pkcs8.as_slice())?;
    let mut parameters = CertificateParams::default();
    parameters.serial_number = Some(serial_number.into());
    let pem = parameters.self_signed(&pair)?.pem();
    fs::write(directory.join("key.pem"), pair.serialize_pem())?;
    fs::write(directory.join(name), &pem)?;
    Ok(pem)
}

/// Of a workload's tokens; the scripts know it, too.
const ISSUER: &str = "https://issuer.example";
const SUBJECT: &str = "system:serviceaccount:shop:orders";
