//! Lets the tenant know what was registered.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::objects::{GRAPH, Objects, text};
use crate::directory::{Api, Client, Tenant};

/// Brings the applications that a request has changed into the tenant.
pub(super) fn apply(call: &Call<'_>) {
    let mut objects = call.provider.registrations.lock();
    if objects.changed.is_empty() {
        return;
    }
    let mut tenant = call.provider.tenant.clone();
    for app_id in std::mem::take(&mut objects.changed) {
        match objects.application(&app_id) {
            Some(application) => {
                expose(&mut tenant, application);
                register(&mut tenant, application, &objects);
            }
            None => {
                tenant.clients.retain(|it| it.client_id() != app_id);
                tenant.apis.retain(|it| it.client_id != app_id);
            }
        }
    }
    call.world.replace_tenant(call.provider, tenant);
}

fn expose(tenant: &mut Tenant, application: &Value) {
    let app_id = text(application, "appId");
    tenant.apis.retain(|api| api.client_id != app_id);
    let scopes = application["api"]["oauth2PermissionScopes"].as_array();
    let scopes = scopes.into_iter().flatten();
    let enabled = scopes.filter(|scope| scope["isEnabled"] == true);
    let scopes: Vec<_> = enabled.map(|it| text(it, "value").to_owned()).collect();
    if let Some(uri) = application["identifierUris"][0].as_str() {
        tenant.apis.push(Api {
            client_id: app_id.to_owned(),
            app_id_uri: uri.to_owned(),
            scopes,
        });
    }
}

/// What Graph does not tell of stays as the registration has it.
fn register(tenant: &mut Tenant, application: &Value, objects: &Objects) {
    let app_id = text(application, "appId");
    let known = tenant
        .clients
        .iter_mut()
        .find(|it| it.client_id() == app_id);
    let before = known.as_deref().cloned();
    let new = || {
        Client::new(app_id, "")
            .granted_scopes(NONE)
            .without_openid()
    };
    let before = before.unwrap_or_else(new);
    let Ok(Value::Object(mut members)) = serde_json::to_value(&before) else {
        return;
    };
    members.extend(patch(application, objects, tenant.kind.is_b2c()));
    if let Ok(client) = serde_json::from_value::<Client>(Value::Object(members)) {
        let known = tenant
            .clients
            .iter_mut()
            .find(|it| it.client_id() == app_id);
        match known {
            Some(known) => *known = client,
            None => tenant.clients.push(client),
        }
    }
}

fn patch(application: &Value, objects: &Objects, is_b2c: bool) -> Map<String, Value> {
    let mut uris: Vec<&Value> = Vec::new();
    let mut platforms = Vec::new();
    for (platform, name) in [("web", "web"), ("spa", "spa"), ("publicClient", "native")] {
        let of = application[platform]["redirectUris"].as_array();
        for uri in of.into_iter().flatten() {
            uris.push(uri);
            platforms.push(name);
        }
    }
    let app_id = text(application, "appId");
    let implicit = &application["web"]["implicitGrantSettings"];
    let audience = text(application, "signInAudience");
    let mut patch = Map::new();
    let mut note = |key: &str, value: Value| drop(patch.insert(key.to_owned(), value));
    note("redirect_uris", json!(uris));
    note("platforms", json!(platforms));
    note(
        "front_channel_logout_url",
        application["web"]["logoutUrl"].clone(),
    );
    note(
        "issues_id_tokens",
        (implicit["enableIdTokenIssuance"] == true).into(),
    );
    note(
        "issues_access_tokens",
        (implicit["enableAccessTokenIssuance"] == true).into(),
    );
    if !audience.is_empty() {
        let is_for_all = audience == "AzureADandPersonalMicrosoftAccount";
        note("is_for_entra_only", (is_b2c && !is_for_all).into());
        let is_multi_tenant = !is_b2c && audience != "AzureADMyOrg";
        note("is_multi_tenant", is_multi_tenant.into());
    }
    if let Some((_, secret)) = objects.secrets.iter().find(|(known, _)| known == app_id) {
        note("client_secret", secret.as_str().into());
    }
    if let Some((scopes, has_openid)) = consent(app_id, objects) {
        note("granted_scopes", json!(scopes));
        note("lacks_openid", (!has_openid).into());
    }
    patch
}

/// The scopes of APIs that were granted, and whether `openid` was; `None` where nobody has granted
/// anything.
fn consent(app_id: &str, objects: &Objects) -> Option<(Vec<String>, bool)> {
    let id_of = |app_id: &str| {
        let mut all = objects.principals.iter();
        all.find(|it| text(it, "appId") == app_id)
            .map(|it| text(it, "id"))
    };
    let (own, graph) = (id_of(app_id)?, id_of(GRAPH));
    let grants = objects.grants.iter();
    let (mut scopes, mut has_openid, mut is_any) = (Vec::new(), false, false);
    for grant in grants.filter(|it| text(it, "clientId") == own) {
        is_any = true;
        let granted = text(grant, "scope").split_ascii_whitespace();
        if Some(text(grant, "resourceId")) == graph {
            has_openid |= granted.into_iter().any(|scope| scope == "openid");
        } else {
            scopes.extend(granted.map(str::to_owned));
        }
    }
    is_any.then_some((scopes, has_openid))
}

const NONE: [&str; 0] = [];
