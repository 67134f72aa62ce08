use std::sync::Arc;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, SanType, string::Ia5String,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use super::{CertificateAuthority, TlsError};

/// Issues a new certificate for every host name the emulator can have, and serves it.
pub(crate) fn server_config(
    authority: &CertificateAuthority,
    more_names: &[String],
) -> Result<Arc<ServerConfig>, TlsError> {
    let key = KeyPair::generate()?;
    let certificate = parameters(more_names)?.signed_by(&key, authority.issuer())?;
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|_| TlsError::Crypto)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn parameters(more_names: &[String]) -> Result<CertificateParams, TlsError> {
    let mut parameters = CertificateParams::new(ADDRESSES.map(ToOwned::to_owned))?;
    let names = NAMES.iter().copied();
    for name in names.chain(more_names.iter().map(String::as_str)) {
        let invalid = |_| TlsError::InvalidHost {
            name: name.to_owned(),
        };
        let dns_name = Ia5String::try_from(name).map_err(invalid)?;
        parameters
            .subject_alt_names
            .push(SanType::DnsName(dns_name));
    }
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, "b2c-emulator");
    parameters.distinguished_name = subject;
    parameters.use_authority_key_identifier_extension = true;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::now_utc();
    parameters.not_before = now - Duration::DAY;
    parameters.not_after = now + LIFETIME;
    Ok(parameters)
}

const ADDRESSES: [&str; 2] = ["127.0.0.1", "::1"];
const NAMES: [&str; 4] = [
    "localhost",
    "*.b2clogin.com",
    "*.ciamlogin.com",
    "login.microsoftonline.com",
];
/// Apple's systems refuse more than 825 days; browsers want fewer than 398.
const LIFETIME: Duration = Duration::days(397);
