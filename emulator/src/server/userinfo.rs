//! Claims about the bearer of an access token ([OpenID Connect Core, 5.3][spec]).
//!
//! [spec]: https://openid.net/specs/openid-connect-core-1_0.html#UserInfo

use axum::{http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{
    bearer, reply,
    userinfo_claims::{self, Document},
    visit::Visit,
};
use crate::{
    control::{Misbehaviour, Misbehaviours},
    directory::User,
    entra,
    jwt::{Statement, Unverified},
    protocol::{Params, issuer},
};

/// The user of an access token, and what the token says.
pub(super) struct Bearer {
    pub(super) user: User,
    pub(super) statement: Statement,
    /// As it was sent.
    pub(super) token: String,
}

/// Why userinfo is refused (RFC 6750, section 3.1).
enum Refusal {
    /// Without a token there is no error code.
    NoToken,
    /// The token came where it must not, or twice.
    Place(&'static str),
    Token(Unverified),
}

/// `GET` or `POST …/openid/v2.0/userinfo`, at custom policies and where it was switched on.
pub(super) fn userinfo(visit: &Visit<'_>, form: &Params) -> Response {
    let has_standard = visit.provider.tenant.has_userinfo(visit.user_flow);
    let has_sample = visit.provider.tenant.kind.is_b2c() && visit.user_flow.is_custom();
    if !has_standard && !has_sample {
        return reply::not_found();
    }
    let bearer = match token(visit, form).and_then(|token| holder(visit, token)) {
        Ok(bearer) => bearer,
        Err(refusal) => return refused(&refusal),
    };
    if !has_standard {
        return reply::private_json(StatusCode::OK, &sample(&bearer.user));
    }
    match userinfo_claims::document(visit, &bearer) {
        Some(Document::Json(document)) => reply::private_json(StatusCode::OK, &document),
        Some(Document::Jwt(token)) => reply::text("application/jwt", token),
        None => reply::empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// What Microsoft's sample policy declares.
fn sample(user: &User) -> Value {
    json!({
        "objectId": user.object_id,
        "givenName": user.given_name,
        "surname": user.surname,
        "displayName": user.display_name,
        "signInNames.emailAddress": user.sign_in_name,
    })
}

/// The token in the header or in the form (RFC 6750, section 2), but not in both.
fn token(visit: &Visit<'_>, form: &Params) -> Result<String, Refusal> {
    let bad = Misbehaviours::of_this_request();
    let in_header = bearer::in_header(visit.headers).map(ToOwned::to_owned);
    match (in_header, form.get("access_token")) {
        (Some(_), Some(_)) => Err(Refusal::Place("The access token was sent twice")),
        (Some(_), None) if bad.has(&Misbehaviour::UserInfoBodyOnly) => {
            Err(Refusal::Place("The access token must be in the body"))
        }
        (None, Some(_)) if bad.has(&Misbehaviour::UserInfoHeaderOnly) => {
            Err(Refusal::Place("The access token must be in the header"))
        }
        (in_header, in_form) => in_header.or(in_form).ok_or(Refusal::NoToken),
    }
}

/// The user of an access token that this policy, or this tenant of Entra, has issued.
fn holder(visit: &Visit<'_>, token: String) -> Result<Bearer, Refusal> {
    let provider = visit.provider;
    let tenant = &provider.tenant;
    let statement = Statement::read(&token, &provider.keys).map_err(Refusal::Token)?;
    if statement.iss != issuer(&visit.authority, tenant, visit.user_flow) {
        return Err(Refusal::Token(Unverified::Issuer));
    }
    if !tenant.kind.is_b2c() && statement.aud != entra::GRAPH {
        return Err(Refusal::Token(Unverified::Audience));
    }
    if statement.exp <= provider.clock.now() {
        return Err(Refusal::Token(Unverified::Expired));
    }
    let object_id = statement.claims.get("oid").and_then(Value::as_str);
    let user = tenant
        .users
        .by_id(object_id.unwrap_or(&statement.sub))
        .ok_or(Refusal::Token(Unverified::Malformed))?;
    Ok(Bearer {
        user,
        statement,
        token,
    })
}

fn refused(refusal: &Refusal) -> Response {
    let (status, error) = match refusal {
        Refusal::NoToken => (StatusCode::UNAUTHORIZED, None),
        Refusal::Place(text) => (StatusCode::BAD_REQUEST, Some(("invalid_request", *text))),
        Refusal::Token(reason) => (
            StatusCode::UNAUTHORIZED,
            Some(("invalid_token", reason.description())),
        ),
    };
    bearer::refusal(status, "Bearer", error)
}
