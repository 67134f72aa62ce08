//! What the API tells about itself (RFC 9728).

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::json;
use url::Url;

use crate::config::ApiConfig;
use crate::jwt::DpopProof;
use crate::layer::json_response;

/// The protected resource metadata, ready to be served.
pub(super) struct ResourceMetadata {
    /// Where clients find it.
    pub(super) url: String,
    path: String,
    body: serde_json::Value,
}

impl ResourceMetadata {
    /// The metadata of an API whose URL is known. The document's path comes before the API's
    /// (§3.1): that of `https://host/api` is `https://host/.well-known/oauth-protected-resource/api`.
    pub(super) fn of(config: &ApiConfig) -> Option<Self> {
        let resource = config.base_url.as_ref()?;
        let path = format!("{WELL_KNOWN}{}", resource.path().trim_end_matches('/'));
        let mut url = resource.clone();
        url.set_path(&path);
        let body = json!({
            "resource": identifier(resource),
            "authorization_servers": authorization_servers(config),
            "scopes_supported": config.scopes,
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": DpopProof::ALGORITHMS.split(' ').collect::<Vec<_>>(),
        });
        Some(Self {
            url: url.into(),
            path,
            body,
        })
    }

    /// The document, if this is what is asked for.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Option<Response<Bytes>> {
        if request.uri().path() != self.path {
            return None;
        }
        let method = request.method();
        if method != Method::GET && method != Method::HEAD {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(header::ALLOW, allowed);
            return Some(response);
        }
        let mut response = json_response(StatusCode::OK, "application/json", &self.body);
        let headers = response.headers_mut();
        // Nothing in it is about whoever asks, and clients in browsers ask from anywhere.
        let anywhere = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anywhere);
        let an_hour = HeaderValue::from_static("public, max-age=3600");
        headers.insert(header::CACHE_CONTROL, an_hour);
        Some(response)
    }
}

/// The URL without the slash that a bare origin does not need.
fn identifier(resource: &Url) -> &str {
    let text = resource.as_str();
    text.strip_suffix('/').unwrap_or(text)
}

/// Where clients find each server's metadata, less the well-known part. That is the issuer, but in
/// B2C, where the issuer leads to no metadata and each user flow is a server.
fn authorization_servers(config: &ApiConfig) -> Vec<String> {
    let urls = config.accepted.iter().flat_map(|accepted| {
        let authority = &accepted.provider.authority;
        let flows = &accepted.rules.user_flows;
        let own = flows.is_empty().then(|| authority.metadata_url(None));
        let of_flows = flows.iter().map(|flow| authority.metadata_url(Some(flow)));
        own.into_iter().chain(of_flows)
    });
    let bases = urls.map(|url| url.replacen("/.well-known/openid-configuration", "", 1));
    bases.collect()
}

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
