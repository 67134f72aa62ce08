//! A session in a test's hands, as a handler has it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use tower_b2c::Session;

use crate::support::Visitor;

/// Keeps the session of whoever asks for `/hold`.
#[derive(Clone, Default)]
pub struct Held(Arc<Mutex<Option<Session>>>);

impl Held {
    pub fn routes(&self) -> Router {
        let kept = self.clone();
        let hold = move |session: Session| async move {
            *kept.0.lock().unwrap() = Some(session);
        };
        Router::new().route("/hold", get(hold))
    }

    /// The visitor's session.
    pub async fn of(&self, visitor: &mut Visitor<'_>) -> Session {
        visitor.asks("/hold").await;
        self.take()
    }

    /// The session of whoever asked last.
    pub fn take(&self) -> Session {
        self.0.lock().unwrap().take().expect("a session")
    }
}
