//! A managed identity: the machine, or the platform, gives the app its token.
//!
//! On virtual machines and Kubernetes the instance metadata service does (Microsoft Learn, "How to use
//! managed identities for Azure resources on an Azure VM to acquire an access token"), in App Service,
//! Functions and Container Apps an endpoint of the app's own ("How to use managed identities for App
//! Service", `IDENTITY_ENDPOINT`).

use std::time::Duration;

use http::{HeaderValue, Request, StatusCode};
use serde::Deserialize;
use url::Url;

use crate::config::ManagedIdentity;
use crate::http_client::{HttpClient as _, HttpError, ReqwestClient};
use crate::protocol::seconds;
use crate::secret::Secret;
use crate::session::store::StoreError;
use crate::session::store::redis::tokens::RedisToken;
use crate::time::{SystemClock, Timestamp};

/// The endpoint that knows the identity.
pub(super) struct Managed {
    url: Url,
    header: (&'static str, HeaderValue),
    http: ReqwestClient,
}

impl Managed {
    pub(super) fn new(settings: &ManagedIdentity, scope: &str) -> Result<Self, StoreError> {
        let (version, name, value) = match &settings.header {
            Some(header) => ("2019-08-01", "x-identity-header", header.expose()),
            None => ("2018-02-01", "metadata", "true"),
        };
        let unusable = |_| StoreError::new("IDENTITY_HEADER is not a header's value");
        let mut value = HeaderValue::from_str(value).map_err(unusable)?;
        value.set_sensitive(true);
        let mut url = settings.endpoint.clone();
        url.query_pairs_mut()
            .append_pair("api-version", version)
            .append_pair("resource", scope.strip_suffix("/.default").unwrap_or(scope))
            .extend_pairs(settings.client_id.iter().map(|id| ("client_id", id)));
        Ok(Self {
            url,
            header: (name, value),
            http: ReqwestClient::without_proxy().map_err(StoreError::new)?,
        })
    }

    pub(super) async fn token(&self) -> Result<RedisToken, StoreError> {
        let (name, value) = &self.header;
        let request = Request::get(self.url.as_str()).header(*name, value);
        let request = request.body(Vec::new()).map_err(StoreError::new)?;
        let answer = self.http.send(request).await;
        let answer = answer.and_then(|answer| HttpError::check(&answer).map(|()| answer));
        let told = |reason: String| {
            let host = self.url.host_str().unwrap_or_default();
            StoreError::new(format!(
                "the managed identity's endpoint at {host}: {reason}"
            ))
        };
        let answer = answer.map_err(|error| told(error.to_string()))?;
        if answer.status() != StatusCode::OK {
            let refusal: Refusal = serde_json::from_slice(answer.body()).unwrap_or_default();
            return Err(told(format!(
                "{} {}; see that the app has a managed identity, and that session.redis.entra.client_id \
                 names it if it is a user-assigned one",
                answer.status(),
                refusal
                    .error_description
                    .or(refusal.message)
                    .unwrap_or_default(),
            )));
        }
        let now = Timestamp::now(&SystemClock);
        let body: Result<Body, _> = serde_json::from_slice(answer.body());
        let unreadable = |_| told("the answer is not one with a token".to_owned());
        let body = body.map_err(unreadable)?;
        let lasts = body.expires_in.map(Duration::from_secs);
        let ends = lasts.map(|lasts| now + lasts);
        let ends = ends.or(body.expires_on.map(Timestamp));
        let ends = ends.ok_or_else(|| told("the answer does not say when it ends".to_owned()))?;
        Ok(RedisToken::new(body.access_token, ends.to_system_time()))
    }
}

/// Numbers come as strings from some.
#[derive(Deserialize)]
struct Body {
    access_token: Secret,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    /// Seconds since 1970.
    #[serde(default, deserialize_with = "seconds")]
    expires_on: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error_description: Option<String>,
    message: Option<String>,
}
