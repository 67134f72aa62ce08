//! Asking a provider for its metadata and keys.

use std::sync::Arc;

use http::{Request, StatusCode};

use super::Directory;
use crate::jwt::KeySet;
use crate::metrics::{Fetched, metadata_asked, metadata_fetched};
use crate::provider::directory_error::DirectoryError;
use crate::provider::document::Document;
use crate::provider::exchange::{Endpoint, Exchange};
use crate::provider::metadata::Metadata;
use crate::provider::trust::{Endpoints, to_back_channel};

impl Directory {
    /// Asks the provider for it, and notes what came of it.
    pub(super) async fn request(
        &self,
        user_flow: Option<&str>,
    ) -> Result<Arc<Metadata>, DirectoryError> {
        let is_watched = user_flow == self.watched.as_deref();
        if is_watched {
            self.contact().begin(self.now());
        }
        let answer = self.ask(user_flow).await;
        if is_watched {
            self.contact().end(answer.as_ref().err());
        }
        let (provider, user_flow) = (&self.settings.name, self.listed(user_flow));
        match &answer {
            Ok(metadata) => {
                let fetched = Fetched {
                    metadata: self.settings.endpoints.is_none(),
                    at: metadata.fetched,
                };
                metadata_fetched(provider, user_flow, fetched);
            }
            Err(error) => metadata_asked(provider, user_flow, error.kind()),
        }
        answer
    }

    /// The user flow as metrics may call it: a session can name one that the configuration no longer
    /// has.
    fn listed<'f>(&self, user_flow: Option<&'f str>) -> &'f str {
        let is_listed = |name: &str| self.user_flows.iter().any(|listed| listed == name);
        match user_flow {
            Some(name) if !is_listed(name) => "other",
            name => name.unwrap_or_default(),
        }
    }

    async fn ask(&self, user_flow: Option<&str>) -> Result<Arc<Metadata>, DirectoryError> {
        let settings = &*self.settings;
        let url = settings.authority.metadata_url(user_flow);
        let document = match &settings.endpoints {
            Some(endpoints) => Document::of_settings(endpoints, user_flow),
            None => {
                let body = self.get(Endpoint::Discovery, &url).await?;
                Document::parse(&body).map_err(|reason| unreadable(&url, reason))?
            }
        };
        let endpoints = Endpoints::of(document, settings);
        let endpoints = endpoints.map_err(|reason| unreadable(&url, reason))?;
        let keys_url = endpoints.keys.as_str();
        let keys = self.get(Endpoint::Jwks, keys_url).await?;
        let keys = KeySet::parse(&keys).map_err(|error| unreadable(keys_url, error.to_string()))?;
        if keys.is_empty() {
            return Err(unreadable(keys_url, "no usable key in it".to_owned()));
        }
        Ok(Arc::new(endpoints.with_keys(keys, self.now())))
    }

    async fn get(&self, endpoint: Endpoint, url: &str) -> Result<Vec<u8>, DirectoryError> {
        let reached = url::Url::parse(url).map(|url| to_back_channel(url, &self.settings));
        let reached = reached.map_err(|error| unreadable(url, error.to_string()))?;
        let request =
            Request::get(reached.as_str()).header(http::header::ACCEPT, "application/json");
        let request = request.body(Vec::new());
        let request = request.map_err(|error| unreadable(url, error.to_string()))?;
        let exchange = Exchange {
            http: &*self.http,
            provider: &self.settings.name,
            endpoint,
        };
        let response = exchange.send(request).await;
        if let Ok(response) = &response {
            let headers = response.headers();
            self.contact().note_date(headers, self.clock.now());
        }
        let response = response.map_err(|error| DirectoryError::Unavailable {
            url: url.to_owned(),
            reason: Arc::new(error),
        })?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body()),
            StatusCode::NOT_FOUND => Err(DirectoryError::NotFound {
                url: url.to_owned(),
            }),
            status => Err(unreadable(url, format!("the answer is {status}"))),
        }
    }
}

fn unreadable(url: &str, reason: String) -> DirectoryError {
    DirectoryError::Unreadable {
        url: url.to_owned(),
        reason,
    }
}
