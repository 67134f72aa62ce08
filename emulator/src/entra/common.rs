use crate::{
    directory::{Client, Tenant},
    protocol::Fault,
    token::{TokenRequest, check_proof, registered},
};

/// Finds a confidential application and checks its secret or assertion, for grants that no user has made.
pub(super) fn authenticated<'a>(
    request: &TokenRequest,
    tenant: &'a Tenant,
) -> Result<&'a Client, Fault> {
    let client_id = request
        .client_id
        .as_deref()
        .ok_or(Fault::MissingParameter("client_id"))?;
    let client = registered(client_id, tenant)?;
    check_proof(&request.proof, client)?;
    Ok(client)
}
