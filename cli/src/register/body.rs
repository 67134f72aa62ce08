//! What Graph is sent: registrations and their differences
//! ([application](https://learn.microsoft.com/graph/api/resources/application)).

use serde_json::{Map, Value, json};

use super::wanted::Wanted;
use crate::digest::sha256;
use crate::guid::is_guid;
use crate::tenant::Kind;

/// A permission that the app asks for: the API's application id and the ids of its scopes.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) app_id: String,
    pub(super) scopes: Vec<String>,
}

/// Adds a permission to others: to those at the same API, if there are any.
pub(super) fn join(accesses: &mut Vec<Access>, access: Access) {
    match accesses.iter_mut().find(|it| it.app_id == access.app_id) {
        Some(known) => known.scopes.extend(access.scopes),
        None => accesses.push(access),
    }
}

/// The registration of the app, where there is none yet.
pub(super) fn application(wanted: &Wanted, domain: &str, accesses: &[Access]) -> Value {
    let mut document = json!({
        "displayName": wanted.name,
        "signInAudience": audience(wanted.kind),
        "tags": [wanted.tag],
        "api": { "requestedAccessTokenVersion": 2 },
        "web": {
            "redirectUris": wanted.redirect_uris,
            "implicitGrantSettings": {
                "enableIdTokenIssuance": wanted.id_tokens,
                "enableAccessTokenIssuance": false,
            },
        },
        "requiredResourceAccess": accesses.iter().map(required).collect::<Vec<_>>(),
    });
    if let Some(url) = &wanted.logout_url {
        document["web"]["logoutUrl"] = url.as_str().into();
    }
    if let Some(uri) = own_uri(wanted, domain) {
        document["api"]["oauth2PermissionScopes"] = scopes(&uri, &wanted.exposes);
        document["identifierUris"] = json!([uri]);
    }
    document
}

/// The registration of an API that the app calls.
pub(super) fn api(uri: &str, wanted_scopes: &[String], kind: Kind) -> Value {
    json!({
        "displayName": uri.rsplit('/').next().unwrap_or(uri),
        "signInAudience": audience(kind),
        "identifierUris": [uri],
        "api": {
            "requestedAccessTokenVersion": 2,
            "oauth2PermissionScopes": scopes(uri, wanted_scopes),
        },
    })
}

