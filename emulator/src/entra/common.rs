use crate::{
    directory::{Client, Tenant},
    protocol::Fault,
    token::TokenRequest,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;

/// Finds a confidential application and checks its secret, for grants that no user has made.
pub(super) fn authenticated<'a>(
    request: &TokenRequest,
    tenant: &'a Tenant,
) -> Result<&'a Client, Fault> {
    let client_id = request
        .client_id
        .as_deref()
        .ok_or(Fault::MissingParameter("client_id"))?;
    let client = tenant
        .client(client_id)
        .ok_or_else(|| Fault::UnknownClient {
            client_id: client_id.to_owned(),
            tenant: tenant.name.clone(),
        })?;
    if request.has_client_assertion {
        return Err(Fault::ClientAssertion(client_id.to_owned()));
    }
    let secret = request
        .client_secret
        .as_deref()
        .ok_or(Fault::MissingSecret)?;
    verify_slices_are_equal(secret.as_bytes(), client.client_secret().as_bytes())
        .map_err(|_| Fault::WrongSecret)?;
    Ok(client)
}
