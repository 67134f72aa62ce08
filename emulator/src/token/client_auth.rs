use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{ClientProof, TokenRequest};
use crate::{
    directory::{Client, Platform, Tenant, UserFlow, UserFlowKind},
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
    let client = registered(client_id, tenant)?;
    if client.is_for_entra_only && tenant.kind.is_b2c() {
        return Err(Fault::ForeignClient(client_id.to_owned()));
    }
    if matches!(request.proof, ClientProof::Assertion(_)) {
        return Err(Fault::ClientAssertion(user_flow.name().to_owned()));
    }
    Ok(client)
}

/// The application of this id, unless it is switched off.
pub(crate) fn registered<'a>(client_id: &str, tenant: &'a Tenant) -> Result<&'a Client, Fault> {
    let client = tenant
        .client(client_id)
        .ok_or_else(|| Fault::UnknownClient {
            client_id: client_id.to_owned(),
            tenant: tenant.name.clone(),
        })?;
    if client.is_disabled {
        return Err(Fault::DisabledClient {
            client_id: client_id.to_owned(),
            tenant: tenant.name.clone(),
        });
    }
    Ok(client)
}

/// Checks the secret against the application that the grant was issued to: another application's
/// own secret is simply wrong. What went to a page or an installed application has no secret.
pub(super) fn authenticate(
    request: &TokenRequest,
    client: &Client,
    grant: &Grant,
    tenant: &Tenant,
    user_flow: &UserFlow,
) -> Result<(), Fault> {
    let expected = tenant
        .client(&grant.client_id)
        .ok_or(Fault::InternalError)?;
    let is_public = grant.platform != Platform::Web;
    match &request.proof {
        // Secrets are not looked at where passwords are sent.
        _ if user_flow.kind() == UserFlowKind::ResourceOwner => {}
        ClientProof::Nothing
            if grant.platform == Platform::Native && forbids_public(expected, tenant) =>
        {
            return Err(Fault::PublicClientsOff);
        }
        ClientProof::Nothing if is_public => {}
        _ if is_public => return Err(Fault::SecretFromPublicClient),
        proof => check_proof(proof, expected)?,
    }
    if client.client_id() == expected.client_id() {
        Ok(())
    } else {
        Err(Fault::WrongClient(client.client_id().to_owned()))
    }
}

/// Does the registration say no to public clients, at a B2C that asks?
pub(super) fn forbids_public(client: &Client, tenant: &Tenant) -> bool {
    client.forbids_public_clients && tenant.kind.is_b2c()
}

/// Is this the application's secret? One without a secret has none that fits.
pub(crate) fn check_proof(proof: &ClientProof, client: &Client) -> Result<(), Fault> {
    let secret = match proof {
        ClientProof::Verified => return Ok(()),
        ClientProof::Secret(secret) => secret,
        ClientProof::Nothing | ClientProof::Assertion(_) => return Err(Fault::MissingSecret),
    };
    let expected = client.client_secret().as_bytes();
    verify_slices_are_equal(secret.as_bytes(), expected)
        .ok()
        .filter(|()| !expected.is_empty())
        .ok_or(Fault::WrongSecret)
}
