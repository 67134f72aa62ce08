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
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    end_session_endpoint: Option<String>,
    jwks_uri: String,
}

impl Document {
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if document.issuer.is_empty() {
            return Err("the issuer is empty".to_owned());
        }
        Ok(document)
    }

    /// The endpoints, checked against the URL that the document came from: trust in them is trust
    /// in that host's certificate, so they may not leave TLS.
    pub(super) fn endpoints(self, from: &str) -> Result<Endpoints, String> {
        let secure = from.starts_with("https:");
        let endpoint = |name: &str, text: &str| {
            let url = Url::parse(text).map_err(|error| format!("{name} is no URL ({error})"))?;
            if url.scheme() == "https" || (!secure && url.scheme() == "http") {
                Ok(url)
            } else {
                Err(format!("{name} does not use https"))
            }
        };
        let authorization = endpoint("authorization_endpoint", &self.authorization_endpoint)?;
        let token = endpoint("token_endpoint", &self.token_endpoint)?;
        let end_session = self.end_session_endpoint.as_deref();
        let end_session = end_session.map(|text| endpoint("end_session_endpoint", text));
        Ok(Endpoints {
            authorization: AuthUrl::from_url(authorization),
            token: TokenUrl::from_url(token),
            end_session: end_session.transpose()?,
            keys: endpoint("jwks_uri", &self.jwks_uri)?,
            issuer: self.issuer,
        })
    }
}

/// A document's contents, checked; all that is missing is the keys.
pub(super) struct Endpoints {
    issuer: String,
    authorization: AuthUrl,
    token: TokenUrl,
    end_session: Option<Url>,
    pub(super) keys: Url,
}

impl Endpoints {
    pub(super) fn with_keys(self, keys: KeySet, fetched: Timestamp) -> Metadata {
        Metadata {
            issuer: self.issuer,
            authorization_endpoint: self.authorization,
            token_endpoint: self.token,
            end_session_endpoint: self.end_session,
            keys,
            fetched,
        }
    }
}
