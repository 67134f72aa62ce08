//! Pushed authorization requests (RFC 9126): the provider gets the request from the app itself, and
//! the browser carries no more than a reference to it.

use serde::Deserialize;
use url::Url;

use super::client_auth::{Client, TokenRequestError, note};
use crate::provider::{Endpoint, Metadata, Provider};
use crate::time::Timestamp;

/// A successful answer (RFC 9126 §2.2).
#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

/// Pushes the request that `location` holds; returns the URL to send the browser to in its place.
pub(crate) async fn push_authorization(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    location: &Url,
    now: Timestamp,
) -> Result<Url, TokenRequestError> {
    let client = Client {
        provider,
        metadata,
        now,
    };
    let mut target = metadata.authorization_endpoint.url().clone();
    // The endpoint may have parameters of its own; the request's come after them.
    let own = target.query_pairs().count();
    let form: Vec<_> = location.query_pairs().skip(own).collect();
    let mut form: Vec<_> = form
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    form.sort_unstable();
    let body = client.send((Endpoint::PushedAuthorization, endpoint), &form);
    let pushed = body.await.and_then(|body| {
        serde_json::from_slice::<Pushed>(&body)
            .map_err(|error| TokenRequestError::Unreadable(error.to_string()))
    });
    note(provider, "pushed_authorization", &pushed);
    let pushed = pushed?;
    target
        .query_pairs_mut()
        .append_pair("client_id", &provider.settings.client_id)
        .append_pair("request_uri", &pushed.request_uri);
    Ok(target)
}
