use axum::{
    http::{StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::{reply, visit::Visit};
use crate::{
    directory::User,
    jwt::{Statement, Unverified},
    protocol::issuer,
};

/// `GET …/openid/v2.0/userinfo`, at custom policies only.
pub(super) fn userinfo(visit: &Visit<'_>) -> Response {
    if !visit.user_flow.is_custom() {
        return reply::not_found();
    }
    match user(visit) {
        Ok(user) => reply::private_json(
            StatusCode::OK,
            &json!({
                "objectId": user.object_id,
                "givenName": user.given_name,
                "surname": user.surname,
                "displayName": user.display_name,
                "signInNames.emailAddress": user.sign_in_name,
            }),
        ),
        Err(problem) => {
            let text = problem.description();
            let mut response = reply::private_json(
                StatusCode::UNAUTHORIZED,
                &json!({ "error": "invalid_token", "error_description": text }),
            );
            let challenge = format!(r#"Bearer error="invalid_token", error_description="{text}""#);
            reply::set(&mut response, header::WWW_AUTHENTICATE, &challenge);
            reply::noted(response, "invalid_token")
        }
    }
}

/// The user of an access token that this policy has issued.
fn user(visit: &Visit<'_>) -> Result<User, Unverified> {
    let provider = visit.provider;
    let token = visit
        .header(header::AUTHORIZATION)
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim());
    let statement = Statement::read(token, &provider.keys)?;
    if statement.iss != issuer(&visit.authority, &provider.tenant, visit.user_flow) {
        return Err(Unverified::Issuer);
    }
    if statement.exp <= provider.clock.now() {
        return Err(Unverified::Expired);
    }
    let user = provider.tenant.users.by_id(&statement.sub);
    user.ok_or(Unverified::Malformed)
}
