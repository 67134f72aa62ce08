//! What the app can do, as its requests tell Entra ID.

use serde_json::{Map, Value, json};

/// The parameter `claims`: what is asked for (`claims`), with the app's capabilities in it as
/// `xms_cc`. With `cp1` access tokens live for a day, and end earlier when something happens to the
/// account: APIs then answer with a claims challenge (Microsoft Learn, "Claims challenges, claims
/// requests and client capabilities").
pub(crate) fn with_capabilities(claims: Option<&str>, capabilities: &[String]) -> Option<String> {
    if capabilities.is_empty() {
        return claims.map(str::to_owned);
    }
    let asked = claims.and_then(|claims| serde_json::from_str(claims).ok());
    let mut asked: Map<String, Value> = asked.unwrap_or_default();
    let of_access_token = asked.entry("access_token").or_insert(Value::Null);
    if !of_access_token.is_object() {
        *of_access_token = json!({});
    }
    of_access_token["xms_cc"] = json!({ "values": capabilities });
    Some(Value::Object(asked).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_join_what_is_asked_for() {
        let merged = |claims: Option<&str>, capabilities: &[&str]| {
            let capabilities: Vec<_> = capabilities.iter().map(|&one| one.to_owned()).collect();
            let merged = with_capabilities(claims, &capabilities)?;
            serde_json::from_str::<Value>(&merged).ok()
        };
        let cp1 = json!({ "values": ["cp1"] });
        assert_eq!(merged(None, &[]), None);
        assert_eq!(
            merged(None, &["cp1"]),
            Some(json!({ "access_token": { "xms_cc": cp1 } }))
        );
        let asked = r#"{"id_token":{"auth_time":null},"access_token":{"nbf":{"essential":true}}}"#;
        assert_eq!(
            merged(Some(asked), &[]),
            Some(serde_json::from_str(asked).unwrap())
        );
        assert_eq!(
            merged(Some(asked), &["cp1"]),
            Some(json!({
                "id_token": { "auth_time": null },
                "access_token": { "nbf": { "essential": true }, "xms_cc": cp1 },
            }))
        );
        for odd in [r#"{"access_token":null}"#, "{}", "no json", "[]"] {
            assert_eq!(
                merged(Some(odd), &["cp1"]),
                Some(json!({ "access_token": { "xms_cc": cp1 } })),
                "{odd}"
            );
        }
    }
}
