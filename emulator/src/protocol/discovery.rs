use serde_json::{Value, json};

use super::issuer;
use crate::{
    address::Authority,
    directory::{Attribute, Tenant, UserFlow},
    jwt::PublicKey,
};

/// The OpenID Connect metadata of a user flow; the members come in B2C's order.
pub(crate) fn discovery_document(
    authority: &Authority,
    tenant: &Tenant,
    user_flow: &UserFlow,
) -> Value {
    let mut document = json!({
        "issuer": issuer(authority, tenant, user_flow),
        "authorization_endpoint": authority.authorize(),
        "token_endpoint": authority.token(),
        "end_session_endpoint": authority.logout(),
        "jwks_uri": authority.keys(),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": [
            "code", "code id_token", "code token", "code id_token token",
            "id_token", "id_token token", "token", "token id_token"
        ],
        "scopes_supported": ["openid"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": claims(tenant, user_flow),
    });
    if user_flow.is_custom()
        && let Some(members) = document.as_object_mut()
    {
        members.insert("userinfo_endpoint".to_owned(), json!(authority.userinfo()));
    }
    document
}

/// The user flow's own claims, then B2C's fixed tail.
fn claims(tenant: &Tenant, user_flow: &UserFlow) -> Vec<String> {
    let settings = &user_flow.settings;
    let is_told = |name: &str| {
        let chosen = settings.claims.as_ref();
        chosen.is_none_or(|chosen| chosen.iter().any(|known| known == name))
    };
    let email = if user_flow.is_custom() {
        "email"
    } else {
        "emails"
    };
    let policy = if user_flow.names_itself_in_acr() {
        "tid"
    } else {
        "tfp"
    };
    let about_the_user = [
        "name",
        "family_name",
        "given_name",
        "city",
        "country",
        email,
        "idp",
    ];
    let attributes = tenant.users.attributes();
    let attributes = attributes.iter().map(Attribute::claim);
    let outputs = settings.output_claims.iter().map(|(name, _)| name.clone());
    let owned = |name: &&str| (*name).to_owned();
    let mut claims: Vec<String> = ["oid", "sub", "newUser"].iter().map(owned).collect();
    claims.extend(
        about_the_user
            .iter()
            .filter(|name| is_told(name))
            .map(owned),
    );
    claims.push(policy.to_owned());
    claims.extend(attributes.filter(|name| is_told(name)));
    claims.extend(outputs);
    claims.extend(TAIL.iter().map(owned));
    claims
}

const TAIL: [&str; 7] = ["iss", "iat", "exp", "aud", "acr", "nonce", "auth_time"];

/// The JSON Web Key Set: the members that B2C's keys have, in B2C's order.
pub(crate) fn key_set(keys: &[PublicKey]) -> Value {
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "kid": key.kid,
                "nbf": key.not_before,
                "use": "sig",
                "kty": "RSA",
                "e": key.exponent,
                "n": key.modulus
            })
        })
        .collect();
    json!({ "keys": keys })
}
