//! Writes what was found into a project, as a profile of its `b2c.toml`.

use toml_edit::{ArrayOfTables, Item, Table, value};

use super::authority::default_instance;
use super::imported::Imported;
use crate::error::Error;
use crate::merge::{Prefer, parse};
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::{EMULATOR, Kind, Secret, Tenant, TenantChange, env_value};
use crate::terminal::SecretText;

/// What becomes of a project, and where its app looks for the client secret.
pub(crate) struct Written {
    pub(crate) change: TenantChange,
    pub(crate) variable: String,
    /// Whether `.env` has another client secret, which stays.
    pub(crate) kept_secret: bool,
}

/// Plans the profile, which may be there already, and the client secret's line in `.env`.
///
/// # Errors
///
/// As those of [`Project::set_tenant`]; or git would see `.env`.
pub(crate) fn write_profile(
    project: &Project,
    profile: &str,
    imported: &Imported,
    prefer: Prefer,
    replace_secret: bool,
) -> Result<Written, Error> {
    if profile == EMULATOR {
        return Err(Error::refused(
            format!("the profile \"{EMULATOR}\" is that of the emulator, no tenant of anybody's"),
            "choose another with --profile",
        ));
    }
    let file = imported.secret_file.as_ref();
    let variable = match project.secret_variable(profile, None)? {
        Some(known) => known,
        None => project.new_variable(profile, None)?,
    };
    let secret = match file {
        Some((path, _)) => Secret::File(path.clone()),
        None => Secret::Env(variable.clone()),
    };
    let tenant = tenant(project, profile, imported)?.secret(secret);
    let mut change = project.set_tenant(profile, &tenant, prefer)?;
    let changes = change.changes_mut();
    let text = changes.read(CONFIG_FILE)?.unwrap_or_default();
    changes.write(CONFIG_FILE, &with_rest(&text, profile, imported, prefer)?)?;
    if file.is_none() {
        change.name_secret(profile, &variable)?;
    }
    let known = env_value(project, &variable)?;
    let is_other = |found: &str| known.as_ref().is_some_and(|known| known.expose() != found);
    let mut kept_secret = false;
    if let Some((secret, _)) = &imported.secret {
        kept_secret = is_other(secret.expose()) && !replace_secret;
    }
    if let Some((secret, _)) = imported.secret.as_ref().filter(|_| !kept_secret) {
        change.add_secret(project, &variable, &SecretText::new(secret.expose()))?;
    }
    Ok(Written {
        change,
        variable,
        kept_secret,
    })
}

/// The settings that `tenant set` knows, too.
fn tenant(project: &Project, profile: &str, imported: &Imported) -> Result<Tenant, Error> {
    let mut tenant = Tenant::new();
    let kind = imported.text("provider.kind");
    let kind: Option<Kind> = kind.map(str::parse).transpose()?;
    let name = imported.text("provider.tenant");
    let mut instance = imported.text("provider.instance").map(str::to_owned);
    if instance.is_none() && has_instance(project, profile)? {
        // That of the tenant before would stay otherwise.
        instance = kind
            .zip(name)
            .and_then(|(kind, name)| default_instance(kind, name));
    }
    if let Some(kind) = kind {
        tenant = tenant.kind(kind);
    }
    if let Some(name) = name {
        tenant = tenant.tenant(name);
    }
    if let Some(guids) = imported.allowed_tenants() {
        tenant = tenant.allowed_tenants(guids.to_vec());
    }
    if let Some(instance) = instance {
        tenant = tenant.instance(instance);
    }
    if let Some(issuer) = imported.text("provider.issuer") {
        tenant = tenant.issuer(issuer);
    }
    if let Some(id) = imported.text("provider.client_id") {
        tenant = tenant.client_id(id);
    }
    if let Some(url) = imported.text("app.base_url") {
        tenant = tenant.base_url(url);
    }
    if let Some(flow) = imported.text("provider.user_flows.sign_up_sign_in") {
        let other = |key| imported.text(key).map(str::to_owned);
        // Flows that the tenant has none of must not stay from the template.
        tenant = tenant
            .sign_up_sign_in(flow)
            .edit_profile(other("provider.user_flows.edit_profile"))
            .reset_password(other("provider.user_flows.reset_password"));
    }
    Ok(tenant)
}

fn has_instance(project: &Project, profile: &str) -> Result<bool, Error> {
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    let document = parse(CONFIG_FILE, &text)?;
    let provider = document
        .get("profile")
        .and_then(|all| all.get(profile)?.get("provider"));
    Ok(provider.is_some_and(|provider| provider.get("instance").is_some()))
}

/// The redirect URI's path and the API, which people set by hand otherwise.
fn with_rest(
    text: &str,
    profile: &str,
    imported: &Imported,
    prefer: Prefer,
) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    let all = document
        .get_mut("profile")
        .and_then(Item::as_table_like_mut);
    let own = all.and_then(|all| all.get_mut(profile)?.as_table_like_mut());
    let Some(own) = own else {
        return Ok(text.to_owned());
    };
    if let Some(path) = imported.text("app.redirect_path") {
        if own.get("app").is_none() {
            own.insert("app", Item::Table(Table::new()));
        }
        let app = own.get_mut("app").and_then(Item::as_table_like_mut);
        if let Some(app) = app {
            let there = app.get("redirect_path").and_then(Item::as_str);
            refuse_other(there, path, "app.redirect_path", profile, prefer)?;
            if there.is_none() || prefer != Prefer::Mine {
                app.insert("redirect_path", value(path));
            }
        }
    }
    let of_api = imported
        .settings
        .iter()
        .filter_map(|setting| Some((setting.key.strip_prefix("downstream.")?, setting)));
    let mut api = Table::new();
    api.insert("name", value(API));
    for (key, setting) in of_api {
        api.insert(key, value(setting.value.to_toml()));
    }
    if api.len() == 1 {
        return Ok(document.to_string());
    }
    if own.get("downstream").is_none() {
        own.insert("downstream", Item::ArrayOfTables(ArrayOfTables::new()));
    }
    let apis = own
        .get_mut("downstream")
        .and_then(Item::as_array_of_tables_mut);
    if let Some(apis) = apis {
        let same = |known: &Table| known.get("name").and_then(Item::as_str) == Some(API);
        let there = apis.iter_mut().find(|known| same(known));
        match there {
            None => apis.push(api),
            Some(known) => {
                let url = |table: &Table| table.get("base_url")?.as_str().map(str::to_owned);
                let (there, new) = (url(known), url(&api).unwrap_or_default());
                refuse_other(
                    there.as_deref(),
                    &new,
                    "downstream.base_url",
                    profile,
                    prefer,
                )?;
                if prefer != Prefer::Mine {
                    for (key, item) in api {
                        known.insert(&key, item);
                    }
                }
            }
        }
    }
    Ok(document.to_string())
}

/// What people have set by hand is theirs.
fn refuse_other(
    there: Option<&str>,
    new: &str,
    key: &str,
    profile: &str,
    prefer: Prefer,
) -> Result<(), Error> {
    match there {
        Some(there) if there != new && prefer == Prefer::Neither => Err(Error::refused(
            format!(
                "{key} of the profile \"{profile}\" is \"{there}\", and would become \"{new}\"; \
                 nothing was written"
            ),
            "--prefer mine keeps it, --prefer new replaces it; or choose another --profile",
        )),
        _ => Ok(()),
    }
}

const API: &str = "api";
