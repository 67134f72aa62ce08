use aws_lc_rs::digest::{SHA256, digest};

/// A GUID that is the same for the same text, so that configurations stay right.
pub(crate) fn derived_guid(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}
