//! The web app.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Router, routing::get};
use http::StatusCode;
use tonic::Status;
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, Session};

use crate::board;
use crate::notes::{ListRequest, WriteRequest};
use crate::upstream::{self, Upstream};

/// The routes: one for everybody, the others for signed-in users.
///
/// # Errors
///
/// When the configuration has no downstream API called `notes`.
pub fn app(
    config: &Config,
    sign_in: &B2cLayer,
) -> Result<Router, Box<dyn std::error::Error + Send + Sync>> {
    let notes = Upstream::new(config)?;
    let board = board::routes(sign_in, notes.clone());
    Ok(Router::new()
        .route("/notes", get(list).post(write))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(home))
        .with_state(notes)
        .merge(board)
        .layer(sign_in.clone())
        // Outside of the layer: probes have no session.
        .nest_service("/health", sign_in.health()))
}

async fn home(session: Option<Session>) -> Html<String> {
    match session {
        None => page("Welcome", r#"<a href="/login">Sign in</a>"#),
        Some(session) => {
            let name = escape(session.claims().name().unwrap_or("you"));
            page(
                &format!("Hello, {name}"),
                r#"<a href="/notes">Notes</a> <a href="/board">Notes by gRPC-Web</a>"#,
            )
        }
    }
}

async fn list(State(notes): State<Upstream>, session: Session) -> Result<Html<String>, Failed> {
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
    State(notes): State<Upstream>,
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
        if let Some(challenge) = upstream::challenge(&self.0) {
            return challenge.into_response();
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
