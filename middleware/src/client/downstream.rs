//! Calls to one configured API, with JSON.

use std::fmt;
use std::sync::Arc;

use http::{Method, Request, Response, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_layer::Layer as _;
use tower_service::Service as _;

use super::caller::Caller;
use super::downstream_error::{ApiRefusal, DownstreamError};
use super::layer::AccessTokenLayer;
use super::transport::{Calls, Transport};
use crate::config::Downstream;
use crate::guard::Bearer;
use crate::session::Session;
use crate::tokens::AppTokens;

/// Calls one API of the configuration: for the signed-in user, in the app's own name
/// ([`AppTokens::downstream`]) or for the user of who called ([`AppTokens::downstream_for`]).
///
/// It sends through the layer's own [`HttpClient`](crate::HttpClient): by default an answer has 10
/// seconds and 1 MiB, and redirects are not followed. A 401 is answered with a new token, once.
///
/// One of a [`Session`] goes by the settings of its request. One of the app's tokens may be held for long:
/// after a reload it calls the API by the address, the provider and the scopes that it has then.
///
/// ```
/// # #[derive(serde::Deserialize)] struct Item;
/// # async fn handler(session: tower_b2c::Session) -> Result<(), tower_b2c::client::DownstreamError> {
/// let items: Vec<Item> = session.downstream("demo")?.get_json("/items?page=2").await?;
/// # Ok(())
/// # }
/// ```
///
/// Returned from a handler, an error that the user can mend leads the browser through a sign-in and
/// back, and one that the caller's user can is a challenge for the caller.
#[derive(Clone)]
pub struct DownstreamClient {
    api: Downstream,
    caller: Caller,
    calls: Arc<Calls>,
}

impl Session {
    /// The API of this name (`[[downstream]] name = "…"`), to be called for this user.
    ///
    /// # Errors
    ///
    /// [`DownstreamError::Unknown`] if the configuration has none of this name.
    pub fn downstream(&self, name: &str) -> Result<DownstreamClient, DownstreamError> {
        DownstreamClient::new(name, Caller::User(self.clone()), self.calls())
    }
}

impl AppTokens {
    /// The API of this name (`[[downstream]] name = "…"`), to be called in the app's own name.
    ///
    /// # Errors
    ///
    /// [`DownstreamError::Unknown`] if the configuration has none of this name.
    pub fn downstream(&self, name: &str) -> Result<DownstreamClient, DownstreamError> {
        DownstreamClient::new(name, Caller::App(self.clone()), &self.calls())
    }

    /// The API of this name, to be called for the user for whom this app was called (on-behalf-of;
    /// Entra ID and External ID).
    ///
    /// # Errors
    ///
    /// [`DownstreamError::Unknown`] if the configuration has none of this name.
    pub fn downstream_for(
        &self,
        caller: &Bearer,
        name: &str,
    ) -> Result<DownstreamClient, DownstreamError> {
        let caller = Caller::Bearer(self.clone(), caller.clone());
        DownstreamClient::new(name, caller, &self.calls())
    }
}

impl DownstreamClient {
    fn new(name: &str, caller: Caller, calls: &Arc<Calls>) -> Result<Self, DownstreamError> {
        let mut named = calls.apis.iter().filter(|api| api.name() == name);
        // Of two providers' the caller's own; that there is none is found when it is called.
        let own = named.clone().find(|api| caller.is_for(api));
        let api = own.or_else(|| named.next());
        let api = api.ok_or_else(|| DownstreamError::Unknown {
            name: name.to_owned(),
        })?;
        Ok(Self {
            api: api.clone(),
            caller,
            calls: Arc::clone(calls),
        })
    }

    /// The API and what it is called with, as the configuration has it now. A session's is that of its
    /// request.
    fn present(&self) -> Result<Self, DownstreamError> {
        match &self.caller {
            Caller::User(_) => Ok(self.clone()),
            Caller::App(_) | Caller::Bearer(..) => {
                let calls = self.caller.calls();
                Self::new(self.api.name(), self.caller.clone(), &calls)
            }
        }
    }

    /// `GET`, for JSON. The path goes behind the API's `base_url` and may have a query.
    pub async fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, DownstreamError> {
        self.json(Method::GET, path, None::<&()>).await
    }

    /// `POST` of JSON, for JSON; an empty answer is read as `null`, which `()` is.
    pub async fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
    ) -> Result<T, DownstreamError> {
        self.json(Method::POST, path, Some(body)).await
    }

    /// `PUT` of JSON, for JSON; as [`post_json`](Self::post_json).
    pub async fn put_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync + ?Sized),
    ) -> Result<T, DownstreamError> {
        self.json(Method::PUT, path, Some(body)).await
    }

    /// `DELETE`; what comes back is not looked at.
    pub async fn delete(&self, path: &str) -> Result<(), DownstreamError> {
        let present = self.present()?;
        let request = present.request(Method::DELETE, path, Vec::new())?;
        present.exchange(request).await.map(|_| ())
    }

    /// Any request. Its URI must lie within the API's `base_url`; what it has as `Authorization` is
    /// replaced. The answer is a success.
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, DownstreamError> {
        self.present()?.exchange(request).await
    }

    async fn exchange(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, DownstreamError> {
        let layer = AccessTokenLayer::of_caller(self.caller.clone(), [self.api.clone()]);
        let layer = layer.replaying(|body: &Vec<u8>| Some(body.clone()));
        let mut service = layer.layer(Transport(Arc::clone(&self.calls.http)));
        let answer = service.call(request).await;
        let answer = answer.map_err(|error| DownstreamError::of_call(self.api.name(), error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let refusal = ApiRefusal::of(self.api.name(), &answer);
        Err(DownstreamError::Refused(Box::new(refusal)))
    }

    async fn json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync + ?Sized)>,
    ) -> Result<T, DownstreamError> {
        let failed = |error| DownstreamError::json(self.api.name(), error);
        let bytes = body.map(serde_json::to_vec).transpose().map_err(failed)?;
        let present = self.present()?;
        let mut request = present.request(method, path, bytes.unwrap_or_default())?;
        if body.is_some() {
            let json = header::HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        let answer = present.exchange(request).await?;
        let bytes = answer.body().trim_ascii();
        serde_json::from_slice(if bytes.is_empty() { b"null" } else { bytes }).map_err(failed)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Request<Vec<u8>>, DownstreamError> {
        let slash = if path.starts_with('/') { "" } else { "/" };
        let uri = format!("{}{slash}{path}", self.api.base_url());
        let accepted = "application/json, application/problem+json";
        let builder = Request::builder().method(method).uri(uri);
        let request = builder.header(header::ACCEPT, accepted).body(body);
        request.map_err(|_| DownstreamError::Path {
            api: self.api.name().to_owned(),
        })
    }
}

impl fmt::Debug for DownstreamClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DownstreamClient")
            .field(&self.api.name())
            .finish()
    }
}
