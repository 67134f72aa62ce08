//! What the app shows at each of its addresses.

use std::time::SystemTime;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use minijinja::context;
use serde_json::Value;
use tower_b2c::{Session, TokenError};

use crate::api::WebApi;
use crate::views::page;

/// What the pages share.
#[derive(Clone)]
pub struct App {
    pub api: Option<WebApi>,
    pub can_edit_profile: bool,
    pub can_reset_password: bool,
}

/// `/`: for everyone; says more to those who are signed in.
pub async fn home(State(app): State<App>, session: Option<Session>) -> Response {
    let content = context! {
        can_edit_profile => app.can_edit_profile,
        can_reset_password => app.can_reset_password,
    };
    page(StatusCode::OK, "home.html", session.as_ref(), content)
}

/// `/profile`: asking for a [`Session`] is what makes it a protected page.
pub async fn profile(session: Session) -> Response {
    let mut claims: Vec<_> = session.claims().iter().collect();
    claims.sort_by_key(|(name, _)| known(name).unwrap_or(usize::MAX));
    let claims: Vec<_> = claims
        .into_iter()
        .map(|(name, value)| context! { name, value => readable(value), meaning => meaning(name) })
        .collect();
    let content = context! {
        claims,
        email => session.claims().email(),
        user_flow => session.user_flow(),
        signed_in => ago(session.signed_in_at()),
        can_edit_profile => session.can_edit_profile(),
    };
    page(StatusCode::OK, "profile.html", Some(&session), content)
}

/// `/api`: calls the web API with the user's access token and shows what it answers.
///
/// If it takes a sign-in to get a token, the `?` asks for one.
pub async fn api(State(app): State<App>, session: Session) -> Result<Response, TokenError> {
    let Some(api) = &app.api else {
        let content = context! { url => () };
        return Ok(page(StatusCode::OK, "api.html", Some(&session), content));
    };
    let answer = api.call(&session).await?;
    let content = context! {
        url => api.url(),
        status => answer.status,
        success => answer.success,
        body => answer.body,
    };
    Ok(page(StatusCode::OK, "api.html", Some(&session), content))
}

/// Everything else.
pub async fn not_found(session: Option<Session>, uri: Uri) -> Response {
    let content = context! {
        status => 404,
        provider_code => (),
        reference => (),
        title => "There is no such page",
        message => format!("Nothing is at {}.", uri.path()),
    };
    page(
        StatusCode::NOT_FOUND,
        "error.html",
        session.as_ref(),
        content,
    )
}

/// A claim's value as text: lists separated by commas, the rest as in JSON.
fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(readable).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What a well-known claim says.
fn meaning(claim: &str) -> &'static str {
    known(claim).map_or("", |index| CLAIMS[index].1)
}

fn known(claim: &str) -> Option<usize> {
    CLAIMS.iter().position(|(name, _)| *name == claim)
}

/// `3 minutes ago`.
fn ago(time: SystemTime) -> String {
    let seconds = time.elapsed().map_or(0, |elapsed| elapsed.as_secs());
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// The well-known claims, in the order in which the page shows them; the others follow.
const CLAIMS: [(&str, &str); 23] = [
    ("name", "Display name"),
    ("given_name", "Given name"),
    ("family_name", "Surname"),
    ("emails", "Email addresses"),
    ("email", "Email address"),
    ("city", "City"),
    ("country", "Country or region"),
    ("newUser", "Signed up just now"),
    ("idp", "Where a social account comes from"),
    ("sub", "The user's id; never changes"),
    ("oid", "The user's object id in the directory"),
    ("tfp", "User flow that issued the token"),
    ("acr", "User flow that issued the token"),
    ("iss", "Who issued the token"),
    ("aud", "Whom it is for: this app"),
    (
        "auth_time",
        "When the password was entered, in seconds since 1970",
    ),
    ("iat", "When it was issued"),
    ("nbf", "From when it is valid"),
    ("exp", "Until when it is valid"),
    ("ver", "Version of the token's format"),
    ("nonce", "Ties the token to this very sign-in"),
    ("at_hash", "Ties the access token to this token"),
    ("b2c_emulator", "By the emulator; worth nothing elsewhere"),
];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::to_bytes;
    use serde_json::json;
    use tower_b2c::testing;

    use super::{Session, profile};

    async fn text_of_profile(session: Session) -> String {
        let body = profile(session).await.into_body();
        let body = to_bytes(body, 1_048_576).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_profile_has_every_claim_and_trusts_none() {
        let session = testing::session()
            .claim("name", "Ada & <Co>")
            .claim("emails", json!(["ada@contoso.com", "ada@home.example"]))
            .claim("extension_Level", 7);
        let page = text_of_profile(session.session().await.unwrap()).await;

        assert!(page.contains("Ada &amp; &lt;Co&gt;"), "{page}");
        assert!(page.contains("ada@contoso.com, ada@home.example"), "{page}");
        let place = |text: &str| page.find(text).unwrap();
        assert!(place("Display name") < place("extension_Level"));
    }

    #[tokio::test]
    async fn the_profile_says_how_long_ago_somebody_signed_in() {
        for (seconds, words) in [(0, "just now"), (61, "1 minute ago"), (7300, "2 hours ago")] {
            let session = testing::session().age(Duration::from_secs(seconds));
            let page = text_of_profile(session.session().await.unwrap()).await;
            assert!(page.contains(words), "{page}");
        }
    }
}
