//! The gRPC service, as the web app knows it.

use std::error::Error;
use std::time::Duration;

use axum::http::Uri;
use tonic::transport::Channel;
use tower::Layer;
use tower_b2c::client::{AccessTokenLayer, AccessTokenService, NoReplay};
use tower_b2c::{Downstream, Session};

use crate::notes::notes_client::NotesClient;

/// A connection to the service that `b2c.toml` calls `notes`, made when it is needed.
#[derive(Clone)]
pub struct NotesApi {
    channel: Channel,
    origin: Uri,
    api: Downstream,
}

impl NotesApi {
    pub fn new(settings: &Downstream) -> Result<Self, Box<dyn Error>> {
        let endpoint = Channel::from_shared(settings.base_url().to_owned())?;
        let endpoint = endpoint.connect_timeout(PATIENCE).timeout(PATIENCE);
        Ok(Self {
            channel: endpoint.connect_lazy(),
            origin: settings.base_url().parse()?,
            api: settings.clone(),
        })
    }

    /// A client whose calls carry this user's token, fetched or refreshed when it needs to be.
    pub fn of(&self, session: Session) -> NotesClient<AccessTokenService<Channel, NoReplay>> {
        let layer = AccessTokenLayer::for_session(session, [self.api.clone()]);
        let service = layer.layer(self.channel.clone());
        // With its origin, so that the layer sees where each call leads.
        NotesClient::with_origin(service, self.origin.clone())
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
