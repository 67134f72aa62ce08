use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Tenant;

impl Tenant {
    /// The `sub` of a user in an application's ID tokens.
    pub(crate) fn subject(&self, object_id: &str, client_id: &str) -> String {
        if self.kind.is_b2c() {
            object_id.to_owned()
        } else {
            pairwise_subject(&self.id, client_id, object_id)
        }
    }
}

/// A subject that no other application can recognize (OpenID Connect Core, 8.1).
pub(crate) fn pairwise_subject(tenant_id: &str, audience: &str, object_id: &str) -> String {
    let text = format!("{tenant_id}/{}/{object_id}", audience.to_ascii_lowercase());
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}
