//! What Graph takes for a registration, and what it refuses.

use serde_json::Value;
use url::Url;

use super::objects::{Objects, text};
use super::refusal::Refusal;
use crate::{address::is_loopback_host, directory::Tenant};

/// Checks a registration as it would be.
pub(super) fn check(
    after: &Value,
    before: Option<&Value>,
    objects: &Objects,
    tenant: &Tenant,
) -> Result<(), Refusal> {
    let members = after.as_object().into_iter().flat_map(|all| all.keys());
    if let Some(unknown) = members
        .into_iter()
        .find(|name| !KNOWN.contains(&name.as_str()))
    {
        return Err(Refusal::bad(format!("Invalid property '{unknown}'.")));
    }
    let audience = text(after, "signInAudience");
    let version = &after["api"]["requestedAccessTokenVersion"];
    if audience == "AzureADandPersonalMicrosoftAccount" && *version != 2 {
        return Err(Refusal::bad(
            "Property api.requestedAccessTokenVersion is invalid: it is 2 where the audience is \
             AzureADandPersonalMicrosoftAccount.",
        ));
    }
    for platform in ["web", "spa", "publicClient"] {
        for uri in texts(&after[platform]["redirectUris"]) {
            redirect_uri(uri)?;
        }
    }
    if let Some(url) = after["web"]["logoutUrl"].as_str() {
        redirect_uri(url)?;
    }
    for uri in texts(&after["identifierUris"]) {
        identifier_uri(uri, after, objects, tenant)?;
    }
    scopes(after, before)
}

/// Microsoft, "Redirect URI (reply URL) outline and restrictions".
fn redirect_uri(uri: &str) -> Result<(), Refusal> {
    let url = Url::parse(uri).ok();
    let is_good = url.is_some_and(|url| {
        let host = url.host_str().unwrap_or_default();
        url.fragment().is_none() && (url.scheme() != "http" || is_loopback_host(host))
    });
    if !is_good || uri.len() > LONGEST_URI || uri.contains('*') {
        return Err(Refusal::bad(format!("Invalid redirect URI '{uri}'.")));
    }
    Ok(())
}

fn identifier_uri(
    uri: &str,
    own: &Value,
    objects: &Objects,
    tenant: &Tenant,
) -> Result<(), Refusal> {
    let url = Url::parse(uri).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let is_own = uri.starts_with("api://") || tenant.is_called(host);
    if !is_own {
        return Err(Refusal::bad(format!(
            "Values of identifierUris property must use a verified domain of the organization or its \
             subdomain: '{uri}'"
        )));
    }
    let mut others = objects.applications.iter();
    let is_taken = others.any(|other| {
        text(other, "appId") != text(own, "appId")
            && texts(&other["identifierUris"]).any(|known| known == uri)
    });
    if is_taken {
        return Err(Refusal::taken("identifierUris"));
    }
    Ok(())
}

/// A scope that is enabled cannot go away.
fn scopes(after: &Value, before: Option<&Value>) -> Result<(), Refusal> {
    let all = |application: &Value| {
        let scopes = application["api"]["oauth2PermissionScopes"].as_array();
        scopes.cloned().unwrap_or_default()
    };
    let new = all(after);
    for scope in &new {
        if text(scope, "id").is_empty() || text(scope, "value").is_empty() {
            let message = "Permission scopes need an id and a value.";
            return Err(Refusal::bad(message));
        }
        let same = |other: &&Value| {
            text(other, "value") == text(scope, "value") || text(other, "id") == text(scope, "id")
        };
        if new.iter().filter(same).count() > 1 {
            return Err(Refusal::bad(
                "Permission scopes need ids and values of their own.",
            ));
        }
    }
    let old = before.map(all).unwrap_or_default();
    let is_kept = |old: &Value| new.iter().any(|new| text(new, "id") == text(old, "id"));
    match old
        .iter()
        .find(|old| old["isEnabled"] == true && !is_kept(old))
    {
        Some(gone) => Err(Refusal::bad(format!(
            "Permission (scope or role) '{}' cannot be deleted or updated unless disabled first.",
            text(gone, "value")
        ))),
        None => Ok(()),
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_str)
}

const LONGEST_URI: usize = 256;
const KNOWN: [&str; 18] = [
    "id",
    "appId",
    "api",
    "appRoles",
    "description",
    "displayName",
    "identifierUris",
    "isFallbackPublicClient",
    "notes",
    "optionalClaims",
    "passwordCredentials",
    "publicClient",
    "publisherDomain",
    "requiredResourceAccess",
    "signInAudience",
    "spa",
    "tags",
    "web",
];
