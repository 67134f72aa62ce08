//! Requests of the app in its own name: a form, and the proof of who sends it (RFC 6749 §2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Request, Response, StatusCode, header};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::client_assertion::client_assertion;
use super::error::{ErrorBody, ProviderError};
use crate::http_client::{HttpError, request_id};
use crate::jwt::Issuer;
use crate::metrics::token_asked;
use crate::provider::{Endpoint, Exchange, Metadata, NoProof, Proof, Provider};
use crate::secret::Secret;
use crate::time::Timestamp;

/// The app at one of the endpoints of a provider.
#[derive(Clone, Copy)]
pub(super) struct Client<'a> {
    pub(super) provider: &'a Provider,
    pub(super) metadata: &'a Metadata,
    pub(super) now: Timestamp,
}

/// Why a request in the app's name brought nothing.
#[derive(Debug)]
pub(crate) enum TokenRequestError {
    /// The provider said no.
    Refused(ProviderError),
    /// The provider did not answer, or is failing.
    Unavailable(HttpError),
    /// The answer cannot be read; the text says why, without repeating it.
    Unreadable(String),
    /// There was nothing to prove the app with, so nobody was asked.
    NoProof(NoProof),
}

impl TokenRequestError {
    /// As metrics call it.
    fn outcome(&self) -> &'static str {
        match self {
            Self::Refused(error) if error.is_about_credential() => "credential_refused",
            Self::Refused(_) => "refused",
            Self::Unavailable(_) => "unavailable",
            Self::Unreadable(_) => "unreadable",
            Self::NoProof(_) => "no_proof",
        }
    }
}

/// Counts a request in the app's name by what came of it.
pub(super) fn note<T>(
    provider: &Provider,
    grant: &'static str,
    answer: &Result<T, TokenRequestError>,
) {
    let outcome = answer
        .as_ref()
        .map_or_else(TokenRequestError::outcome, |_| "ok");
    token_asked(provider.name(), grant, outcome);
}

impl Client<'_> {
    /// Sends a form and returns the body of a successful answer. A provider that does not know the
    /// credential is asked once more with the other one, if there is another: secrets are exchanged
    /// at one side before the other.
    pub(super) async fn send(
        &self,
        (kind, endpoint): (Endpoint, &Url),
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, TokenRequestError> {
        let credentials = &self.provider.credentials;
        let proof = credentials.proof().await;
        let proof = proof.map_err(TokenRequestError::NoProof)?;
        let refused = match self.send_with(&proof, (kind, endpoint), form).await {
            Err(TokenRequestError::Refused(error)) if error.error() == "invalid_client" => error,
            answer => return answer,
        };
        let Some(other) = credentials.other(&proof).await else {
            return Err(TokenRequestError::Refused(refused));
        };
        let provider = self.provider.name();
        tracing::warn!(provider, error = %refused, "the provider refuses the client's credential; the other one is tried");
        self.send_with(&other, (kind, endpoint), form).await
    }

    async fn send_with(
        &self,
        proof: &Proof,
        (kind, endpoint): (Endpoint, &Url),
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, TokenRequestError> {
        let request = self.request(proof, endpoint, form)?;
        let exchange = Exchange {
            http: &*self.provider.http,
            provider: self.provider.name(),
            endpoint: kind,
        };
        let answer = exchange.send(request).await;
        read(answer.map_err(TokenRequestError::Unavailable)?)
    }

    fn request(
        &self,
        proof: &Proof,
        endpoint: &Url,
        form: &[(&str, &str)],
    ) -> Result<Request<Vec<u8>>, TokenRequestError> {
        let client_id = self.provider.settings.client_id.as_str();
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        // Of a pushed request it is a parameter, whatever proves who sends it (RFC 9126 §2.1).
        let is_named = form.iter().any(|(name, _)| *name == "client_id");
        if !is_named && !matches!(proof, Proof::Basic(_)) {
            body.append_pair("client_id", client_id);
        }
        let mut authorization = None;
        match proof {
            Proof::Public => {}
            Proof::Post(secret) => drop(body.append_pair("client_secret", secret.expose())),
            Proof::Basic(secret) => authorization = basic(client_id, secret),
            Proof::Key(key, settings) => {
                let audience = match &self.metadata.issuer {
                    Issuer::Exact(issuer) if settings.to_issuer => issuer.as_str(),
                    _ => self.metadata.token_endpoint.as_str(),
                };
                let assertion = client_assertion(key, settings, client_id, audience, self.now);
                let assertion = assertion.ok_or_else(|| {
                    TokenRequestError::Unreadable("the client's key does not sign".to_owned())
                })?;
                body.append_pair("client_assertion_type", ASSERTION_TYPE);
                body.append_pair("client_assertion", assertion.expose());
            }
            Proof::Assertion(token) => {
                body.append_pair("client_assertion_type", ASSERTION_TYPE);
                body.append_pair("client_assertion", token.expose().trim());
            }
        }
        let request = Request::post(endpoint.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.finish().into_bytes());
        let mut request =
            request.map_err(|error| TokenRequestError::Unreadable(error.to_string()))?;
        if let Some(value) = authorization {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        Ok(request)
    }
}

/// `Authorization: Basic`, with both parts form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(client_id: &str, secret: &Secret) -> Option<HeaderValue> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let joined = Zeroizing::new(format!(
        "{}:{}",
        encoded(client_id),
        encoded(secret.expose())
    ));
    let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(joined.as_bytes())));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn read(answer: Response<Vec<u8>>) -> Result<Vec<u8>, TokenRequestError> {
    let status = answer.status();
    let request_id = request_id(answer.headers()).map(str::to_owned);
    let body = answer.into_body();
    // Some providers answer 200 with an error in it.
    match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(refusal) => {
            let refusal = ProviderError::from(refusal);
            let refusal = refusal.with_request_id(request_id.as_deref());
            Err(TokenRequestError::Refused(refusal))
        }
        Err(_) if status == StatusCode::OK || status == StatusCode::CREATED => Ok(body),
        Err(_) => Err(TokenRequestError::Unreadable(format!(
            "the answer is {status} without an error that can be read"
        ))),
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
