//! The notes for scripts of the web app's own pages: gRPC-Web with the session's cookie. The browser
//! never has a token; each call goes on with the signed-in user's.

use std::pin::Pin;

use tokio_stream::Stream;
use tonic::{Request, Response, Status};
use tower_b2c::{Challenge, Session};

use crate::notes::notes_server::Notes;
use crate::notes::{ListReply, ListRequest, Note, WatchRequest, WriteRequest};
use crate::upstream::{self, Upstream};

/// Passes each call on to the gRPC service.
#[derive(Clone, Debug)]
pub struct Gateway(pub Upstream);

#[tonic::async_trait]
impl Notes for Gateway {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<Note, Status>> + Send>>;

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListReply>, Status> {
        let mut notes = self.0.of(session(&request)?);
        let reply = notes.list(request.into_inner()).await;
        reply.map(own).map_err(|status| told(&status))
    }

    async fn write(&self, request: Request<WriteRequest>) -> Result<Response<Note>, Status> {
        let mut notes = self.0.of(session(&request)?);
        let note = notes.write(request.into_inner()).await;
        note.map(own).map_err(|status| told(&status))
    }

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let mut notes = self.0.of(session(&request)?);
        let stream = notes.watch(request.into_inner()).await;
        let stream = stream.map_err(|status| told(&status))?;
        Ok(Response::new(Box::pin(stream.into_inner())))
    }
}

fn session<T>(request: &Request<T>) -> Result<Session, Challenge> {
    let session = request.extensions().get::<Session>().cloned();
    session.ok_or_else(Challenge::sign_in)
}

/// Without the headers of the service behind, which are about its connection and not about this one.
fn own<T>(reply: Response<T>) -> Response<T> {
    Response::new(reply.into_inner())
}

/// What a script can act on: 16 where its user has to sign in, else the service's own status.
fn told(status: &Status) -> Status {
    if let Some(challenge) = upstream::challenge(status) {
        return challenge.into();
    }
    let details = status.details().to_vec().into();
    Status::with_details(status.code(), status.message(), details)
}
