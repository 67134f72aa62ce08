//! A session in a test's hands, as a handler has it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Request;
use tower::ServiceExt as _;
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

    /// The visitor's session, as one instance of the app sees it.
    pub async fn at(&self, app: &Router, visitor: &mut Visitor<'_>) -> Session {
        let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
        let request = Request::get("/hold").header("cookie", cookie);
        let request = request.body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap();
        self.0.lock().unwrap().take().expect("a session")
    }
}
