//! An error response of a token endpoint (RFC 6749 §5.2), with the members that Entra adds.

use serde::Deserialize;
use serde_json::Value;

use super::provider_error::ProviderError;

/// As it is sent; nothing in it is believed until it is a [`ProviderError`].
#[derive(Debug, Deserialize)]
pub(crate) struct ErrorBody {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    suberror: Option<String>,
    #[serde(default)]
    error_codes: Value,
    #[serde(default)]
    correlation_id: Option<String>,
    #[serde(default)]
    trace_id: Option<String>,
    #[serde(default)]
    timestamp: Option<String>,
    #[serde(default)]
    claims: Option<String>,
}

impl From<ErrorBody> for ProviderError {
    fn from(body: ErrorBody) -> Self {
        let description = body.error_description.unwrap_or_default();
        let codes = body.error_codes.as_array().into_iter().flatten();
        let codes = codes.filter_map(|code| u32::try_from(code.as_u64()?).ok());
        let mut error = Self::new(&body.error, &description).with_codes(codes);
        if let Some(suberror) = &body.suberror {
            error = error.with_suberror(suberror);
        }
        if let Some(claims) = &body.claims {
            error = error.with_claims(claims);
        }
        error.with_ids(
            body.correlation_id.as_deref(),
            body.trace_id.as_deref(),
            body.timestamp.as_deref(),
        )
    }
}
