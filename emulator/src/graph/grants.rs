//! Delegated permissions that an administrator has granted
//! ([resource](https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant)).

use serde_json::{Value, json};

use super::call::{Answer, Call, list};
use super::objects::{Objects, text};
use super::refusal::Refusal;
use crate::random;

pub(super) fn find(call: &Call<'_>) -> Answer {
    let condition = call.condition()?;
    let objects = call.provider.registrations.lock();
    let found = objects.grants.iter();
    let found: Vec<_> = found.filter(|it| condition.takes(it)).cloned().collect();
    Ok(list(&found))
}

pub(super) fn create(call: &Call<'_>) -> Answer {
    let wanted = Value::Object(call.object()?);
    let [client, resource] = ["clientId", "resourceId"].map(|key| text(&wanted, key));
    if text(&wanted, "consentType") != "AllPrincipals" {
        return Err(Refusal::bad("consentType is not AllPrincipals."));
    }
    let mut objects = call.provider.registrations.lock();
    let place = Objects::place(&objects.principals, client)?;
    Objects::place(&objects.principals, resource)?;
    let is_same = |it: &Value| text(it, "clientId") == client && text(it, "resourceId") == resource;
    if objects.grants.iter().any(is_same) {
        return Err(Refusal::taken("clientId"));
    }
    let app_id = text(&objects.principals[place], "appId").to_owned();
    let grant = json!({
        "id": random::token(),
        "clientId": client,
        "consentType": "AllPrincipals",
        "resourceId": resource,
        "scope": text(&wanted, "scope"),
    });
    objects.grants.push(grant.clone());
    objects.changed.push(app_id);
    Ok((201, grant))
}

pub(super) fn change(call: &Call<'_>, id: &str) -> Answer {
    let wanted = call.object()?;
    let mut objects = call.provider.registrations.lock();
    let place = Objects::place(&objects.grants, id)?;
    if let Some(scope) = wanted.get("scope") {
        objects.grants[place]["scope"] = scope.clone();
    }
    let client = text(&objects.grants[place], "clientId").to_owned();
    let principal = objects
        .principals
        .iter()
        .find(|it| text(it, "id") == client);
    let app_id = principal.map(|it| text(it, "appId").to_owned());
    objects.changed.extend(app_id);
    Ok((204, Value::Null))
}
