//! The tokens of External ID and Entra ID.

use serde_json::json;

use super::{
    Hashes, Issue,
    claims::{Claims, Facts, MARKER},
    half_hash,
    mint::mint,
};
use crate::{directory::pairwise_subject, protocol::Access, random};

/// Makes an ID token; `email` is there when that scope was asked for.
pub(crate) fn id_token_v2(issue: &Issue<'_>, with_email: bool, hashes: &Hashes) -> Option<String> {
    let facts = Facts::of(issue, issue.client_id);
    let person = issue.identity;
    let mut claims = Claims::default();
    claims.add("ver", "2.0");
    claims.add("iss", facts.issuer);
    claims.add(
        "sub",
        pairwise_subject(issue.tenant_id, issue.client_id, &person.object_id),
    );
    claims.add("aud", facts.audience);
    claims.add("exp", facts.expires_at);
    claims.add("iat", facts.issued_at);
    claims.add("nbf", facts.issued_at);
    claims.add_some("name", Some(person.display_name.as_str()));
    claims.add("preferred_username", person.sign_in_name.as_str());
    claims.add("oid", person.object_id.as_str());
    if with_email {
        claims.add("email", person.sign_in_name.as_str());
    }
    if let Some(verified) = person.email_is_verified {
        claims.add("xms_edov", verified);
    }
    claims.add_extensions(issue);
    claims.add_some("sid", person.sid.as_deref());
    claims.add("tid", issue.tenant_id);
    claims.add_some("nonce", facts.nonce.as_deref());
    let hash = |token: &Option<String>| token.as_deref().map(half_hash);
    claims.add_some("c_hash", hash(&hashes.code).as_deref());
    claims.add_some("at_hash", hash(&hashes.access_token).as_deref());
    claims.add("uti", identifier());
    claims.add(MARKER, true);
    mint(&claims.0, issue.keys, issue.bad)
}

/// Makes an access token for a resource on behalf of a user; `azpacr` says how the application has
/// shown who it is.
pub(crate) fn access_token_v2(issue: &Issue<'_>, access: &Access, azpacr: &str) -> Option<String> {
    let facts = Facts::of(issue, &access.resource);
    let person = issue.identity;
    let mut claims = Claims::default();
    claims.add("aud", facts.audience);
    claims.add("iss", facts.issuer);
    claims.add("iat", facts.issued_at);
    claims.add("nbf", facts.issued_at);
    claims.add("exp", facts.expires_at);
    claims.add("azp", issue.client_id);
    claims.add("azpacr", azpacr);
    claims.add_some("name", Some(person.display_name.as_str()));
    claims.add("oid", person.object_id.as_str());
    claims.add("preferred_username", person.sign_in_name.as_str());
    claims.add_some("scp", Some(access.names.join(" ").as_str()));
    if person.tells_apis {
        claims.add_extensions(issue);
    }
    claims.add(
        "sub",
        pairwise_subject(issue.tenant_id, &access.resource, &person.object_id),
    );
    claims.add("tid", issue.tenant_id);
    claims.add("uti", identifier());
    claims.add("ver", "2.0");
    add_requested(&mut claims, issue);
    claims.add(MARKER, true);
    mint(&claims.0, issue.keys, issue.bad)
}

/// Makes an access token for an application on its own.
pub(crate) fn app_token_v2(
    issue: &Issue<'_>,
    resource: &str,
    roles: &[String],
    azpacr: &str,
) -> Option<String> {
    let facts = Facts::of(issue, resource);
    let principal = issue.identity.object_id.as_str();
    let mut claims = Claims::default();
    claims.add("aud", facts.audience);
    claims.add("iss", facts.issuer);
    claims.add("iat", facts.issued_at);
    claims.add("nbf", facts.issued_at);
    claims.add("exp", facts.expires_at);
    claims.add("azp", issue.client_id);
    claims.add("azpacr", azpacr);
    claims.add("oid", principal);
    if !roles.is_empty() {
        claims.add("roles", json!(roles));
    }
    claims.add("sub", principal);
    claims.add("tid", issue.tenant_id);
    claims.add("uti", identifier());
    claims.add("ver", "2.0");
    add_requested(&mut claims, issue);
    claims.add(MARKER, true);
    mint(&claims.0, issue.keys, issue.bad)
}

/// What the client has asked for by `claims`.
fn add_requested(claims: &mut Claims, issue: &Issue<'_>) {
    let requested = &issue.identity.requested;
    if !requested.contexts.is_empty() {
        claims.add("acrs", json!(requested.contexts));
    }
    if !requested.capabilities.is_empty() {
        claims.add("xms_cc", json!(requested.capabilities));
    }
}

/// 22 characters, new for every token.
fn identifier() -> String {
    let mut identifier = random::token();
    identifier.truncate(22);
    identifier
}
