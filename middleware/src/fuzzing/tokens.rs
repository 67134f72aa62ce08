//! Tokens, before and behind their signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::NOW;
use super::canned::KEYS;
use crate::config::SigningAlgorithm;
use crate::jwt::{
    AccessTokenRules, DpopProof, IdTokenRules, Issuer, Jwt, KeySet, LoggedOut, LogoutTokenRules,
};

/// A compact JWS: nothing verifies but what was signed.
pub(super) fn jwt(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(token) = Jwt::parse(text) else {
        return;
    };
    let Ok(keys) = KeySet::parse(KEYS.as_bytes()) else {
        return;
    };
    if keys.verify(&token, ACCEPTED).is_ok() {
        assert!(GENUINE.as_bytes().starts_with(token.signed), "never signed");
        assert!(id_token_rules(&issuer()).check(&token.claims).is_ok());
    }
    for claim in ["at_hash", "c_hash"] {
        let bound = token.hash_matches(claim, "another token");
        assert!(
            !bound || !token.claims.contains_key(claim),
            "a hash of something else"
        );
    }
}

/// The claims of an ID token whose signature is good.
pub(super) fn id_token_claims(data: &[u8]) {
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(data) else {
        return;
    };
    if id_token_rules(&issuer()).check(&claims).is_err() {
        return;
    }
    let seconds = |name| claims.get(name).and_then(Value::as_u64);
    assert_eq!(claims.get("iss").and_then(Value::as_str), Some(ISSUER));
    assert_eq!(claims.get("nonce").and_then(Value::as_str), Some("nonce"));
    assert!(seconds("exp").is_some_and(|end| end.saturating_add(120) > NOW.0));
    assert!(seconds("iat").is_some_and(|issued| issued <= NOW.0 + 120));
    assert!(
        claims
            .get("sub")
            .and_then(Value::as_str)
            .is_some_and(|subject| !subject.is_empty())
    );
    let audience = claims.get("aud");
    let listed = |list: &Vec<Value>| list.iter().any(|one| one == "client");
    assert!(
        audience.is_some_and(|one| one == "client")
            || audience.and_then(Value::as_array).is_some_and(listed)
    );
    assert!(!claims.contains_key("b2c_emulator"));
}

/// An access token whose signature is good: the input's first line is its header, the rest its
/// claims.
pub(super) fn access_token(data: &[u8]) {
    let compact = unsigned(data);
    let Ok(token) = Jwt::parse(&compact) else {
        return;
    };
    let audiences = ["client".to_owned()];
    let issuer = issuer();
    let strict = AccessTokenRules {
        issuer: &issuer,
        audiences: &audiences,
        clients: None,
        user_flow: None,
        require_at_jwt: true,
        accept_emulator: false,
        now: NOW,
    };
    let lenient = AccessTokenRules {
        require_at_jwt: false,
        ..strict
    };
    let Ok(accepted) = lenient.check(&token) else {
        assert!(strict.check(&token).is_err(), "stricter rules take more");
        return;
    };
    let has = |name: &str| token.claims.contains_key(name);
    let typ = token.header.typ.as_deref().unwrap_or_default();
    let is_typed = typ.to_ascii_lowercase().ends_with("at+jwt");
    assert!(accepted.expires_at > NOW, "a token that has ended");
    assert_eq!(
        accepted.binding.is_some(),
        has("cnf"),
        "a binding that is not checked"
    );
    assert!(is_typed || has("scp") || has("scope") || has("roles"));
    assert!(is_typed || strict.check(&token).is_err());
    for of_others in ["at_hash", "c_hash", "b2c_emulator"] {
        assert!(!has(of_others), "{of_others}");
    }
}

/// A proof of possession: nobody could sign one here.
pub(super) fn dpop_proof(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(proof) = DpopProof::verify(text, NOW) else {
        return;
    };
    assert!(!proof.id.is_empty() && !proof.method.is_empty() && !proof.url.is_empty());
    assert!(proof.issued_at <= NOW + DpopProof::WINDOW);
    assert!(NOW <= proof.issued_at + DpopProof::WINDOW);
}

/// A logout token whose signature is good: the input's first line is its header, the rest its claims.
pub(super) fn logout_token(data: &[u8]) {
    let compact = unsigned(data);
    let Ok(token) = Jwt::parse(&compact) else {
        return;
    };
    let rules = LogoutTokenRules {
        issuer: &issuer(),
        client_id: "client",
        accept_emulator: false,
        now: NOW,
    };
    let Ok(logout) = rules.check(&token) else {
        return;
    };
    assert_eq!(logout.issuer, ISSUER);
    assert!(!logout.jti.is_empty());
    assert!(
        logout.stale_at > NOW,
        "a token that counts can be remembered"
    );
    assert!(!token.claims.contains_key("nonce"), "that is an ID token");
    assert!(token.claims.contains_key("events"));
    match logout.about {
        LoggedOut::Session { sid, .. } => assert!(!sid.is_empty()),
        LoggedOut::User { subject } => assert!(!subject.is_empty()),
    }
}

/// A token without a signature, of a line that is its header and the claims after it.
fn unsigned(data: &[u8]) -> String {
    let middle = data.iter().position(|&byte| byte == b'\n');
    let (header, claims) = data.split_at(middle.unwrap_or(data.len()));
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    format!("{}.{}.", encode(header), encode(claims))
}

fn issuer() -> Issuer {
    Issuer::Exact(ISSUER.to_owned())
}

fn id_token_rules(issuer: &Issuer) -> IdTokenRules<'_> {
    IdTokenRules {
        issuer,
        client_id: "client",
        user_flow: None,
        nonce: Some("nonce"),
        accept_emulator: false,
        now: NOW,
    }
}

/// Signed with the key of `genuine.jwks.json`, whose private half was thrown away.
pub(super) const GENUINE: &str = include_str!("genuine.jwt");

const ISSUER: &str = "https://id.example/";

/// As widely as the configuration can accept them.
pub(super) const ACCEPTED: &[SigningAlgorithm] = {
    use SigningAlgorithm::{EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    &[
        Rs256, Rs384, Rs512, Ps256, Ps384, Ps512, Es256, Es384, EdDsa,
    ]
};
