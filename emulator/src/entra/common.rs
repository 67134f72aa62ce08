use crate::{
    directory::{Client, Tenant},
    protocol::Fault,
    token::{TokenRequest, check_secret, registered},
};

/// Finds a confidential application and checks its secret, for grants that no user has made.
pub(super) fn authenticated<'a>(
    request: &TokenRequest,
    tenant: &'a Tenant,
) -> Result<&'a Client, Fault> {
    let client_id = request
        .client_id
        .as_deref()
        .ok_or(Fault::MissingParameter("client_id"))?;
    let client = registered(client_id, tenant)?;
    if request.has_client_assertion {
        return Err(Fault::ClientAssertion(client_id.to_owned()));
    }
    check_secret(request.client_secret.as_deref(), client)?;
    Ok(client)
}
