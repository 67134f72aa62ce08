//! The authorization request (OpenID Connect Core §3.1.2.1, RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::{ClientId, CsrfToken, PkceCodeChallenge, ResponseType, Scope};
use url::Url;

use crate::config::Parameters;
use crate::crypto::random;
use crate::provider::{Metadata, Provider};
use crate::secret::Secret;

/// The values of one authorization request that its response is checked against.
pub(crate) struct AuthorizationRequest {
    pub(crate) state: String,
    pub(crate) nonce: Secret,
    pub(crate) verifier: Secret,
}

impl AuthorizationRequest {
    /// Fresh random values: 256 bits each.
    pub(crate) fn new() -> Self {
        Self {
            state: URL_SAFE_NO_PAD.encode(random::<32>()),
            nonce: Secret::new(URL_SAFE_NO_PAD.encode(random::<32>())),
            verifier: Secret::new(URL_SAFE_NO_PAD.encode(random::<32>())),
        }
    }
}

/// The URL that sends the browser to the provider, with `parameters` beyond the protocol's own.
pub(crate) fn authorization_url(
    request: &AuthorizationRequest,
    provider: &Provider,
    metadata: &Metadata,
    scopes: &[String],
    parameters: &Parameters,
) -> Url {
    let client =
        oauth2::basic::BasicClient::new(ClientId::new(provider.settings.client_id.clone()))
            .set_auth_uri(metadata.authorization_endpoint.clone())
            .set_redirect_uri(provider.redirect_uri.clone());
    let verifier = oauth2::PkceCodeVerifier::new(request.verifier.expose().to_owned());
    let round_trip = &provider.settings.round_trip;
    let response_type = if round_trip.hybrid {
        "code id_token"
    } else {
        "code"
    };
    let request = client
        .authorize_url(|| CsrfToken::new(request.state.clone()))
        .add_scopes(scopes.iter().cloned().map(Scope::new))
        .set_response_type(&ResponseType::new(response_type.to_owned()))
        .add_extra_param("response_mode", round_trip.response_mode.name())
        .add_extra_param("nonce", request.nonce.expose())
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    let extra = parameters.iter();
    let request = extra.fold(request, |request, (name, value)| {
        request.add_extra_param(name, value)
    });
    request.url().0
}
