//! The app's own token about itself (RFC 7523 §2.2 and §3, OpenID Connect Core §9).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::config::KeySettings;
use crate::crypto::random;
use crate::secret::Secret;
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// An assertion of `client_id` to `audience`, good for [`LIFETIME`] seconds and for one use: its
/// `jti` is random. `None` if the key does not sign, which is checked when it is read.
pub(super) fn client_assertion(
    key: &SigningKey,
    settings: &KeySettings,
    client_id: &str,
    audience: &str,
    now: Timestamp,
) -> Option<Secret> {
    let mut header = json!({ "alg": settings.algorithm.name(), "typ": "JWT" });
    if let Some(thumbprint) = key.thumbprint() {
        header["x5t#S256"] = thumbprint.into();
    }
    if let Some(key_id) = &settings.key_id {
        header["kid"] = key_id.as_str().into();
    }
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": URL_SAFE_NO_PAD.encode(random::<16>()),
        "iat": now.0,
        "nbf": now.0,
        "exp": now.0 + LIFETIME,
    });
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(settings.algorithm, signed.as_bytes())?;
    let signature = URL_SAFE_NO_PAD.encode(signature);
    Some(Secret::new(format!("{signed}.{signature}")))
}

/// Five minutes: Microsoft takes ten at most, and clocks differ.
const LIFETIME: u64 = 300;
