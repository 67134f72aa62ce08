use std::io::{self, Write};

use super::tenants::CertificatePlace;

/// Prints how to trust the certificate authority.
pub(super) fn trust(place: &CertificatePlace) -> Result<(), String> {
    let authority = place
        .tls()
        .certificate_authority()
        .map_err(|error| error.to_string())?;
    write!(io::stdout().lock(), "{}", authority.trust_instructions())
        .map_err(|error| error.to_string())
}
