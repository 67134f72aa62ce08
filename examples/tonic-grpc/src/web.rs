//! The web app.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Router, routing::get};
use http::StatusCode;
use tonic::Status;
use tonic::transport::Channel;
use tower::Layer as _;
use tower_b2c::client::{AccessTokenLayer, AccessTokenService, CallError, NoReplay};
use tower_b2c::{B2cLayer, Challenge, Config, Downstream, RequireSignInLayer, Session};

use crate::notes::notes_client::NotesClient;
use crate::notes::{ListRequest, WriteRequest};

/// The routes: one for everybody, two for signed-in users.
///
/// # Errors
///
/// When the configuration has no downstream API called `notes`.
pub fn app(config: Config) -> Result<Router, Box<dyn std::error::Error>> {
    let api = config
        .downstream("notes")
        .ok_or("no downstream \"notes\"")?;
    let notes = NotesApi {
        channel: Channel::from_shared(api.base_url().to_owned())?.connect_lazy(),
        origin: api.base_url().parse()?,
        api: api.clone(),
    };
    Ok(Router::new()
        .route("/notes", get(list).post(write))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(home))
        .with_state(Arc::new(notes))
        .layer(B2cLayer::new(config)?))
}

/// The gRPC service, as the web app knows it.
struct NotesApi {
    channel: Channel,
    origin: http::Uri,
    api: Downstream,
}

impl NotesApi {
    /// A client whose calls carry this user's token.
    fn of(&self, session: Session) -> NotesClient<AccessTokenService<Channel, NoReplay>> {
        let layer = AccessTokenLayer::for_session(session, [self.api.clone()]);
        let service = layer.layer(self.channel.clone());
        // With its origin, so that the layer sees where each call leads.
        NotesClient::with_origin(service, self.origin.clone())
    }
}

async fn home(session: Option<Session>) -> Html<String> {
    match session {
        None => page("Welcome", r#"<a href="/login">Sign in</a>"#),
        Some(session) => {
            let name = escape(session.claims().name().unwrap_or("you"));
            page(&format!("Hello, {name}"), r#"<a href="/notes">Notes</a>"#)
        }
    }
}

async fn list(
    State(notes): State<Arc<NotesApi>>,
    session: Session,
) -> Result<Html<String>, Failed> {
    let reply = notes.of(session).list(ListRequest {}).await?.into_inner();
    let items = reply.notes.iter().map(|note| escape(&note.text));
    let items = items.map(|text| format!("<li>{text}</li>"));
    let items: Vec<_> = items.collect();
    let items = items.concat();
    let form = r#"<form method="post"><label>New note
        <input name="text" required maxlength="500"></label> <button>Write</button></form>"#;
    Ok(page("Notes", &format!("<ul>{items}</ul>{form}")))
}

async fn write(
    State(notes): State<Arc<NotesApi>>,
    session: Session,
    Form(note): Form<WriteForm>,
) -> Result<Redirect, Failed> {
    let note = WriteRequest { text: note.text };
    notes.of(session).write(note).await?;
    Ok(Redirect::to("/notes"))
}

#[derive(serde::Deserialize)]
struct WriteForm {
    text: String,
}

/// What a call failed with.
struct Failed(Status);

impl From<Status> for Failed {
    fn from(status: Status) -> Self {
        Self(status)
    }
}

impl IntoResponse for Failed {
    /// Leads through a sign-in where that helps.
    fn into_response(self) -> Response {
        if let Some(challenge) = CallError::in_status(&self.0).and_then(CallError::challenge) {
            return challenge.into_response();
        }
        if self.0.code() == tonic::Code::Unauthenticated {
            return Challenge::sign_in().into_response();
        }
        tracing::warn!(status = %self.0, "the notes cannot be had");
        StatusCode::BAD_GATEWAY.into_response()
    }
}

fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <meta name=color-scheme content='light dark'><title>{title}</title>\
         <style>body {{ font: 1rem/1.5 sans-serif; margin: 2rem }}</style>\
         <main><h1>{title}</h1>{body}</main></html>"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
