use serde_json::{Map, Value, json};

use super::{KeyRing, half_hash, mint::mint};
use crate::{
    control::{Misbehaviour, Misbehaviours},
    directory::{UserFlow, claim_name},
    grant::Identity,
    protocol::Access,
};

/// The circumstances under which tokens are issued.
pub(crate) struct Issue<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) tenant_id: &'a str,
    pub(crate) user_flow: &'a UserFlow,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) auth_time: i64,
    pub(crate) now: i64,
    pub(crate) lifetime: i64,
    pub(crate) identity: &'a Identity,
    pub(crate) keys: &'a KeyRing,
    pub(crate) bad: &'a Misbehaviours,
}

/// What an ID token is tied to by a hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hashes {
    pub(crate) code: Option<String>,
    pub(crate) access_token: Option<String>,
}

/// Makes an ID token; the claims come in the order of a user flow's tokens.
pub(crate) fn id_token(issue: &Issue<'_>, hashes: &Hashes) -> Option<String> {
    let facts = Facts::of(issue, issue.client_id);
    let mut claims = Claims::default();
    claims.add("exp", facts.expires_at);
    claims.add("nbf", facts.issued_at);
    claims.add("ver", "1.0");
    claims.add("iss", facts.issuer.as_str());
    claims.add("sub", issue.identity.object_id.as_str());
    claims.add("aud", facts.audience.as_str());
    claims.add_acr(issue, &facts);
    claims.add_some("nonce", facts.nonce.as_deref());
    claims.add("iat", facts.issued_at);
    claims.add("auth_time", issue.auth_time);
    claims.add_person(issue);
    claims.add_some("sid", issue.identity.sid.as_deref());
    claims.add_tfp(issue, &facts);
    claims.add_some("c_hash", hashes.code.as_deref().map(half_hash).as_deref());
    let at_hash = hashes.access_token.as_deref().map(half_hash);
    claims.add_some("at_hash", at_hash.as_deref());
    claims.add(MARKER, true);
    mint(&claims.0, issue.keys, issue.bad)
}

/// Makes an access token for a resource.
pub(crate) fn access_token(issue: &Issue<'_>, access: &Access) -> Option<String> {
    let facts = Facts::of(issue, &access.resource);
    let person = issue.identity;
    let mut claims = Claims::default();
    claims.add("iss", facts.issuer.as_str());
    claims.add("exp", facts.expires_at);
    claims.add("nbf", facts.issued_at);
    claims.add("aud", facts.audience.as_str());
    if !issue.user_flow.is_custom() {
        claims.add_some("oid", Some(person.object_id.as_str()));
    }
    claims.add("sub", person.object_id.as_str());
    claims.add_acr(issue, &facts);
    claims.add_some("name", Some(person.display_name.as_str()));
    claims.add_extensions(issue);
    for (name, value) in &person.outputs {
        claims.add(name, value.as_str());
    }
    claims.add_tfp(issue, &facts);
    claims.add_some("nonce", facts.nonce.as_deref());
    claims.add_some("scp", Some(access.names.join(" ").as_str()));
    claims.add("azp", issue.client_id);
    claims.add("ver", "1.0");
    claims.add("iat", facts.issued_at);
    claims.add(MARKER, true);
    mint(&claims.0, issue.keys, issue.bad)
}

/// Makes an access token for an application on its own; `scp` holds its app roles.
pub(crate) fn app_token(issue: &Issue<'_>, access: &Access) -> Option<String> {
    let facts = Facts::of(issue, &access.resource);
    let mut claims = Claims::default();
    claims.add("iss", facts.issuer.as_str());
    claims.add("exp", facts.expires_at);
    claims.add("nbf", facts.issued_at);
    claims.add("aud", facts.audience.as_str());
    claims.add("sub", issue.identity.object_id.as_str());
    claims.add_acr(issue, &facts);
    claims.add_tfp(issue, &facts);
    claims.add("scp", access.names.join(" "));
    claims.add("azp", issue.client_id);
    claims.add("ver", "1.0");
    claims.add("iat", facts.issued_at);
    claims.add(MARKER, true);
    mint(&claims.0, issue.keys, issue.bad)
}

