//! Orders to an emulator that runs.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{
    arguments::{Admin, Export, Import, Scenario, Token, UserCommand, Users},
    client::send,
    say,
};
use crate::{Misbehaviour, seed::replace_file};

pub(super) fn token(order: &Token) -> Result<(), String> {
    let kind = match (order.access, order.logout) {
        (true, _) => "access",
        (false, true) => "logout",
        (false, false) => "id",
    };
    let mut forgery = json!({
        "type": kind,
        "claims": attributes(&order.claims)?,
        "without": order.without,
        "alg": order.alg,
        "bad_signature": order.bad_signature,
        "user": order.user,
        "client_id": order.client,
        "user_flow": order.user_flow,
        "expires_in": order.expires_in,
    });
    if !order.scopes.is_empty() {
        forgery["scopes"] = json!(order.scopes);
    }
    let path = in_tenant("/tokens", order.tenant.as_deref());
    let answer = send(&order.admin, "POST", &path, &forgery.to_string())?;
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    say(answer["token"].as_str().unwrap_or_default());
    Ok(())
}

pub(super) fn users(order: &Users) -> Result<(), String> {
    let admin = &order.admin;
    let to = |path: &str| in_tenant(path, order.tenant.as_deref());
    match order.command.as_ref().unwrap_or(&UserCommand::List) {
        UserCommand::List => show(&send(admin, "GET", &to("/users"), "")?),
        UserCommand::Add {
            sign_in_name,
            attributes: given,
        } => {
            let mut user = members(given)?;
            user.insert("sign_in_name".to_owned(), sign_in_name.as_str().into());
            user.entry("password").or_insert_with(|| "Passw0rd!".into());
            show(&send(
                admin,
                "POST",
                &to("/users"),
                &Value::Object(user).to_string(),
            )?);
        }
        UserCommand::Change {
            user,
            attributes: given,
        } => {
            let changes = Value::Object(members(given)?).to_string();
            show(&send(admin, "PATCH", &to(&path_of(user)), &changes)?);
        }
        UserCommand::Delete { user } => {
            send(admin, "DELETE", &to(&path_of(user)), "")?;
        }
    }
    Ok(())
}

pub(super) fn export(order: &Export) -> Result<(), String> {
    let path = in_tenant("/state", order.tenant.as_deref());
    let seed = send(&order.admin, "GET", &path, "")?;
    if is_standard(&order.file) {
        say(&seed);
        return Ok(());
    }
    replace_file(&order.file, &seed).map_err(|error| format!("{}: {error}", order.file.display()))
}

pub(super) fn import(order: &Import) -> Result<(), String> {
    let file = &order.file;
    let seed = if is_standard(file) {
        let mut seed = String::new();
        io::stdin().read_to_string(&mut seed).map(|_| seed)
    } else {
        fs::read_to_string(file)
    };
    let seed = seed.map_err(|error| format!("{}: {error}", file.display()))?;
    let path = in_tenant("/state", order.tenant.as_deref());
    send(&order.admin, "PUT", &path, &seed)
        .map(drop)
        .map_err(|error| format!("{}: {error}", file.display()))
}

pub(super) fn scenario(order: &Scenario) -> Result<(), String> {
    if order.off {
        let path = in_tenant("/misbehaviours", order.tenant.as_deref());
        send(&order.admin, "DELETE", &path, "")?;
    } else if order.names.is_empty() {
        Misbehaviour::names().for_each(say);
    }
    for name in &order.names {
        misbehave(order, name, &order.admin)?;
    }
    Ok(())
}

fn misbehave(order: &Scenario, name: &str, admin: &Admin) -> Result<(), String> {
    let entry = json!({
        "name": name,
        "tenant": order.tenant,
        "client": order.client,
        "user_flow": order.user_flow,
        "endpoint": order.endpoint,
        "next": order.next,
        "probability": order.probability,
    });
    send(admin, "POST", "/misbehaviours", &entry.to_string()).map(drop)
}

/// Reads `name=value`; a value that is no JSON is a text.
fn attributes(given: &[String]) -> Result<Map<String, Value>, String> {
    let mut attributes = texts(given)?;
    for value in attributes.values_mut() {
        let text = value.as_str().unwrap_or_default();
        if let Ok(parsed) = serde_json::from_str(text) {
            *value = parsed;
        }
    }
    Ok(attributes)
}

/// The members of a user: texts, but for custom attributes, which may be of other types.
fn members(given: &[String]) -> Result<Map<String, Value>, String> {
    let mut members = texts(given)?;
    for (name, value) in attributes(given)? {
        if name.starts_with("extension_") {
            members.insert(name, value);
        }
    }
    Ok(members)
}

fn texts(given: &[String]) -> Result<Map<String, Value>, String> {
    let attribute = |text: &String| {
        text.split_once('=')
            .map(|(name, value)| (name.to_owned(), value.into()))
            .ok_or_else(|| format!("'{text}' is not NAME=VALUE"))
    };
    given.iter().map(attribute).collect()
}

/// The path of an operation in a tenant.
fn in_tenant(path: &str, tenant: Option<&str>) -> String {
    match tenant {
        Some(tenant) => format!(
            "{path}?tenant={}",
            utf8_percent_encode(tenant, NON_ALPHANUMERIC)
        ),
        None => path.to_owned(),
    }
}

fn path_of(user: &str) -> String {
    format!("/users/{}", utf8_percent_encode(user, NON_ALPHANUMERIC))
}

fn show(json: &str) {
    let document: Value = serde_json::from_str(json).unwrap_or_default();
    say(&serde_json::to_string_pretty(&document).unwrap_or_default());
}

fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}
