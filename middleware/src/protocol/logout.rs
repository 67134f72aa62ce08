//! The sign-out request (OpenID Connect RP-Initiated Logout §2).

use url::Url;

/// The URL that signs the browser out at the provider and comes back to `return_to`.
///
/// No `id_token_hint`: it would put a token into browser history and proxy logs, and B2C asks for
/// it only where a user flow requires it.
pub(crate) fn logout_url(end_session_endpoint: &Url, return_to: &str) -> Url {
    let mut url = end_session_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("post_logout_redirect_uri", return_to);
    url
}
