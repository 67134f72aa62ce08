//! The gRPC service.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status};
use tower_b2c::{Bearer, BearerChallenge};

use crate::notes::notes_server::Notes;
use crate::notes::{ListReply, ListRequest, Note, WatchRequest, WriteRequest};

/// The notes of everybody, in memory.
#[derive(Clone, Debug)]
pub struct Notebook {
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
    pub fn closes(&self) {
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
        let note = Note {
            author: bearer.subject().to_owned(),
            text: request.into_inner().text,
        };
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
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