/// What has to change in a registration that is there; `None` for nothing. Nothing is taken away.
pub(super) fn difference(
    present: &Value,
    wanted: &Wanted,
    domain: &str,
    accesses: &[Access],
) -> Option<Value> {
    let mut patch = Map::new();
    let mut web = Map::new();
    if let Some(uris) = with(&present["web"]["redirectUris"], &wanted.redirect_uris) {
        web.insert("redirectUris".to_owned(), uris);
    }
    if let Some(url) = &wanted.logout_url
        && present["web"]["logoutUrl"] != url.as_str()
    {
        web.insert("logoutUrl".to_owned(), url.as_str().into());
    }
    if wanted.id_tokens && present["web"]["implicitGrantSettings"]["enableIdTokenIssuance"] != true
    {
        let settings = json!({ "enableIdTokenIssuance": true });
        web.insert("implicitGrantSettings".to_owned(), settings);
    }
    if !web.is_empty() {
        patch.insert("web".to_owned(), web.into());
    }
    if let Some(tags) = with(&present["tags"], std::slice::from_ref(&wanted.tag)) {
        patch.insert("tags".to_owned(), tags);
    }
    if let Some(uri) = own_uri(wanted, domain) {
        if let Some(uris) = with(&present["identifierUris"], std::slice::from_ref(&uri)) {
            patch.insert("identifierUris".to_owned(), uris);
        }
        if let Some(scopes) = missing_scopes(present, &uri, &wanted.exposes) {
            patch.insert(
                "api".to_owned(),
                json!({ "oauth2PermissionScopes": scopes }),
            );
        }
    }
    if wanted.kind == Kind::B2c {
        let is_set = present["api"]["requestedAccessTokenVersion"] == 2;
        if !is_set {
            let api = patch.entry("api").or_insert_with(|| json!({}));
            api["requestedAccessTokenVersion"] = 2.into();
        }
        if present["signInAudience"] != audience(wanted.kind) {
            patch.insert("signInAudience".to_owned(), audience(wanted.kind).into());
        }
    }
    if let Some(required) = with_accesses(&present["requiredResourceAccess"], accesses) {
        patch.insert("requiredResourceAccess".to_owned(), required);
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// The scopes of an API with those that it lacks; `None` if it lacks none.
pub(super) fn missing_scopes(present: &Value, uri: &str, wanted: &[String]) -> Option<Value> {
    let known = present["api"]["oauth2PermissionScopes"].as_array();
    let mut all = known.cloned().unwrap_or_default();
    let has = |name: &String| known.into_iter().flatten().any(|it| it["value"] == **name);
    let missing: Vec<_> = wanted.iter().filter(|name| !has(name)).cloned().collect();
    if missing.is_empty() {
        return None;
    }
    let new = scopes(uri, &missing);
    all.extend(new.as_array().cloned().unwrap_or_default());
    Some(Value::Array(all))
}

/// The ids of these scopes at an API.
pub(super) fn scope_ids(api: &Value, names: &[String]) -> Vec<String> {
    let all = api["api"]["oauth2PermissionScopes"].as_array();
    let is_wanted = |it: &&Value| names.iter().any(|name| it["value"] == **name);
    let wanted = all.into_iter().flatten().filter(is_wanted);
    wanted
        .filter_map(|it| it["id"].as_str().map(str::to_owned))
        .collect()
}

/// A user flow, in the version that Microsoft recommends.
pub(super) fn user_flow(name: &str, kind: &str) -> Value {
    json!({ "id": bare(name), "userFlowType": kind, "userFlowTypeVersion": 3 })
}

/// The name of a user flow without the prefix that the service adds.
pub(super) fn bare(name: &str) -> &str {
    match name.get(..PREFIX.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(PREFIX) => &name[PREFIX.len()..],
        _ => name,
    }
}

/// The App ID URI of an app that exposes scopes itself; outside of B2C it is made of the application's
/// id, which is not known before.
fn own_uri(wanted: &Wanted, domain: &str) -> Option<String> {
    let uri = match wanted.kind {
        // Only the domains of the tenant can be in it, and this is its id.
        Kind::B2c if is_guid(domain) => return None,
        Kind::B2c => format!("https://{domain}/{}", wanted.name),
        _ => format!("api://{}", wanted.client_id.as_ref()?),
    };
    (!wanted.exposes.is_empty()).then_some(uri)
}

fn audience(kind: Kind) -> &'static str {
    match kind {
        Kind::B2c => "AzureADandPersonalMicrosoftAccount",
        _ => "AzureADMyOrg",
    }
}

fn required(access: &Access) -> Value {
    let scopes = access.scopes.iter();
    let scopes: Vec<_> = scopes
        .map(|id| json!({ "id": id, "type": "Scope" }))
        .collect();
    json!({ "resourceAppId": access.app_id, "resourceAccess": scopes })
}

fn scopes(uri: &str, names: &[String]) -> Value {
    let scopes = names.iter().map(|name| {
        json!({
            "id": guid(&format!("{uri}/{name}")),
            "value": name,
            "type": "Admin",
            "isEnabled": true,
            "adminConsentDisplayName": name,
            "adminConsentDescription": format!("{name} of the signed-in user"),
        })
    });
    scopes.collect()
}

/// A list with what it lacks; `None` if it lacks nothing.
fn with(present: &Value, wanted: &[String]) -> Option<Value> {
    let known = present.as_array().cloned().unwrap_or_default();
    let missing = wanted
        .iter()
        .filter(|text| !known.iter().any(|it| *it == ***text));
    let missing: Vec<Value> = missing.map(|text| text.as_str().into()).collect();
    (!missing.is_empty()).then(|| Value::Array([known.clone(), missing].concat()))
}

fn with_accesses(present: &Value, accesses: &[Access]) -> Option<Value> {
    let mut all = present.as_array().cloned().unwrap_or_default();
    let before = all.clone();
    for access in accesses {
        let new = required(access);
        let place = all
            .iter()
            .position(|it| it["resourceAppId"] == *access.app_id);
        let Some(place) = place else {
            all.push(new);
            continue;
        };
        let known = all[place]["resourceAccess"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let wanted = new["resourceAccess"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let missing = wanted
            .into_iter()
            .filter(|it| !known.iter().any(|old| old["id"] == it["id"]));
        let missing: Vec<_> = missing.collect();
        all[place]["resourceAccess"] = [known, missing].concat().into();
    }
    (all != before).then_some(Value::Array(all))
}

/// The same id for the same scope, so that it can be shown before it is made.
fn guid(text: &str) -> String {
    let digest = sha256(text.as_bytes());
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    // Version 8 of RFC 9562, whose content is the application's own.
    format!(
        "{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

const PREFIX: &str = "B2C_1_";
