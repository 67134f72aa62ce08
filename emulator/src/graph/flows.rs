//! User flows: B2C's, in the beta, and those of External ID.

use serde_json::{Value, json};

use super::call::{Answer, Call, list};
use super::objects::text;
use super::refusal::Refusal;
use crate::directory::{TenantKind, UserFlow, UserFlowKind, derived_guid};

/// B2C's ([resource](https://learn.microsoft.com/graph/api/resources/b2cidentityuserflow)).
pub(super) fn find(call: &Call<'_>) -> Answer {
    refuse_unless_b2c(call)?;
    let flows = call.provider.tenant.user_flows.iter();
    Ok(list(&flows.map(b2c_flow).collect::<Vec<_>>()))
}

pub(super) fn get(call: &Call<'_>, id: &str) -> Answer {
    refuse_unless_b2c(call)?;
    let flow = call.provider.tenant.user_flow(id);
    let flow = flow.ok_or_else(|| Refusal::missing(id))?;
    Ok((200, b2c_flow(flow)))
}

pub(super) fn create(call: &Call<'_>) -> Answer {
    refuse_unless_b2c(call)?;
    let wanted = Value::Object(call.object()?);
    let kind = kind_named(text(&wanted, "userFlowType"))
        .ok_or_else(|| Refusal::bad("Invalid value for userFlowType."))?;
    if !wanted["userFlowTypeVersion"].is_number() {
        return Err(Refusal::bad("Invalid value for userFlowTypeVersion."));
    }
    let id = text(&wanted, "id");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if id.is_empty() || !id.chars().all(is_word) {
        return Err(Refusal::bad("Invalid value for id."));
    }
    let name = match id.get(..PREFIX.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(PREFIX) => id.to_owned(),
        _ => format!("{PREFIX}{id}"),
    };
    let mut tenant = call.provider.tenant.clone();
    if tenant.user_flow(&name).is_some() {
        return Err(Refusal::taken("id"));
    }
    let flow = UserFlow::new(name, kind);
    let document = b2c_flow(&flow);
    tenant.user_flows.push(flow);
    call.world.replace_tenant(call.provider, tenant);
    Ok((201, document))
}

/// External ID's.
pub(super) fn find_events(call: &Call<'_>) -> Answer {
    let condition = call.condition()?;
    let flows = call.provider.tenant.user_flows.iter().map(|flow| {
        json!({
            "@odata.type": "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow",
            "id": event_flow_id(flow),
            "displayName": flow.name(),
        })
    });
    let found: Vec<_> = flows.filter(|flow| condition.takes(flow)).collect();
    Ok(list(&found))
}

/// The applications of a flow of External ID; an application has one flow.
pub(super) fn applications(call: &Call<'_>, method: &str, id: &str) -> Answer {
    if call.provider.tenant.kind != TenantKind::ExternalId {
        return Err(Refusal::no_segment("authenticationEventsFlows"));
    }
    let mut tenant = call.provider.tenant.clone();
    let flow = tenant.user_flows.iter().find(|it| event_flow_id(it) == id);
    let flow = flow.ok_or_else(|| Refusal::missing(id))?.name().to_owned();
    if method == "GET" {
        let linked = tenant.links.iter().filter(|(_, linked)| *linked == flow);
        let linked: Vec<_> = linked
            .map(|(app_id, _)| json!({ "appId": app_id }))
            .collect();
        return Ok(list(&linked));
    }
    let wanted = Value::Object(call.object()?);
    let app_id = text(&wanted, "appId").to_owned();
    if tenant.client(&app_id).is_none() {
        return Err(Refusal::missing(&app_id));
    }
    if tenant.links.iter().any(|(linked, _)| *linked == app_id) {
        return Err(Refusal::bad(
            "The application is linked to a user flow already.",
        ));
    }
    tenant.links.push((app_id.clone(), flow));
    call.world.replace_tenant(call.provider, tenant);
    Ok((201, json!({ "appId": app_id })))
}

fn refuse_unless_b2c(call: &Call<'_>) -> Result<(), Refusal> {
    if call.is_beta && call.provider.tenant.kind.is_b2c() {
        Ok(())
    } else {
        Err(Refusal::no_segment("b2cUserFlows"))
    }
}

fn b2c_flow(flow: &UserFlow) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.b2cIdentityUserFlow",
        "id": flow.name(),
        "userFlowType": name_of(flow.kind()),
        "userFlowTypeVersion": 3,
    })
}

fn event_flow_id(flow: &UserFlow) -> String {
    derived_guid(&format!("event flow/{}", flow.name()))
}

fn kind_named(name: &str) -> Option<UserFlowKind> {
    KINDS
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(kind, _)| *kind)
}

fn name_of(kind: UserFlowKind) -> &'static str {
    let known = KINDS.iter().find(|(known, _)| *known == kind);
    known.map_or("unknownFutureValue", |(_, name)| name)
}

const PREFIX: &str = "B2C_1_";
const KINDS: [(UserFlowKind, &str); 5] = [
    (UserFlowKind::SignUpOrSignIn, "signUpOrSignIn"),
    (UserFlowKind::SignIn, "signIn"),
    (UserFlowKind::ProfileEditing, "profileUpdate"),
    (UserFlowKind::PasswordReset, "passwordReset"),
    (UserFlowKind::ResourceOwner, "resourceOwner"),
];
