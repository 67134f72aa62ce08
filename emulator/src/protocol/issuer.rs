use crate::{
    address::Authority,
    directory::{Tenant, UserFlow},
};

/// The issuer of a user flow's tokens, in the form that its properties ask for.
pub(crate) fn issuer(authority: &Authority, tenant: &Tenant, user_flow: &UserFlow) -> String {
    let usual = authority.issuer(tenant);
    if tenant.kind.is_b2c() && user_flow.settings.issuer_with_policy {
        let Authority { origin, policy, .. } = authority;
        format!("{origin}/tfp/{}/{policy}/v2.0/", tenant.id)
    } else {
        usual
    }
}
