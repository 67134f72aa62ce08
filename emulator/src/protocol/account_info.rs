use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use crate::{directory::Tenant, grant::Identity};

/// `client_info`: `uid` and `utid`, from which MSAL builds its account id.
pub(crate) fn client_info(identity: &Identity, user_flow: &str, tenant: &Tenant) -> String {
    let uid = if tenant.kind.is_b2c() {
        format!("{}-{}", identity.object_id, user_flow.to_ascii_lowercase())
    } else {
        identity.object_id.clone()
    };
    URL_SAFE_NO_PAD.encode(json!({ "uid": uid, "utid": tenant.id }).to_string())
}

/// `profile_info`, which B2C sends to clients that do not ask for `client_info`.
pub(crate) fn profile_info(identity: &Identity, tenant: &Tenant) -> String {
    let profile = json!({
        "ver": "1.0",
        "tid": tenant.id,
        "sub": null,
        "name": identity.display_name,
        "preferred_username": null,
        "idp": "LocalAccount"
    });
    URL_SAFE_NO_PAD.encode(profile.to_string())
}
