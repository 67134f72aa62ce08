//! The gRPC service. It accepts access tokens, whoever calls; the web app is one caller of several.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tower_b2c::{Bearer, BearerChallenge, BearerLayer};

use crate::notes::notes_server::{Notes, NotesServer};
use crate::notes::{ListReply, ListRequest, Note, WatchRequest, WriteRequest};

/// Serves the notes on a socket until `stop` resolves. Nobody gets in without a token.
///
/// # Errors
///
/// The socket is gone.
pub async fn serve(
    bearer: BearerLayer,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let notebook = Notebook::default();
    let watched = notebook.clone();
    // Who watches would keep the process alive for as long as their token.
    let stop = async move {
        stop.await;
        watched.closes();
    };
    let notes = NotesServer::new(notebook);
    let mut server = Server::builder().layer(bearer);
    let server = server.add_service(notes.max_decoding_message_size(LARGEST_MESSAGE));
    let incoming = TcpIncoming::from(listener);
    server.serve_with_incoming_shutdown(incoming, stop).await?;
    Ok(())
}

/// The notes of everybody, in memory.
#[derive(Clone, Debug)]
struct Notebook {
    notes: Arc<Mutex<Vec<Note>>>,
    /// `None` once the service stops.
    new: Arc<Mutex<Option<broadcast::Sender<Note>>>>,
}

impl Default for Notebook {
    /// The empty one.
    fn default() -> Self {
        Self {
            notes: Arc::default(),
            new: Arc::new(Mutex::new(Some(broadcast::Sender::new(16)))),
        }
    }
}

impl Notebook {
    fn of(&self, author: &str) -> Vec<Note> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let own = notes.iter().filter(|note| note.author == author);
        own.cloned().collect()
    }

    fn tells(&self, note: &Note) {
        let new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        // Without anybody who watches there is nobody to tell.
        let _ = new.as_ref().map(|new| new.send(note.clone()));
    }

    fn later(&self) -> Option<broadcast::Receiver<Note>> {
        let new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        new.as_ref().map(broadcast::Sender::subscribe)
    }

    /// Ends the streams of who watches.
    fn closes(&self) {
        let mut new = self.new.lock().unwrap_or_else(PoisonError::into_inner);
        *new = None;
    }
}

/// The layer has verified the token; each method says what it must permit.
#[tonic::async_trait]
impl Notes for Notebook {
    type WatchStream = std::pin::Pin<Box<dyn Stream<Item = Result<Note, Status>> + Send>>;

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListReply>, Status> {
        let bearer = bearer(&request)?;
        bearer.require_scopes(&["demo.read"])?;
        let notes = self.of(bearer.subject());
        Ok(Response::new(ListReply { notes }))
    }

    async fn write(&self, request: Request<WriteRequest>) -> Result<Response<Note>, Status> {
        let bearer = bearer(&request)?;
        bearer.require_scopes(&["demo.write"])?;
        let text = request.into_inner().text;
        if text.trim().is_empty() {
            return Err(Status::invalid_argument("A note needs a text."));
        }
        let author = bearer.subject().to_owned();
        let note = Note { author, text };
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() >= MOST_NOTES {
            return Err(Status::resource_exhausted("The notebook is full."));
        }
        notes.push(note.clone());
        drop(notes);
        self.tells(&note);
        Ok(Response::new(note))
    }

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let bearer = bearer(&request)?;
        bearer.require_scopes(&["demo.read"])?;
        let author = bearer.subject().to_owned();
        let stopping = || Status::unavailable("The service stops.");
        let later = self.later().ok_or_else(stopping)?;
        let later = BroadcastStream::new(later).filter_map(Result::ok);
        let now = tokio_stream::iter(self.of(&author));
        let own = now.chain(later).filter(move |note| note.author == author);
        Ok(Response::new(Box::pin(own.map(Ok))))
    }
}

fn bearer<T>(request: &Request<T>) -> Result<Bearer, BearerChallenge> {
    let bearer = request.extensions().get::<Bearer>().cloned();
    bearer.ok_or_else(BearerChallenge::token_required)
}

/// They are in memory.
const MOST_NOTES: usize = 1000;
/// A note is short; nobody makes the server read more.
const LARGEST_MESSAGE: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use tonic::{Code, Request};
    use tower_b2c::testing;

    use super::Notebook;
    use crate::notes::notes_server::Notes as _;
    use crate::notes::{ListRequest, WriteRequest};

    /// A message whose sender's token has this scope.
    fn with_scope<T>(scope: &str, message: T) -> Request<T> {
        let bearer = testing::access_token().subject("ada").scopes(&[scope]);
        let mut request = Request::new(message);
        request.extensions_mut().insert(bearer.bearer().unwrap());
        request
    }

    fn note(text: &str) -> WriteRequest {
        WriteRequest {
            text: text.to_owned(),
        }
    }

    #[tokio::test]
    async fn each_method_says_what_a_token_must_permit() {
        let notebook = Notebook::default();
        let refused = notebook.list(Request::new(ListRequest {})).await;
        let refused = testing::status(&refused.unwrap_err());
        refused.assert_code(16).assert_reason("TOKEN_MISSING");

        let refused = notebook.write(with_scope("demo.read", note("Hello"))).await;
        let refused = testing::status(&refused.unwrap_err());
        refused.assert_code(7).assert_scopes(&["demo.write"]);
    }

    #[tokio::test]
    async fn a_note_needs_a_text() {
        let notebook = Notebook::default();
        let refused = notebook.write(with_scope("demo.write", note(" "))).await;
        assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
        assert!(notebook.of("ada").is_empty());

        let written = notebook
            .write(with_scope("demo.write", note("Hello")))
            .await;
        assert_eq!(written.unwrap().into_inner().author, "ada");
        assert_eq!(notebook.of("ada").len(), 1);
    }
}
