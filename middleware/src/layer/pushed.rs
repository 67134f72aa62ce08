//! Sends an authorization request ahead of the browser, where that is configured.

use url::Url;

use super::redeem::refusal_of;
use super::shell::Shell;
use crate::config::PushedAuthorization;
use crate::flow::Refusal;
use crate::protocol::push_authorization;
use crate::provider::{Metadata, Provider};

impl Shell {
    /// The URL to send the browser to: `location`, or a reference to what was pushed.
    pub(super) async fn pushed(
        &self,
        provider: &Provider,
        metadata: &Metadata,
        location: Url,
    ) -> Result<Url, Refusal> {
        let endpoint = metadata.pushed_authorization_request_endpoint.as_ref();
        match (provider.settings.round_trip.pushed, endpoint) {
            (PushedAuthorization::Never, _) | (PushedAuthorization::IfOffered, None) => {
                Ok(location)
            }
            (PushedAuthorization::Required, None) => Err(Refusal::NoPushedRequests),
            (_, Some(endpoint)) => {
                let now = self.now();
                let pushed = push_authorization(provider, metadata, endpoint, &location, now);
                pushed
                    .await
                    .map_err(|error| refusal_of(&provider.settings, error))
            }
        }
    }
}
