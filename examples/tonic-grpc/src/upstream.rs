//! The gRPC service, as the web app knows it.

use http::Uri;
use tonic::Status;
use tonic::transport::Channel;
use tower::Layer as _;
use tower_b2c::client::{AccessTokenLayer, AccessTokenService, CallError, NoReplay};
use tower_b2c::{Challenge, Config, Downstream, Session};

use crate::notes::notes_client::NotesClient;

/// A client of the service for whoever is signed in.
#[derive(Clone, Debug)]
pub struct Upstream {
    channel: Channel,
    origin: Uri,
    api: Downstream,
}

impl Upstream {
    /// The downstream API called `notes`.
    ///
    /// # Errors
    ///
    /// When the configuration has none.
    pub fn new(config: &Config) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let api = config
            .downstream("notes")
            .ok_or("no downstream \"notes\"")?;
        Ok(Self {
            channel: Channel::from_shared(api.base_url().to_owned())?.connect_lazy(),
            origin: api.base_url().parse()?,
            api: api.clone(),
        })
    }

    /// A client whose calls carry this user's token.
    pub fn of(&self, session: Session) -> NotesClient<AccessTokenService<Channel, NoReplay>> {
        let layer = AccessTokenLayer::for_session(session, [self.api.clone()]);
        let service = layer.layer(self.channel.clone());
        // With its origin, so that the layer sees where each call leads.
        NotesClient::with_origin(service, self.origin.clone())
    }
}

/// The challenge for the user, where a sign-in helps after a call that failed so.
pub fn challenge(status: &Status) -> Option<Challenge> {
    let of_call = CallError::in_status(status).and_then(CallError::challenge);
    let of_api = || {
        let refused = status.code() == tonic::Code::Unauthenticated;
        refused.then(Challenge::sign_in)
    };
    of_call.or_else(of_api)
}
