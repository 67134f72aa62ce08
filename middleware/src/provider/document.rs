//! The discovery document (OpenID Connect Discovery §3), as the provider sends it.

use serde::Deserialize;

use crate::config::{StaticEndpoints, USER_FLOW};

/// A discovery document; unknown members are ignored, and nothing in it is believed yet.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) end_session_endpoint: Option<String>,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    /// RFC 9126 §5.
    pub(super) pushed_authorization_request_endpoint: Option<String>,
    /// RFC 9207 §3.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Document {
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(body).map_err(|error| error.to_string())
    }

    /// What the operator wrote down in place of one.
    pub(super) fn of_settings(endpoints: &StaticEndpoints, user_flow: Option<&str>) -> Self {
        let of_flow = |text: &String| text.replace(USER_FLOW, user_flow.unwrap_or_default());
        Self {
            issuer: of_flow(&endpoints.issuer),
            authorization_endpoint: of_flow(&endpoints.authorization_endpoint),
            token_endpoint: of_flow(&endpoints.token_endpoint),
            end_session_endpoint: endpoints.end_session_endpoint.as_ref().map(of_flow),
            jwks_uri: of_flow(&endpoints.jwks_uri),
            userinfo_endpoint: endpoints.userinfo_endpoint.as_ref().map(of_flow),
            pushed_authorization_request_endpoint: endpoints
                .pushed_authorization_request_endpoint
                .as_ref()
                .map(of_flow),
            authorization_response_iss_parameter_supported: endpoints.iss_in_response,
        }
    }
}
