//! The discovery document of one user flow (OpenID Connect Discovery §3).

use oauth2::{AuthUrl, TokenUrl};
use serde::Deserialize;
use url::Url;

use crate::jwt::KeySet;
use crate::time::Timestamp;

/// One user flow's issuer, endpoints and keys.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: AuthUrl,
    pub(crate) token_endpoint: TokenUrl,
    /// Absent for some custom policies; then sign-out is local.
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) keys: KeySet,
    pub(crate) fetched: Timestamp,
}

/// The document as the provider sends it; unknown members are ignored.
#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    end_session_endpoint: Option<String>,
    pub(super) jwks_uri: String,
}

impl Document {
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if document.issuer.is_empty() {
            return Err("the issuer is empty".to_owned());
        }
        Ok(document)
    }

    /// Checks the endpoints against the URL that the document came from: trust in them is trust
    /// in that host's certificate, so they may not leave TLS.
    pub(super) fn into_metadata(
        self,
        from: &str,
        keys: KeySet,
        fetched: Timestamp,
    ) -> Result<Metadata, String> {
        let secure = from.starts_with("https:");
        let endpoint = |name: &str, text: &str| {
            let url = Url::parse(text).map_err(|error| format!("{name} is no URL ({error})"))?;
            if url.scheme() == "https" || (!secure && url.scheme() == "http") {
                Ok(url)
            } else {
                Err(format!("{name} does not use https"))
            }
        };
        endpoint("jwks_uri", &self.jwks_uri)?;
        let end_session = self.end_session_endpoint.as_deref();
        Ok(Metadata {
            authorization_endpoint: AuthUrl::from_url(endpoint(
                "authorization_endpoint",
                &self.authorization_endpoint,
            )?),
            token_endpoint: TokenUrl::from_url(endpoint("token_endpoint", &self.token_endpoint)?),
            end_session_endpoint: end_session
                .map(|text| endpoint("end_session_endpoint", text))
                .transpose()?,
            issuer: self.issuer,
            keys,
            fetched,
        })
    }
}
