//! The web API that this app calls for its users.

use std::error::Error;
use std::time::Duration;

use reqwest::Client;
use serde_json::Value;
use tower_b2c::{Downstream, Session, TokenError};

/// A client of the API that `b2c.toml` calls `demo`.
#[derive(Clone)]
pub struct WebApi {
    url: String,
    scopes: Vec<String>,
    http: Client,
}

/// What came back.
pub struct Answer {
    /// The HTTP status, `200 OK`; empty if there was no answer.
    pub status: String,
    pub success: bool,
    pub body: String,
}

impl WebApi {
    pub fn new(settings: &Downstream) -> reqwest::Result<Self> {
        Ok(Self {
            url: format!("{}/me", settings.base_url()),
            scopes: settings.scopes().to_vec(),
            http: Client::builder().timeout(Duration::from_secs(10)).build()?,
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Calls the API as this user. The token is fetched or refreshed when it needs to be.
    ///
    /// The error is for the caller to return: it sends the visitor through the sign-in once more.
    pub async fn call(&self, session: &Session) -> Result<Answer, TokenError> {
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        let token = match session.access_token(&scopes).await {
            Ok(token) => token,
            Err(error @ TokenError::SignInRequired { .. }) => return Err(error),
            Err(error) => return Ok(Answer::none(&error)),
        };
        let request = self.http.get(&self.url).bearer_auth(token.secret());
        let answer = read(request).await;
        Ok(answer.unwrap_or_else(|error| Answer::none(&error.without_url())))
    }
}

impl Answer {
    fn none(reason: &dyn Error) -> Self {
        Self {
            status: String::new(),
            success: false,
            body: reason.to_string(),
        }
    }
}

async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.text().await?;
    let json = serde_json::from_str::<Value>(&body);
    Ok(Answer {
        status: status.to_string(),
        success: status.is_success(),
        body: json.map_or(body, |json| format!("{json:#}")),
    })
}
