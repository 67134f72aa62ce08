use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::TokenRequest;
use crate::{
    directory::{Client, Tenant, UserFlow},
    grant::Grant,
    protocol::Fault,
};

/// Finds the application that asks, before any grant is looked at.
pub(super) fn identify<'a>(
    request: &TokenRequest,
    tenant: &'a Tenant,
    user_flow: &UserFlow,
) -> Result<&'a Client, Fault> {
    let client_id = request.client_id.as_deref().ok_or(Fault::MissingClientId)?;
    let client = tenant
        .client(client_id)
        .ok_or_else(|| Fault::UnknownClient {
            client_id: client_id.to_owned(),
            tenant: tenant.name.clone(),
        })?;
    if request.has_client_assertion {
        return Err(Fault::ClientAssertion(user_flow.name().to_owned()));
    }
    Ok(client)
}

/// Checks the secret against the application that the grant was issued to: another application's
/// own secret is simply wrong.
pub(super) fn authenticate(
    request: &TokenRequest,
    client: &Client,
    grant: &Grant,
    tenant: &Tenant,
) -> Result<(), Fault> {
    let secret = request
        .client_secret
        .as_deref()
        .ok_or(Fault::MissingSecret)?;
    let expected = tenant
        .client(&grant.client_id)
        .ok_or(Fault::InternalError)?;
    verify_slices_are_equal(secret.as_bytes(), expected.client_secret().as_bytes())
        .map_err(|_| Fault::WrongSecret)?;
    if client.client_id() == expected.client_id() {
        Ok(())
    } else {
        Err(Fault::WrongClient(client.client_id().to_owned()))
    }
}
