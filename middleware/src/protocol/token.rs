//! The token endpoint (RFC 6749 §4.1.3 and §6), as B2C really answers there: perhaps without an
//! access token, perhaps with numbers as strings.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::{
    AccessToken, AsyncHttpClient, AuthType, AuthorizationCode, Client, ClientId, ClientSecret,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeVerifier, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, TokenResponse, basic::BasicTokenType,
};
use serde::{Deserialize, Deserializer, Serialize};

use super::error::{ErrorBody, ProviderError};
use crate::http_client::{HttpClient, HttpError};
use crate::provider::{Metadata, Provider};
use crate::secret::Secret;
use crate::time::Timestamp;

/// What the token endpoint granted.
#[derive(Debug)]
pub(crate) struct TokenAnswer {
    /// Absent when no resource scope was asked for (B2C).
    pub(crate) access_token: Option<Secret>,
    pub(crate) id_token: Option<Secret>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) expires_at: Timestamp,
    /// When the refresh token ends, if the provider tells.
    pub(crate) refresh_expires_at: Option<Timestamp>,
    /// The granted scopes, if the provider tells.
    pub(crate) scopes: Option<Vec<String>>,
}

/// Why there are no tokens.
#[derive(Debug)]
pub(crate) enum TokenRequestError {
    /// The provider said no.
    Refused(ProviderError),
    /// The provider did not answer, or is failing.
    Unavailable(HttpError),
    /// The answer is not a token response; the text says why, without repeating it.
    Unreadable(String),
}

/// One user flow's token endpoint, with the client's credentials.
pub(crate) struct TokenEndpoint<'a> {
    provider: &'a Provider,
    metadata: &'a Metadata,
    now: Timestamp,
}

impl<'a> TokenEndpoint<'a> {
    pub(crate) fn new(provider: &'a Provider, metadata: &'a Metadata, now: Timestamp) -> Self {
        Self {
            provider,
            metadata,
            now,
        }
    }

    /// Redeems an authorization code. B2C wants the request's scopes again, or it grants neither
    /// access token nor refresh token.
    pub(crate) async fn redeem_code(
        &self,
        code: &Secret,
        verifier: &Secret,
        scopes: &[String],
    ) -> Result<TokenAnswer, TokenRequestError> {
        let redirect_uri = self.provider.redirect_uri.clone();
        let client = self.client().set_redirect_uri(redirect_uri);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
            .add_extra_param("scope", scopes.join(" "))
            .request_async(&Adapter(&*self.provider.http))
            .await;
        self.read(answer)
    }

    /// Redeems a refresh token, at the user flow that issued it.
    pub(crate) async fn refresh(
        &self,
        refresh_token: &Secret,
        scopes: &[String],
    ) -> Result<TokenAnswer, TokenRequestError> {
        let token = RefreshToken::new(refresh_token.expose().to_owned());
        let scopes = scopes.iter().cloned().map(Scope::new);
        let client = self.client();
        let request = client.exchange_refresh_token(&token).add_scopes(scopes);
        let answer = request.request_async(&Adapter(&*self.provider.http)).await;
        self.read(answer)
    }

    fn client(&self) -> B2cClient {
        let settings = &self.provider.settings;
        let secret = settings.client_secret.expose().to_owned();
        Client::new(ClientId::new(settings.client_id.clone()))
            .set_client_secret(ClientSecret::new(secret))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(self.metadata.token_endpoint.clone())
    }

    fn read(&self, answer: Result<Body, Failure>) -> Result<TokenAnswer, TokenRequestError> {
        let body = answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(body) => TokenRequestError::Refused(body.into()),
            RequestTokenError::Request(AdapterError(error)) => {
                TokenRequestError::Unavailable(error)
            }
            RequestTokenError::Parse(error, _) => TokenRequestError::Unreadable(error.to_string()),
            RequestTokenError::Other(reason) => TokenRequestError::Unreadable(reason),
        })?;
        // Some providers answer 200 with an error in it.
        if let Some(error) = body.error {
            let description = body.error_description.unwrap_or_default();
            return Err(TokenRequestError::Refused(ProviderError::new(
                &error,
                &description,
            )));
        }
        let secret = |text: &String| (!text.is_empty()).then(|| Secret::new(text.as_str()));
        let lifetime = body
            .expires_in
            .map_or(DEFAULT_LIFETIME, Duration::from_secs);
        Ok(TokenAnswer {
            access_token: secret(body.access_token.secret()),
            id_token: body.id_token,
            refresh_token: body
                .refresh_token
                .as_ref()
                .and_then(|token| secret(token.secret())),
            expires_at: self.now + lifetime.min(LONGEST_LIFETIME),
            refresh_expires_at: body
                .refresh_token_expires_in
                .map(|seconds| self.now + Duration::from_secs(seconds)),
            scopes: body
                .scopes
                .map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
        })
    }
}

type B2cClient = Client<
    ErrorBody,
    Body,
    oauth2::basic::BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

type Failure = RequestTokenError<AdapterError, ErrorBody>;

/// A token response, leniently: nothing is required.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Body {
    #[serde(default = "no_token")]
    access_token: AccessToken,
    #[serde(default = "bearer")]
    token_type: BasicTokenType,
    #[serde(default)]
    id_token: Option<Secret>,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    refresh_token_expires_in: Option<u64>,
    #[serde(rename = "scope", default, deserialize_with = "words")]
    scopes: Option<Vec<Scope>>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
}

impl TokenResponse for Body {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scopes.as_ref()
    }
}

/// Our [`HttpClient`] as oauth2 wants it.
struct Adapter<'a>(&'a dyn HttpClient);

#[derive(Debug)]
struct AdapterError(HttpError);

impl std::fmt::Display for AdapterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AdapterError {}

impl<'c> AsyncHttpClient<'c> for Adapter<'_> {
    type Error = AdapterError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, AdapterError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let response = self.0.send(request).await.map_err(AdapterError)?;
            HttpError::check(&response).map_err(AdapterError)?;
            Ok(response)
        })
    }
}

fn no_token() -> AccessToken {
    AccessToken::new(String::new())
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

/// Seconds as a number or, as some policies send them, as a string.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Seconds {
        Number(u64),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(None),
        Some(Seconds::Number(number)) => Ok(Some(number)),
        Some(Seconds::Text(text)) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(serde::de::Error::custom),
    }
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Scope>>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.map(|text| {
        text.split_whitespace()
            .map(|word| Scope::new(word.to_owned()))
            .collect()
    }))
}

/// What to assume when the response does not tell (as MSAL does).
const DEFAULT_LIFETIME: Duration = Duration::from_secs(600);
/// What no provider means, whatever it says: a year.
const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);
