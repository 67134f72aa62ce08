//! The userinfo endpoint (OpenID Connect Core §5.3).

use std::fmt;

use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Map, Value};
use url::Url;

use crate::http_client::HttpError;
use crate::provider::{Endpoint, Exchange, Provider};
use crate::secret::Secret;

/// Why there are no claims from the userinfo endpoint.
#[derive(Debug)]
pub(crate) enum UserinfoError {
    /// The metadata lists no such endpoint.
    NotOffered,
    /// The token endpoint granted no access token to ask with.
    NoAccessToken,
    /// The provider did not answer, or is failing.
    Unavailable(HttpError),
    /// The provider did not accept the access token.
    Refused(StatusCode),
    /// The answer is no JSON object; signed and encrypted answers are not asked for.
    Unreadable,
    /// The answer is about somebody else than the ID token: it must not be used (§5.3.2).
    OtherSubject,
}

/// The claims that the access token opens, if they are about `subject`.
pub(crate) async fn userinfo(
    provider: &Provider,
    endpoint: Option<&Url>,
    access_token: Option<&Secret>,
    subject: Option<&str>,
) -> Result<Map<String, Value>, UserinfoError> {
    let endpoint = endpoint.ok_or(UserinfoError::NotOffered)?;
    let access_token = access_token.ok_or(UserinfoError::NoAccessToken)?;
    let bearer = HeaderValue::from_str(&format!("Bearer {}", access_token.expose()));
    let mut bearer = bearer.map_err(|_| UserinfoError::Unreadable)?;
    bearer.set_sensitive(true);
    let request = Request::get(endpoint.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, bearer);
    let request = request.body(Vec::new());
    let request = request.map_err(|_| UserinfoError::Unreadable)?;
    let exchange = Exchange {
        http: &*provider.http,
        provider: provider.name(),
        endpoint: Endpoint::Userinfo,
    };
    let answer = exchange.send(request).await;
    let answer = answer.map_err(UserinfoError::Unavailable)?;
    if answer.status() != StatusCode::OK {
        return Err(UserinfoError::Refused(answer.status()));
    }
    let claims: Map<String, Value> =
        serde_json::from_slice(answer.body()).map_err(|_| UserinfoError::Unreadable)?;
    let same = claims.get("sub").and_then(Value::as_str) == subject && subject.is_some();
    if same {
        Ok(claims)
    } else {
        Err(UserinfoError::OtherSubject)
    }
}

impl fmt::Display for UserinfoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered => f.write_str(
                "the provider's setting userinfo is true, but its metadata has no userinfo_endpoint",
            ),
            Self::NoAccessToken => {
                f.write_str("the provider granted no access token to ask for userinfo with")
            }
            Self::Unavailable(error) => write!(f, "userinfo: {error}"),
            Self::Refused(status) => write!(f, "the userinfo endpoint answered {status}"),
            Self::Unreadable => f.write_str("the userinfo endpoint's answer is no JSON object"),
            Self::OtherSubject => {
                f.write_str("userinfo is about another user than the ID token (sub differs)")
            }
        }
    }
}

impl std::error::Error for UserinfoError {}
