//! What a provider publishes.

use serde_json::Value;
use url::Url;

use super::canned::{Canned, now_or_never};
use super::tokens::{ACCEPTED, GENUINE};
use crate::jwt::{Issuer, Jwt, KeySet};

/// A discovery document, as each kind of provider may serve it.
pub(super) fn metadata(data: &[u8]) {
    for (index, host) in HOSTS.into_iter().enumerate() {
        let canned = Canned {
            document: data.to_owned(),
            ..Canned::default()
        };
        let provider = canned.provider(index);
        let found = now_or_never(provider.metadata(provider.sign_in_flow()));
        let Some(Ok(metadata)) = found else {
            assert!(found.is_some(), "nothing to wait for");
            continue;
        };
        let issuer = match &metadata.issuer {
            Issuer::Exact(issuer) => issuer,
            Issuer::PerTenant { template, .. } => template,
        };
        match host {
            Some(host) => {
                let endpoints = [
                    Some(metadata.authorization_endpoint.url()),
                    Some(metadata.token_endpoint.url()),
                    metadata.end_session_endpoint.as_ref(),
                ];
                for endpoint in endpoints.into_iter().flatten() {
                    assert_eq!(endpoint.host_str(), Some(host), "of its own host");
                    assert_eq!(endpoint.scheme(), "https");
                }
                let issuer = issuer.replace("{tenantid}", "tenant");
                let host = Url::parse(&issuer).ok();
                let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
                let own = Some(host) == HOSTS[index] || host.ends_with(".ciamlogin.com");
                assert!(own, "{issuer} is somebody else's");
            }
            None => {
                assert_eq!(issuer, "https://id.example/", "exactly");
                assert_eq!(metadata.token_endpoint.url().scheme(), "https");
                assert_eq!(metadata.authorization_endpoint.url().scheme(), "https");
            }
        }
    }
}

/// A JWK set. The genuine token is signed with a key whose private half nobody has any more, so only
/// a set that has its public half verifies it.
pub(super) fn jwks(data: &[u8]) {
    let Ok(keys) = KeySet::parse(data) else {
        return;
    };
    let Ok(token) = Jwt::parse(GENUINE) else {
        return;
    };
    if keys.verify(&token, ACCEPTED).is_ok() {
        assert!(has_genuine_key(data), "verified by another key");
    }
}

fn has_genuine_key(data: &[u8]) -> bool {
    let modulus = |document: &[u8]| {
        let document: Value = serde_json::from_slice(document).unwrap_or_default();
        let keys = document.get("keys").and_then(Value::as_array).cloned();
        let keys = keys.into_iter().flatten();
        keys.filter_map(|key| {
            key.get("n")?
                .as_str()
                .map(|n| n.trim_end_matches('=').to_owned())
        })
        .collect::<Vec<_>>()
    };
    let genuine = modulus(super::canned::KEYS.as_bytes());
    modulus(data).iter().any(|n| genuine.contains(n))
}

/// Of the providers, in the order of their names; `None` for the one that may be spread over several.
const HOSTS: [Option<&str>; 4] = [
    Some("contoso.b2clogin.com"),
    Some("login.microsoftonline.com"),
    Some("contoso.ciamlogin.com"),
    None,
];
