//! The token endpoint (RFC 6749 §4.1.3 and §6), as B2C really answers there: perhaps without an
//! access token, perhaps with numbers as strings.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::capabilities::with_capabilities;
use super::client_auth::{Client, TokenRequestError, note};
use crate::provider::{Endpoint, Metadata, Provider};
use crate::secret::Secret;
use crate::time::Timestamp;

/// What the token endpoint granted.
#[derive(Clone, Debug)]
pub(crate) struct TokenAnswer {
    /// Absent when no resource scope was asked for (B2C).
    pub(crate) access_token: Option<Secret>,
    pub(crate) id_token: Option<Secret>,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) expires_at: Timestamp,
    /// When the provider wants the access token to be replaced, if it says so (`refresh_in`).
    pub(crate) refresh_at: Option<Timestamp>,
    /// When the refresh token ends, if the provider tells.
    pub(crate) refresh_expires_at: Option<Timestamp>,
    /// The granted scopes, if the provider tells.
    pub(crate) scopes: Option<Vec<String>>,
}

/// One user flow's token endpoint, with the client's credentials.
pub(crate) struct TokenEndpoint<'a>(Client<'a>);

impl<'a> TokenEndpoint<'a> {
    pub(crate) fn new(provider: &'a Provider, metadata: &'a Metadata, now: Timestamp) -> Self {
        Self(Client {
            provider,
            metadata,
            now,
        })
    }

    /// Redeems an authorization code. B2C wants the request's scopes again, or it grants neither
    /// access token nor refresh token.
    pub(crate) async fn redeem_code(
        &self,
        code: &Secret,
        verifier: &Secret,
        scopes: &[String],
    ) -> Result<TokenAnswer, TokenRequestError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("code_verifier", verifier.expose()),
            ("redirect_uri", self.0.provider.redirect_uri.as_str()),
            ("scope", &scopes.join(" ")),
        ];
        self.ask("authorization_code", &form, None).await
    }

    /// Redeems a refresh token, at the user flow that issued it; with the claims challenge that the
    /// new token has to answer.
    pub(crate) async fn refresh(
        &self,
        refresh_token: &Secret,
        scopes: &[String],
        claims: Option<&str>,
    ) -> Result<TokenAnswer, TokenRequestError> {
        let scopes = scopes.join(" ");
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
            ("scope", &scopes),
        ];
        self.ask("refresh_token", &form, claims).await
    }

    /// Asks for a token of the app's own (RFC 6749 §4.4.2); with the claims challenge that it has to
    /// answer (Microsoft Learn, "Continuous access evaluation for workload identities").
    pub(crate) async fn client_credentials(
        &self,
        scopes: &[String],
        claims: Option<&str>,
    ) -> Result<TokenAnswer, TokenRequestError> {
        let scopes = scopes.join(" ");
        let form = [("grant_type", "client_credentials"), ("scope", &scopes)];
        self.ask("client_credentials", &form, claims).await
    }

    /// Asks for a token to call another API for the user whose token came with a request (RFC 7523
    /// §2.1; Microsoft Learn, "OAuth 2.0 On-Behalf-Of flow").
    pub(crate) async fn on_behalf_of(
        &self,
        assertion: &Secret,
        scopes: &[String],
        claims: Option<&str>,
    ) -> Result<TokenAnswer, TokenRequestError> {
        let scopes = scopes.join(" ");
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.expose()),
            ("requested_token_use", "on_behalf_of"),
            ("scope", &scopes),
        ];
        self.ask("on_behalf_of", &form, claims).await
    }

    async fn ask(
        &self,
        grant: &'static str,
        form: &[(&str, &str)],
        claims: Option<&str>,
    ) -> Result<TokenAnswer, TokenRequestError> {
        let answer = self.send(form, claims).await;
        note(self.0.provider, grant, &answer);
        answer
    }

    async fn send(
        &self,
        form: &[(&str, &str)],
        claims: Option<&str>,
    ) -> Result<TokenAnswer, TokenRequestError> {
        let endpoint = self.0.metadata.token_endpoint.url();
        let capabilities = &self.0.provider.settings.client_capabilities;
        let claims = with_capabilities(claims, capabilities);
        let mut form = form.to_vec();
        form.extend(claims.as_deref().map(|claims| ("claims", claims)));
        let body = self.0.send((Endpoint::Token, endpoint), &form).await?;
        let body: Body = serde_json::from_slice(&body)
            .map_err(|error| TokenRequestError::Unreadable(error.to_string()))?;
        Ok(body.into_answer(self.0.now))
    }
}

/// A token response, leniently: nothing is required.
#[derive(Deserialize)]
struct Body {
    access_token: Option<Secret>,
    id_token: Option<Secret>,
    refresh_token: Option<Secret>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    refresh_in: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    refresh_token_expires_in: Option<u64>,
    scope: Option<String>,
}

impl Body {
    fn into_answer(self, now: Timestamp) -> TokenAnswer {
        let present = |token: Option<Secret>| token.filter(|token| !token.expose().is_empty());
        let lifetime = self
            .expires_in
            .map_or(DEFAULT_LIFETIME, Duration::from_secs);
        let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
        TokenAnswer {
            access_token: present(self.access_token),
            id_token: present(self.id_token),
            refresh_token: present(self.refresh_token),
            expires_at: now + lifetime.min(LONGEST_LIFETIME),
            refresh_at: self
                .refresh_in
                .map(|seconds| now + Duration::from_secs(seconds)),
            refresh_expires_at: self
                .refresh_token_expires_in
                .map(|seconds| now + Duration::from_secs(seconds)),
            scopes: self.scope.map(words),
        }
    }
}

/// Seconds as a number or, as some policies send them, as a string.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
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

/// What to assume when the response does not tell (as MSAL does).
const DEFAULT_LIFETIME: Duration = Duration::from_secs(600);
/// What no provider means, whatever it says: a year.
const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);
