use std::sync::{Arc, Mutex};

use axum::{Router, http::StatusCode, routing::post};
use tokio::{net::TcpListener, task::JoinHandle};
use url::form_urlencoded;

/// An application's back-channel logout endpoint.
pub(crate) struct Inbox {
    uri: String,
    tokens: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Inbox {
    /// Answers everything with a status.
    pub(crate) async fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let tokens = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&tokens);
        let answer = move |body: String| async move {
            let mut fields = form_urlencoded::parse(body.as_bytes()).into_owned();
            let (name, token) = fields.next().unwrap();
            assert_eq!((name.as_str(), fields.next()), ("logout_token", None));
            kept.lock().unwrap().push(token);
            StatusCode::from_u16(status).unwrap()
        };
        let app = Router::new().route("/back", post(answer));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            uri: format!("http://127.0.0.1:{port}/back"),
            tokens,
            server,
        }
    }

    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    /// The logout tokens that have come since the last time, oldest first.
    pub(crate) fn take(&self) -> Vec<serde_json::Value> {
        let tokens = std::mem::take(&mut *self.tokens.lock().unwrap());
        tokens.into_iter().map(Into::into).collect()
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}
