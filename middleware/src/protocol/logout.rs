//! The sign-out request (OpenID Connect RP-Initiated Logout 1.0 §2).

use url::Url;

use crate::secret::Secret;

/// What the provider is told when it is to end its session.
pub(crate) struct LogoutRequest<'a> {
    /// Where the browser comes back to (`post_logout_redirect_uri`).
    pub(crate) return_to: &'a str,
    pub(crate) client_id: &'a str,
    /// Comes back along with the browser.
    pub(crate) state: &'a str,
    /// Only where the configuration asks for it: it puts a token into browser history and proxy
    /// logs. B2C wants it where a user flow has "Require ID Token in logout requests".
    pub(crate) id_token_hint: Option<&'a Secret>,
}

/// The URL that signs the browser out at the provider. The endpoint keeps a query of its own: B2C's
/// is `…/logout?p=B2C_1_susi` where the metadata was asked for so.
pub(crate) fn logout_url(end_session_endpoint: &Url, request: &LogoutRequest<'_>) -> Url {
    let mut url = end_session_endpoint.clone();
    let mut query = url.query_pairs_mut();
    query.append_pair("post_logout_redirect_uri", request.return_to);
    query.append_pair("client_id", request.client_id);
    query.append_pair("state", request.state);
    if let Some(token) = request.id_token_hint {
        query.append_pair("id_token_hint", token.expose());
    }
    drop(query);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> LogoutRequest<'static> {
        LogoutRequest {
            return_to: "https://app.example/bye?a=1&b=é",
            client_id: "client",
            state: "s",
            id_token_hint: None,
        }
    }

    #[test]
    fn everything_is_encoded_and_the_endpoints_own_query_stays() {
        let endpoint = "https://contoso.b2clogin.com/t/oauth2/v2.0/logout?p=B2C_1_susi";
        let url = logout_url(&endpoint.parse().unwrap(), &request());
        assert_eq!(
            url.as_str(),
            format!(
                "{endpoint}&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye%3Fa%3D1%26b%3D%C3%A9\
                 &client_id=client&state=s"
            )
        );
        let hint = Secret::new("a.b.c");
        let hinted = LogoutRequest {
            id_token_hint: Some(&hint),
            ..request()
        };
        let url = logout_url(&"https://id.example/end".parse().unwrap(), &hinted);
        assert!(
            url.as_str()
                .starts_with("https://id.example/end?post_logout")
        );
        assert!(url.as_str().ends_with("&state=s&id_token_hint=a.b.c"));
    }
}
