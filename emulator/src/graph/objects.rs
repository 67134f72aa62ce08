//! The objects that Graph tells of, beside what the tenant itself knows.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::{
    control::{Misbehaviour, Misbehaviours},
    directory::{Platform, Tenant, derived_guid},
};

/// What is registered in a tenant, as Graph writes it.
#[derive(Debug, Default)]
pub(crate) struct Registrations(Mutex<Objects>);

/// Every list of Graph that is kept here.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) applications: Vec<Value>,
    pub(super) principals: Vec<Value>,
    pub(super) grants: Vec<Value>,
    /// Secrets by application (client) id; the newest one counts.
    pub(super) secrets: Vec<(String, String)>,
    /// The applications whose tenant has to be told.
    pub(super) changed: Vec<String>,
}

impl Registrations {
    pub(super) fn lock(&self) -> MutexGuard<'_, Objects> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what came into the tenant, or went, by another way.
    pub(super) fn look_around(&self, tenant: &Tenant) {
        let mut objects = self.lock();
        let is_there = |app_id: &str| {
            tenant.client(app_id).is_some() || tenant.apis.iter().any(|api| api.client_id == app_id)
        };
        objects
            .applications
            .retain(|known| is_there(text(known, "appId")));
        for client in &tenant.clients {
            let of = |platform| {
                let uris = client.redirect_uris().iter();
                uris.filter(|uri| client.platform(uri) == Some(platform))
                    .collect::<Vec<_>>()
            };
            let document = json!({
                "displayName": format!("client {}", client.client_id()),
                "web": {
                    "redirectUris": of(Platform::Web),
                    "logoutUrl": client.logout_url(),
                    "implicitGrantSettings": {
                        "enableIdTokenIssuance": client.issues_id_tokens,
                        "enableAccessTokenIssuance": client.issues_access_tokens,
                    },
                },
                "spa": { "redirectUris": of(Platform::Spa) },
                "publicClient": { "redirectUris": of(Platform::Native) },
            });
            objects.meet(client.client_id(), document);
        }
        for api in &tenant.apis {
            let scopes = api.scopes.iter().map(|scope| {
                json!({
                    "id": derived_guid(&format!("{}/{scope}", api.app_id_uri)),
                    "value": scope, "type": "Admin", "isEnabled": true,
                    "adminConsentDisplayName": scope, "adminConsentDescription": scope,
                })
            });
            let name = api.app_id_uri.rsplit('/').next().unwrap_or_default();
            let document = json!({
                "displayName": name,
                "identifierUris": [api.app_id_uri],
                "api": { "oauth2PermissionScopes": scopes.collect::<Vec<_>>() },
            });
            objects.meet(&api.client_id, document);
        }
        objects.meet_principal(GRAPH);
    }
}

impl Objects {
    /// The place of an object in a list. With the misbehaviour `replication-delay` it has not arrived
    /// there yet.
    pub(super) fn place(list: &[Value], id: &str) -> Result<usize, Refusal> {
        let place = list.iter().position(|object| text(object, "id") == id);
        let place = place.ok_or_else(|| Refusal::missing(id))?;
        if is_on_its_way() {
            return Err(Refusal::missing(id));
        }
        Ok(place)
    }

    /// An application by its application (client) id.
    pub(super) fn application(&self, app_id: &str) -> Option<&Value> {
        let mut all = self.applications.iter();
        all.find(|known| text(known, "appId") == app_id)
    }

    fn meet(&mut self, app_id: &str, mut document: Value) {
        if self.application(app_id).is_some() {
            return;
        }
        document["id"] = derived_guid(&format!("application/{app_id}")).into();
        document["appId"] = app_id.into();
        self.applications.push(document);
        self.meet_principal(app_id);
    }

    fn meet_principal(&mut self, app_id: &str) {
        let is_known = |known: &Value| text(known, "appId") == app_id;
        if !self.principals.iter().any(is_known) {
            let id = derived_guid(&format!("principal/{app_id}"));
            self.principals.push(json!({ "id": id, "appId": app_id }));
        }
    }
}

/// Has what was created not arrived at the server that is asked?
pub(super) fn is_on_its_way() -> bool {
    Misbehaviours::of_this_request().has(&Misbehaviour::ReplicationDelay)
}

/// A text of an object; empty where there is none.
pub(super) fn text<'a>(object: &'a Value, property: &str) -> &'a str {
    object[property].as_str().unwrap_or_default()
}

/// Microsoft Graph's own application id.
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
