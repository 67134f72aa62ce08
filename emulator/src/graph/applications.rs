//! Applications ([resource](https://learn.microsoft.com/graph/api/resources/application)).

use serde_json::{Value, json};

use super::call::{Answer, Call, list};
use super::objects::{Objects, text};
use super::refusal::Refusal;
use super::rules;
use crate::{clock::timestamp, random};

pub(super) fn find(call: &Call<'_>) -> Answer {
    let condition = call.condition()?;
    let objects = call.provider.registrations.lock();
    let found = objects.applications.iter();
    let found: Vec<_> = found.filter(|it| condition.takes(it)).cloned().collect();
    Ok(list(&found))
}

pub(super) fn get(call: &Call<'_>, id: &str) -> Answer {
    let objects = call.provider.registrations.lock();
    let place = Objects::place(&objects.applications, id)?;
    Ok((200, objects.applications[place].clone()))
}

pub(super) fn create(call: &Call<'_>) -> Answer {
    let mut document = Value::Object(call.object()?);
    if !document["passwordCredentials"].is_null() {
        let message = "passwordCredentials cannot be set; addPassword makes one.";
        return Err(Refusal::bad(message));
    }
    if text(&document, "displayName").is_empty() {
        return Err(Refusal::bad("displayName is empty."));
    }
    let mut objects = call.provider.registrations.lock();
    rules::check(&document, None, &objects, &call.provider.tenant)?;
    let app_id = random::guid();
    document["id"] = random::guid().into();
    document["appId"] = app_id.clone().into();
    document["publisherDomain"] = call.provider.tenant.name.clone().into();
    document["passwordCredentials"] = json!([]);
    objects.applications.push(document.clone());
    objects.changed.push(app_id);
    Ok((201, document))
}

/// Complex members are replaced as far as they are named, lists as a whole.
pub(super) fn change(call: &Call<'_>, id: &str) -> Answer {
    let patch = Value::Object(call.object()?);
    let mut objects = call.provider.registrations.lock();
    let place = Objects::place(&objects.applications, id)?;
    let before = objects.applications[place].clone();
    let mut after = before.clone();
    merge(&mut after, &patch);
    rules::check(&after, Some(&before), &objects, &call.provider.tenant)?;
    objects.changed.push(text(&after, "appId").to_owned());
    objects.applications[place] = after;
    Ok((204, Value::Null))
}

pub(super) fn delete(call: &Call<'_>, id: &str) -> Answer {
    let mut objects = call.provider.registrations.lock();
    let place = Objects::place(&objects.applications, id)?;
    let gone = objects.applications.remove(place);
    let app_id = text(&gone, "appId").to_owned();
    objects
        .principals
        .retain(|known| text(known, "appId") != app_id);
    objects.changed.push(app_id);
    Ok((204, Value::Null))
}

/// The only answer that has the secret.
pub(super) fn add_password(call: &Call<'_>, id: &str) -> Answer {
    let wanted = call.object()?;
    let wanted = wanted
        .get("passwordCredential")
        .cloned()
        .unwrap_or(Value::Null);
    let mut objects = call.provider.registrations.lock();
    let place = Objects::place(&objects.applications, id)?;
    let secret = random::token();
    // "The default value is startDateTime + 2 years" (Microsoft Graph, application: addPassword).
    let now = call.provider.clock.now();
    let given = |key: &str, default: i64| match wanted[key].as_str() {
        Some(instant) => instant.to_owned(),
        None => timestamp(default).replace(' ', "T"),
    };
    let mut credential = json!({
        "keyId": random::guid(),
        "displayName": wanted["displayName"],
        "startDateTime": given("startDateTime", now),
        "endDateTime": given("endDateTime", now + 2 * 365 * 24 * 60 * 60),
        "hint": &secret[..3],
    });
    let application = &mut objects.applications[place];
    let app_id = text(application, "appId").to_owned();
    match application["passwordCredentials"].as_array_mut() {
        Some(credentials) => credentials.push(credential.clone()),
        None => application["passwordCredentials"] = json!([credential]),
    }
    objects.secrets.retain(|(known, _)| *known != app_id);
    objects.secrets.push((app_id.clone(), secret.clone()));
    objects.changed.push(app_id);
    credential["secretText"] = secret.into();
    Ok((200, credential))
}

fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}
