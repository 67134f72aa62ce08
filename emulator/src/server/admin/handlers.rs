//! The operations, as requests order them.
#![expect(
    clippy::unnecessary_wraps,
    reason = "every handler has the type of the table of routes"
)]

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::routes::{Answer, Call};
use crate::{
    control::{Forgery, Misbehaviour},
    directory::Attribute,
    jwt::forge,
    operation::{MisbehaviourEntry, OperationError},
    protocol::key_set,
    server::{deliver, end_sessions as end},
};

type Result = std::result::Result<Answer, OperationError>;

pub(super) fn open_api(_: &Call<'_>) -> Result {
    Ok(Answer::Text("application/json", OPEN_API.to_owned()))
}

pub(super) fn list_users(call: &Call<'_>) -> Result {
    ok(&call.world.users(call.tenant())?)
}

pub(super) fn add_user(call: &Call<'_>) -> Result {
    created(&call.world.add_user(call.tenant(), call.read()?)?)
}

pub(super) fn change_user(call: &Call<'_>) -> Result {
    let changes: Map<String, Value> = call.read()?;
    ok(&call.world.change_user(call.tenant(), &call.id, &changes)?)
}

pub(super) fn delete_user(call: &Call<'_>) -> Result {
    call.world.delete_user(call.tenant(), &call.id)?;
    Ok(Answer::Nothing)
}

/// The applications are told while the caller goes on; `/logout-notices` has what became of it.
pub(super) fn end_sessions(call: &Call<'_>) -> Result {
    let object_id = call.world.user(call.tenant(), &call.id)?.object_id;
    let provider = call.world.provider_of(call.tenant())?;
    let (_, letters) = end(&object_id, &provider);
    tokio::spawn(async move { deliver(letters, &provider).await });
    Ok(Answer::Nothing)
}

pub(super) fn list_clients(call: &Call<'_>) -> Result {
    ok(&call.world.clients(call.tenant())?)
}

pub(super) fn add_client(call: &Call<'_>) -> Result {
    created(&call.world.add_client(call.tenant(), call.read()?)?)
}

pub(super) fn change_client(call: &Call<'_>) -> Result {
    let changes: Map<String, Value> = call.read()?;
    ok(&call
        .world
        .change_client(call.tenant(), &call.id, &changes)?)
}

pub(super) fn delete_client(call: &Call<'_>) -> Result {
    call.world.delete_client(call.tenant(), &call.id)?;
    Ok(Answer::Nothing)
}

pub(super) fn list_attributes(call: &Call<'_>) -> Result {
    ok(&call.world.attributes(call.tenant())?)
}

pub(super) fn add_attribute(call: &Call<'_>) -> Result {
    let Attribute { name, kind } = call.read()?;
    created(&call.world.add_attribute(call.tenant(), &name, kind)?)
}

pub(super) fn delete_attribute(call: &Call<'_>) -> Result {
    call.world.delete_attribute(call.tenant(), &call.id)?;
    Ok(Answer::Nothing)
}

pub(super) fn forge_token(call: &Call<'_>) -> Result {
    let forgery: Forgery = call.read()?;
    let token = forge(&forgery, &*call.world.provider_of(call.tenant())?)?;
    created(&json!({ "token": token }))
}

pub(super) fn read_clock(call: &Call<'_>) -> Result {
    ok(&call.world.clock())
}

pub(super) fn change_clock(call: &Call<'_>) -> Result {
    ok(&call.world.change_clock(call.read()?)?)
}

pub(super) fn list_keys(call: &Call<'_>) -> Result {
    let keys = call.world.provider_of(call.tenant())?.keys.public_keys();
    ok(&key_set(&keys))
}

pub(super) fn rotate_key(call: &Call<'_>) -> Result {
    #[derive(Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Rotation {
        without_grace: bool,
    }
    let rotation = match call.body.as_str() {
        "" => Rotation::default(),
        _ => call.read()?,
    };
    call.world.rotate_key(!rotation.without_grace);
    list_keys(call)
}

pub(super) fn drop_old_keys(call: &Call<'_>) -> Result {
    call.world.drop_old_keys();
    list_keys(call)
}

pub(super) fn list_misbehaviours(call: &Call<'_>) -> Result {
    ok(&call.world.misbehaviours_in(call.tenant())?)
}

pub(super) fn misbehave(call: &Call<'_>) -> Result {
    let mut entry: MisbehaviourEntry = call.read()?;
    entry.tenant = entry.tenant.or_else(|| call.tenant.clone());
    created(&call.world.misbehave(entry)?)
}

pub(super) fn behave(call: &Call<'_>) -> Result {
    call.world.behave(call.tenant())?;
    Ok(Answer::Nothing)
}

pub(super) fn end_misbehaviour(call: &Call<'_>) -> Result {
    let id = call.id.parse();
    call.world
        .end_misbehaviour(id.map_err(|_| OperationError::NotFound("misbehaviour"))?)?;
    Ok(Answer::Nothing)
}

pub(super) fn list_misbehaviour_names(_: &Call<'_>) -> Result {
    ok(&Misbehaviour::names().collect::<Vec<_>>())
}

pub(super) fn audit(call: &Call<'_>) -> Result {
    ok(&call.world.provider().log.audit())
}

pub(super) fn audit_page(call: &Call<'_>) -> Result {
    let provider = call.world.provider();
    Ok(Answer::Page(provider.pages.audit(&provider)))
}

pub(super) fn logout_notices(call: &Call<'_>) -> Result {
    ok(&call.world.provider().log.notices())
}

pub(super) fn requests(call: &Call<'_>) -> Result {
    ok(&call.world.provider().log.all())
}

pub(super) fn export(call: &Call<'_>) -> Result {
    let seed = match call.tenant() {
        Some(tenant) => call.world.export_tenant(tenant)?,
        None => call.world.export(),
    };
    Ok(Answer::Text("application/toml", seed))
}

pub(super) fn import(call: &Call<'_>) -> Result {
    if let Some(tenant) = call.tenant() {
        call.world.import_tenant(tenant, &call.body)?;
        return Ok(Answer::Nothing);
    }
    match call.world.import(&call.body) {
        Ok(()) => Ok(Answer::Nothing),
        Err(problem) => Err(OperationError::Invalid(problem.to_string())),
    }
}

pub(super) fn reset(call: &Call<'_>) -> Result {
    call.world.reset();
    Ok(Answer::Nothing)
}

fn ok(document: &impl Serialize) -> Result {
    Ok(Answer::Json(
        StatusCode::OK,
        serde_json::to_value(document)?,
    ))
}

fn created(document: &impl Serialize) -> Result {
    Ok(Answer::Json(
        StatusCode::CREATED,
        serde_json::to_value(document)?,
    ))
}

/// The API's own description.
pub(super) const OPEN_API: &str = include_str!("../../../openapi.json");
