//! Claim resolvers: `{OIDC:LoginHint}` and its like in output claims.

use serde_json::Value;

use super::AuthorizationRequest;
use crate::{
    clock::timestamp,
    directory::{ClaimSource, UserFlow},
    random,
};

/// The output claims of a user flow; one without a value is left out.
pub(super) fn output_claims(
    request: &AuthorizationRequest,
    user_flow: &UserFlow,
    origin: &str,
    now: i64,
) -> Vec<(String, String)> {
    let outputs = user_flow.settings.output_claims.iter();
    outputs
        .map(|(name, source)| {
            let value = match source {
                ClaimSource::Fixed(text) => text.clone(),
                ClaimSource::Resolver(text) => {
                    filled(text, |name| resolve(name, request, user_flow, origin, now))
                }
            };
            (name.clone(), value)
        })
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Replaces every `{…}` of a text.
fn filled(text: &str, value_of: impl Fn(&str) -> String) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        result.push_str(before);
        result.push_str(&value_of(name));
        rest = behind;
    }
    result + rest
}

fn resolve(
    name: &str,
    request: &AuthorizationRequest,
    user_flow: &UserFlow,
    origin: &str,
    now: i64,
) -> String {
    let parameter = |name: &str| request.parameters.get(name).unwrap_or_default();
    let (family, member) = name.split_once(':').unwrap_or((name, ""));
    let language = || {
        let locales = parameter("ui_locales");
        let first = locales.split([' ', ',']).next().unwrap_or_default();
        if first.is_empty() {
            "en".to_owned()
        } else {
            first.to_owned()
        }
    };
    match (family.to_ascii_lowercase().as_str(), member) {
        ("oauth-kv", name) => parameter(name),
        ("oidc", "AuthenticationContextReferences") => parameter("acr_values"),
        ("oidc", "ClientId") => request.client_id.clone(),
        ("oidc", "DomainHint") => parameter("domain_hint"),
        ("oidc", "LoginHint") => parameter("login_hint"),
        ("oidc", "MaxAge") => parameter("max_age"),
        ("oidc", "Nonce") => parameter("nonce"),
        ("oidc", "Prompt") => parameter("prompt"),
        ("oidc", "RedirectUri") => parameter("redirect_uri"),
        ("oidc", "Resource") => parameter("resource"),
        ("oidc", "Scope") => parameter("scope"),
        ("claim", name) => match request.hint.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        },
        ("culture", "LanguageName") => language().split('-').next().unwrap_or_default().to_owned(),
        ("culture", "RegionName") => language().split('-').nth(1).unwrap_or_default().to_owned(),
        ("culture", "RFC5646") => language(),
        ("policy", "PolicyId") => user_flow.name().to_owned(),
        ("context", "CorrelationId") => random::guid(),
        ("context", "DateTimeInUtc") => timestamp(now),
        ("context", "DeploymentMode") => "Development".to_owned(),
        ("context", "HostName") => {
            let (_, host) = origin.split_once("://").unwrap_or_default();
            host.to_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn fills_in_what_it_knows() {
        let shout = |name: &str| name.to_uppercase();
        assert_eq!(filled("a{b}c{d}", shout), "aBcD");
        assert_eq!(filled("plain", shout), "plain");
        assert_eq!(filled("open{end", shout), "open{end");
    }
}
