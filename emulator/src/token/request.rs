use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;

use crate::protocol::{Params, RequestedClaims};

/// The parameters of a token request that B2C looks at.
pub(crate) struct TokenRequest {
    pub(crate) grant_type: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) proof: ClientProof,
    pub(crate) code: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_verifier: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) response_type: Option<String>,
    pub(crate) token_type: Option<String>,
    pub(crate) wants_client_info: bool,
    pub(crate) claims: RequestedClaims,
}

/// What shows that the application is who it says.
pub(crate) enum ClientProof {
    Nothing,
    Secret(String),
    /// A client assertion (RFC 7523) that nobody has looked at. It comes before a secret.
    Assertion(String),
    /// An assertion of the application `client_id`, found good.
    Verified,
}

impl ClientProof {
    /// The claim `azpacr`: public, secret or certificate
    /// (<https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>).
    pub(crate) fn azpacr(&self) -> &'static str {
        match self {
            Self::Nothing => "0",
            Self::Secret(_) => "1",
            Self::Assertion(_) | Self::Verified => "2",
        }
    }
}

impl TokenRequest {
    /// Reads the form; credentials in an `Authorization: Basic` header come first.
    pub(crate) fn new(form: &Params, authorization: Option<&str>) -> Self {
        let (client_id, client_secret) = authorization.and_then(basic_credentials).map_or_else(
            || (form.get("client_id"), form.get("client_secret")),
            |(id, secret)| (Some(id), Some(secret).filter(|secret| !secret.is_empty())),
        );
        Self {
            grant_type: form.get("grant_type"),
            client_id,
            proof: match (form.get("client_assertion"), client_secret) {
                (Some(assertion), _) => ClientProof::Assertion(assertion),
                (None, Some(secret)) => ClientProof::Secret(secret),
                (None, None) => ClientProof::Nothing,
            },
            code: form.get("code"),
            refresh_token: form.get("refresh_token"),
            redirect_uri: form.get("redirect_uri"),
            code_verifier: form.get("code_verifier"),
            scope: form.get("scope"),
            username: form.get("username"),
            password: form.get("password"),
            response_type: form.get("response_type"),
            token_type: form.get("token_type"),
            wants_client_info: form.get("client_info").as_deref() == Some("1"),
            claims: RequestedClaims::read(form.get("claims").as_deref()),
        }
    }
}

/// Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_basic_credentials() {
        let header = format!("basic {}", STANDARD.encode("app:s%3a+t"));
        assert_eq!(
            basic_credentials(&header),
            Some(("app".into(), "s: t".into()))
        );
        for broken in ["", "Basic", "Basic !", "Bearer YTpi", "Basic YQ=="] {
            assert_eq!(basic_credentials(broken), None, "{broken}");
        }
    }
}
