//! What userinfo says.

use serde_json::{Map, Value, json};

use super::{userinfo::Bearer, visit::Visit};
use crate::{
    control::{Misbehaviour, Misbehaviours},
    directory::{UserFlow, claim_name},
    grant::Identity,
    jwt::attest,
};

/// An answer of userinfo.
pub(super) enum Document {
    Json(Value),
    /// Signed, `application/jwt`.
    Jwt(String),
}

/// The claims about a bearer; `None` if the emulator has no key to sign them.
pub(super) fn document(visit: &Visit<'_>, bearer: &Bearer) -> Option<Document> {
    if visit.query.get("claims").as_deref() == Some(DISTRIBUTED) {
        return elsewhere(visit, bearer).map(Document::Jwt);
    }
    let bad = Misbehaviours::of_this_request();
    let mut claims = claims(visit, bearer);
    if bad.has(&Misbehaviour::WrongUserInfoSubject) {
        claims.insert("sub".to_owned(), WRONG_SUBJECT.into());
    }
    if bad.has(&Misbehaviour::AggregatedClaims) {
        let source = json!({ "JWT": elsewhere(visit, bearer)? });
        refer(&mut claims, &source);
    } else if bad.has(&Misbehaviour::DistributedClaims) {
        let endpoint = visit.authority.userinfo();
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        let source = json!({
            "endpoint": format!("{endpoint}{separator}claims={DISTRIBUTED}"),
            "access_token": bearer.token,
        });
        refer(&mut claims, &source);
    }
    if bad.has(&Misbehaviour::SignedUserInfo) {
        claims.insert("iss".to_owned(), bearer.statement.iss.clone().into());
        claims.insert("aud".to_owned(), client_id(bearer).into());
        return attest(&claims, &visit.provider.keys).map(Document::Jwt);
    }
    Some(Document::Json(claims.into()))
}

/// The standard claims, and the custom attributes that the application's user flow tells.
fn claims(visit: &Visit<'_>, bearer: &Bearer) -> Map<String, Value> {
    let tenant = &visit.provider.tenant;
    let user = &bearer.user;
    let mut claims = Map::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            claims.insert(name.to_owned(), value.into());
        }
    };
    add("sub", &tenant.subject(&user.object_id, client_id(bearer)));
    if grants(bearer, "profile") {
        add("name", &user.display_name);
        add("family_name", &user.surname);
        add("given_name", &user.given_name);
        if !tenant.kind.is_b2c() {
            add("preferred_username", &user.sign_in_name);
        }
    }
    if grants(bearer, "email") {
        add("email", &user.sign_in_name);
    }
    let user_flow = if tenant.kind.is_b2c() {
        Some(visit.user_flow)
    } else {
        tenant.linked_user_flow(client_id(bearer))
    };
    let chosen = user_flow.and_then(|flow: &UserFlow| flow.settings.claims.as_ref());
    let mut told = Identity::of_user(user.clone());
    if let Some(client) = tenant.client(client_id(bearer)) {
        told.narrow(client, tenant);
    }
    for (name, value) in told.extensions {
        let name = claim_name(&name);
        if chosen.is_none_or(|chosen| chosen.contains(&name)) {
            claims.insert(name, value.into());
        }
    }
    claims
}

/// Was the scope granted? A token of B2C does not say, and its user flow decides on claims.
fn grants(bearer: &Bearer, scope: &str) -> bool {
    let Some(scopes) = bearer.statement.claims.get("scp").and_then(Value::as_str) else {
        return true;
    };
    let mut scopes = scopes.split(' ');
    !scopes.clone().any(|name| name == "openid") || scopes.any(|name| name == scope)
}

/// Says that there are claims elsewhere.
fn refer(claims: &mut Map<String, Value>, source: &Value) {
    claims.insert("_claim_names".to_owned(), json!({ CLAIM: "src1" }));
    claims.insert("_claim_sources".to_owned(), json!({ "src1": source }));
}

/// The claim of somebody else.
fn elsewhere(visit: &Visit<'_>, bearer: &Bearer) -> Option<String> {
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), bearer.statement.iss.clone().into());
    claims.insert(CLAIM.to_owned(), 650.into());
    attest(&claims, &visit.provider.keys)
}

fn client_id(bearer: &Bearer) -> &str {
    let client_id = bearer.statement.claims.get("azp").and_then(Value::as_str);
    client_id.unwrap_or_default()
}

const DISTRIBUTED: &str = "distributed";
/// The example of OpenID Connect Core, 5.6.2.
const CLAIM: &str = "credit_score";
const WRONG_SUBJECT: &str = "99990000-9999-0000-9999-000099990000";
