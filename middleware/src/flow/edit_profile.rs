//! What the edit-profile user flow changes in a session.

use serde_json::{Map, Value};

use crate::session::Record;

/// Takes the edited claims over. The session stays the one of the sign-in flow: its refresh token,
/// access tokens and the claims of the protocol are not touched.
pub(crate) fn merge_edits(record: &mut Record, claims: &Map<String, Value>) {
    let edited = claims.iter().filter(|(name, _)| !is_protocol_claim(name));
    record
        .edited
        .extend(edited.map(|(name, value)| (name.clone(), value.clone())));
    record.apply_edits();
}

/// Whether a claim is about the token and the sign-in, not about the person.
pub(crate) fn is_protocol_claim(name: &str) -> bool {
    PROTOCOL.contains(&name)
}

/// Adds what the userinfo endpoint tells to what the ID token does. The ID token goes before, as it
/// is signed; a refresh repeats it, and these claims are laid over it again.
pub(crate) fn merge_userinfo(record: &mut Record, claims: Map<String, Value>) {
    let known = |name: &String| record.claims.get(name).is_some();
    let more = claims
        .into_iter()
        .filter(|(name, _)| !known(name) && !PROTOCOL.contains(&name.as_str()));
    let more: Vec<_> = more.collect();
    record.edited.extend(more);
    record.apply_edits();
}

/// Claims about the token and the sign-in, not about the person.
const PROTOCOL: [&str; 19] = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "sub",
    "oid",
    "ver",
    "acr",
    "tfp",
    "nonce",
    "azp",
    "auth_time",
    "at_hash",
    "c_hash",
    "idp",
    "tid",
    "newUser",
    "b2c_emulator",
];
