//! What misbehaviours do to the answers of the token endpoint, of whatever product.

use serde_json::{Map, Value};

use crate::{
    control::{Misbehaviour, Misbehaviours},
    protocol::Fault,
    provider::Provider,
};

/// Refuses a grant that is good, or changes the key before tokens are signed.
pub(crate) fn before(bad: &Misbehaviours, provider: &Provider) -> Result<(), Fault> {
    if bad.has(&Misbehaviour::GrantRevoked) {
        return Err(Fault::GrantRevoked);
    }
    if bad.has(&Misbehaviour::WrongSecret) {
        return Err(Fault::WrongSecret);
    }
    if bad.has(&Misbehaviour::RotatingKeyBeforeSigning) {
        provider.keys.rotate(provider.clock.now());
    }
    Ok(())
}

/// Takes members of the answer away or changes them, and changes the key after it.
pub(crate) fn after(answer: &mut Map<String, Value>, bad: &Misbehaviours, provider: &Provider) {
    for (misbehaviour, names) in REMOVED {
        if bad.has(&misbehaviour) {
            answer.retain(|name, _| !names.contains(&name.as_str()));
        }
    }
    if bad.has(&Misbehaviour::NumbersAsStrings) {
        for value in answer.values_mut().filter(|value| value.is_number()) {
            *value = Value::String(value.to_string());
        }
    }
    if bad.has(&Misbehaviour::RotatingKey) {
        provider.keys.rotate(provider.clock.now());
    }
}

const REMOVED: [(Misbehaviour, &[&str]); 3] = [
    (Misbehaviour::NoIdToken, &["id_token"]),
    (
        Misbehaviour::NoAccessToken,
        &[
            "access_token",
            "expires_in",
            "expires_on",
            "ext_expires_in",
            "resource",
        ],
    ),
    (
        Misbehaviour::NoExpiresIn,
        &[
            "expires_in",
            "expires_on",
            "ext_expires_in",
            "id_token_expires_in",
        ],
    ),
];
