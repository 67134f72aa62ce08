//! Whose accounts may sign in to an application?

use super::sts::StsFault;
use crate::{directory::Client, provider::Provider};

/// Why an authority that stands for several tenants does not serve an application. Personal
/// accounts, which `consumers` stands for, there are none.
pub(crate) fn shared_authority_fault(segment: &str, client: &Client) -> Option<StsFault> {
    let id = client.client_id();
    let (code, message) = if segment.eq_ignore_ascii_case("consumers") {
        let message = format!(
            "Application '{id}'({id}) is not supported over the /common or /consumers endpoints. \
             Please use the /organizations or tenant-specific endpoint."
        );
        (90_130, message)
    } else if client.is_multi_tenant {
        return None;
    } else {
        let message = format!(
            "Application '{id}'({id}) is not configured as a multi-tenant application. Usage of the \
             /common endpoint is not supported for such applications created after '10/15/2018'. \
             Use a tenant-specific endpoint or configure the application to be multi-tenant."
        );
        (50_194, message)
    };
    Some(StsFault {
        code,
        error: "invalid_request",
        message,
    })
}

/// A user of `home` has signed in where only the accounts of `here` are good.
pub(crate) fn foreign_account_fault(
    sign_in_name: &str,
    client_id: &str,
    here: &Provider,
    home: &Provider,
) -> StsFault {
    StsFault {
        code: 50_020,
        error: "invalid_request",
        message: format!(
            "User account '{sign_in_name}' from identity provider 'https://sts.windows.net/{}/' does \
             not exist in tenant '{}' and cannot access the application '{client_id}'({client_id}) \
             in that tenant. The account needs to be added as an external user in the tenant first. \
             Sign out and sign in again with a different Azure Active Directory user account.",
            home.tenant.id,
            here.tenant.short_name()
        ),
    }
}
