//! What the web app shows at each of its addresses.

use axum::Form;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use serde::Deserialize;
use tonic::{Code, Status};
use tower_b2c::client::CallError;
use tower_b2c::{Challenge, Session};

use crate::client::NotesApi;
use crate::notes::{ListRequest, WriteRequest};
use crate::views::page;

/// What the pages share.
#[derive(Clone)]
pub struct App {
    pub notes: NotesApi,
    pub can_edit_profile: bool,
}

/// What the form on `/notes` sends.
#[derive(Deserialize)]
pub struct NewNote {
    text: String,
}

/// `/`: for everyone; says more to those who are signed in.
pub async fn home(State(app): State<App>, session: Option<Session>) -> Response {
    let content = context! { can_edit_profile => app.can_edit_profile };
    page(StatusCode::OK, "home.html", session.as_ref(), content)
}

/// `/notes`: asking for a [`Session`] is what makes it a protected page.
pub async fn notes(State(app): State<App>, session: Session) -> Response {
    let reply = app.notes.of(session.clone()).list(ListRequest {}).await;
    let notes = match reply {
        Ok(reply) => reply.into_inner().notes,
        Err(status) => return refused(&session, &status),
    };
    let notes: Vec<_> = notes.into_iter().map(|note| note.text).collect();
    let content = context! { notes };
    page(StatusCode::OK, "notes.html", Some(&session), content)
}

/// The form on `/notes`: writes one more, and shows them all.
pub async fn write(
    State(app): State<App>,
    session: Session,
    Form(NewNote { text }): Form<NewNote>,
) -> Response {
    let mut client = app.notes.of(session.clone());
    match client.write(WriteRequest { text }).await {
        Ok(_) => Redirect::to("/notes").into_response(),
        Err(status) => refused(&session, &status),
    }
}

/// Everything else.
pub async fn not_found(session: Option<Session>, uri: Uri) -> Response {
    let message = format!("Nothing is at {}.", uri.path());
    let title = "There is no such page";
    error(StatusCode::NOT_FOUND, session.as_ref(), title, &message)
}

/// Leads through a sign-in where that helps; else a page says what the service made of the call.
fn refused(session: &Session, status: &Status) -> Response {
    let challenge = CallError::in_status(status).and_then(CallError::challenge);
    if let Some(challenge) = challenge {
        return challenge.into_response();
    }
    let (code, title, message) = match status.code() {
        Code::Unauthenticated => return Challenge::sign_in().into_response(),
        Code::InvalidArgument => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The note was not written",
            status.message(),
        ),
        _ => {
            tracing::warn!(%status, "the service refuses");
            (
                StatusCode::BAD_GATEWAY,
                "The notes cannot be had",
                "The service that has them does not answer as it should. Please try again later.",
            )
        }
    };
    error(code, Some(session), title, message)
}

fn error(status: StatusCode, session: Option<&Session>, title: &str, message: &str) -> Response {
    let content = context! {
        status => status.as_u16(),
        provider_code => (),
        reference => (),
        title,
        message,
    };
    page(status, "error.html", session, content)
}