/// The claims that a misbehaviour can falsify.
pub(super) struct Facts {
    pub(super) issuer: String,
    pub(super) audience: String,
    user_flow: String,
    pub(super) nonce: Option<String>,
    pub(super) issued_at: i64,
    pub(super) expires_at: i64,
}

impl Facts {
    pub(super) fn of(issue: &Issue<'_>, audience: &str) -> Self {
        let wrong = |misbehaviour| issue.bad.has(&misbehaviour);
        let issued_at = if wrong(Misbehaviour::Expired) {
            issue.now - issue.lifetime - LONG_AGO
        } else {
            issue.now
        };
        Self {
            issuer: if wrong(Misbehaviour::WrongIssuer) {
                WRONG_ISSUER.to_owned()
            } else {
                issue.issuer.to_owned()
            },
            audience: if wrong(Misbehaviour::WrongAudience) {
                WRONG_AUDIENCE.to_owned()
            } else {
                audience.to_owned()
            },
            user_flow: if wrong(Misbehaviour::WrongPolicy) {
                WRONG_USER_FLOW.to_owned()
            } else {
                issue.user_flow.name().to_owned()
            },
            nonce: if wrong(Misbehaviour::WrongNonce) {
                Some(WRONG_NONCE.to_owned())
            } else {
                issue.nonce.map(ToOwned::to_owned)
            },
            issued_at,
            expires_at: issued_at + issue.lifetime,
        }
    }
}

#[derive(Default)]
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    pub(super) fn add(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Custom policies name themselves in `acr`, in lower case.
    fn add_acr(&mut self, issue: &Issue<'_>, facts: &Facts) {
        if issue.user_flow.names_itself_in_acr() {
            self.add("acr", facts.user_flow.to_ascii_lowercase());
        }
    }

    /// User flows name themselves in `tfp`, as registered.
    fn add_tfp(&mut self, issue: &Issue<'_>, facts: &Facts) {
        if !issue.user_flow.names_itself_in_acr() {
            self.add("tfp", facts.user_flow.as_str());
        }
    }

    /// What the user flow tells about the user.
    fn add_person(&mut self, issue: &Issue<'_>) {
        let person = issue.identity;
        let mut about = Claims::default();
        about.add_some("idp", person.idp.as_deref());
        about.add_some("name", Some(person.display_name.as_str()));
        if !issue.user_flow.is_custom() {
            about.add("oid", person.object_id.as_str());
        }
        if person.is_new {
            about.add("newUser", true);
        }
        if person.has_reset_password {
            about.add("isForgotPassword", true);
        }
        about.add_some("family_name", Some(person.surname.as_str()));
        about.add_some("given_name", Some(person.given_name.as_str()));
        about.add_some("city", Some(person.city.as_str()));
        about.add_some("country", Some(person.country.as_str()));
        if issue.user_flow.is_custom() {
            about.add("email", person.sign_in_name.as_str());
            about.add("tid", issue.tenant_id);
        } else {
            about.add("emails", json!([person.sign_in_name]));
        }
        if let Some(chosen) = &issue.user_flow.settings.claims {
            about.0.retain(|name, _| chosen.contains(name));
        }
        self.0.append(&mut about.0);
        self.add_extensions(issue);
        for (name, value) in &person.outputs {
            self.add(name, value.as_str());
        }
    }

    /// The custom attributes that the user flow tells.
    pub(super) fn add_extensions(&mut self, issue: &Issue<'_>) {
        let chosen = issue.user_flow.settings.claims.as_ref();
        for (name, value) in &issue.identity.extensions {
            let name = claim_name(name);
            if chosen.is_none_or(|chosen| chosen.contains(&name)) {
                self.add(&name, value.clone());
            }
        }
    }

    /// Adds a claim that has a value; an empty one is left out, as B2C does.
    pub(super) fn add_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add(name, value);
        }
    }
}

/// No token of the emulator can be taken for a real one.
pub(super) const MARKER: &str = "b2c_emulator";
const LONG_AGO: i64 = 3600;
pub(crate) const WRONG_ISSUER: &str =
    "https://wrong-issuer.example/99990000-9999-0000-9999-000099990000/v2.0/";
pub(super) const WRONG_AUDIENCE: &str = "99990000-9999-0000-9999-000099990000";
const WRONG_USER_FLOW: &str = "B2C_1_wrong";
pub(super) const WRONG_NONCE: &str = "wrong-nonce";
