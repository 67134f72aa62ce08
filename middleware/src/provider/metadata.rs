//! What is known about one authorization server, ready for use.

use oauth2::{AuthUrl, TokenUrl};
use url::Url;

use crate::jwt::{Issuer, KeySet};
use crate::time::Timestamp;

/// The issuer, endpoints and keys of a provider; in B2C of one user flow.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) issuer: Issuer,
    pub(crate) authorization_endpoint: AuthUrl,
    pub(crate) token_endpoint: TokenUrl,
    /// Absent for some custom policies; then sign-out is local.
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) userinfo_endpoint: Option<Url>,
    /// Where authorization requests may be sent before the browser is (RFC 9126).
    pub(crate) pushed_authorization_request_endpoint: Option<Url>,
    /// Whether every authorization response names its issuer (RFC 9207).
    pub(crate) iss_in_response: bool,
    pub(crate) keys: KeySet,
    pub(crate) fetched: Timestamp,
}
