use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::filter::Filter;
use super::refusal::Refusal;
use super::{applications, flows, grants, principals, project};
use crate::{provider::Provider, world::World};

/// A request to Graph, about the directory of one tenant.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a World,
    pub(crate) provider: &'a Arc<Provider>,
    pub(crate) method: &'a str,
    /// The segments after the version, decoded.
    pub(crate) path: Vec<String>,
    /// Whether `/beta` is asked.
    pub(crate) is_beta: bool,
    /// The query parameter `$filter`.
    pub(crate) filter: Option<String>,
    pub(crate) body: String,
}

/// What is answered: a status and a document, which is `null` for none.
pub(super) type Answer = Result<(u16, Value), Refusal>;

impl Call<'_> {
    /// The body, which has to be an object.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        serde_json::from_str(&self.body)
            .map_err(|error| Refusal::bad(format!("Unable to read JSON request payload: {error}")))
    }

    /// The condition of a list.
    pub(super) fn condition(&self) -> Result<Filter, Refusal> {
        Filter::read(self.filter.as_deref())
    }
}

/// Answers a request of somebody who may do everything.
pub(crate) fn answer(call: &Call<'_>) -> (u16, Value) {
    call.provider
        .registrations
        .look_around(&call.provider.tenant);
    route(call).unwrap_or_else(|refusal| (refusal.status, refusal.document()))
}

/// A list, as Graph writes it.
pub(super) fn list(objects: &[Value]) -> (u16, Value) {
    (200, json!({ "value": objects }))
}

fn route(call: &Call<'_>) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let answer = match (call.method, path.as_slice()) {
        ("GET", ["organization"]) => Ok(organization(call)),
        ("GET", ["applications"]) => applications::find(call),
        ("GET", ["applications", id]) => applications::get(call, id),
        ("POST", ["applications"]) => applications::create(call),
        ("PATCH", ["applications", id]) => applications::change(call, id),
        ("DELETE", ["applications", id]) => applications::delete(call, id),
        ("POST", ["applications", id, "addPassword"]) => applications::add_password(call, id),
        ("GET", ["servicePrincipals"]) => principals::find(call),
        ("POST", ["servicePrincipals"]) => principals::create(call),
        ("GET", ["oauth2PermissionGrants"]) => grants::find(call),
        ("POST", ["oauth2PermissionGrants"]) => grants::create(call),
        ("PATCH", ["oauth2PermissionGrants", id]) => grants::change(call, id),
        ("GET", ["identity", "b2cUserFlows"]) => flows::find(call),
        ("GET", ["identity", "b2cUserFlows", id]) => flows::get(call, id),
        ("POST", ["identity", "b2cUserFlows"]) => flows::create(call),
        ("GET", ["identity", "authenticationEventsFlows"]) => flows::find_events(call),
        (
            method @ ("GET" | "POST"),
            [
                "identity",
                "authenticationEventsFlows",
                id,
                "conditions",
                "applications",
                "includeApplications",
            ],
        ) => flows::applications(call, method, id),
        (_, []) => Err(Refusal::no_segment("")),
        (_, [first, ..]) => Err(Refusal::no_segment(first)),
    }?;
    if call.method != "GET" {
        project::apply(call);
    }
    Ok(answer)
}

/// The tenant that a token is for.
fn organization(call: &Call<'_>) -> (u16, Value) {
    let tenant = &call.provider.tenant;
    let domains = std::iter::once(&tenant.name)
        .chain(&tenant.verified_domains)
        .chain(&tenant.custom_domains)
        .map(|name| json!({ "name": name, "isInitial": *name == tenant.name }));
    list(&[json!({
        "id": tenant.id,
        "verifiedDomains": domains.collect::<Vec<_>>(),
    })])
}
