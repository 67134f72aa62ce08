//! Who is signed in, and what another API says to them.

use axum::Json;
use serde_json::{Value, json};
use tower_b2c::Session;
use tower_b2c::client::DownstreamError;

/// `GET /api/me`: what this app knows about whoever asks.
pub async fn me(session: Session) -> Json<Value> {
    let claims = session.claims();
    Json(json!({
        "id": claims.subject(),
        "name": claims.name(),
        "email": claims.email(),
        "can_edit_profile": session.can_edit_profile(),
    }))
}

/// `GET /api/greeting`: asks the API that `b2c.toml` calls `demo`, with the user's own access token.
///
/// If it takes a sign-in to get a token, the `?` asks for one.
pub async fn greeting(session: Session) -> Result<Json<Value>, DownstreamError> {
    let answer: Value = session.downstream("demo")?.get_json("/me").await?;
    Ok(Json(json!({ "message": answer["message"] })))
}
