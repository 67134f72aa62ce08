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

#[cfg(test)]
mod tests {
    use axum::Json;
    use serde_json::json;
    use tower_b2c::testing;

    use super::me;

    #[tokio::test]
    async fn a_claim_that_is_not_there_is_null() {
        let somebody = testing::session().subject("ada").claim("name", "Ada");
        let Json(told) = me(somebody.session().await.unwrap()).await;
        let expected = json!({
            "id": "ada",
            "name": "Ada",
            "email": null,
            "can_edit_profile": false,
        });
        assert_eq!(told, expected);
    }
}
