//! Service principals: what an application is in a tenant.

use serde_json::json;

use super::call::{Answer, Call, list};
use super::objects::{is_on_its_way, text};
use super::refusal::Refusal;
use crate::random;

pub(super) fn find(call: &Call<'_>) -> Answer {
    let condition = call.condition()?;
    let objects = call.provider.registrations.lock();
    let found = objects.principals.iter();
    let found: Vec<_> = found.filter(|it| condition.takes(it)).cloned().collect();
    Ok(list(&found))
}

pub(super) fn create(call: &Call<'_>) -> Answer {
    let wanted = call.object()?;
    let app_id = wanted.get("appId").and_then(|id| id.as_str());
    let app_id = app_id.unwrap_or_default();
    let mut objects = call.provider.registrations.lock();
    if objects.application(app_id).is_none() || is_on_its_way() {
        return Err(Refusal::no_application(app_id));
    }
    if objects
        .principals
        .iter()
        .any(|it| text(it, "appId") == app_id)
    {
        return Err(Refusal::taken("servicePrincipalNames"));
    }
    let principal = json!({ "id": random::guid(), "appId": app_id });
    objects.principals.push(principal.clone());
    Ok((201, principal))
}
