//! What options say that cannot be, told before anything is looked at.

use toml_edit::Item;

use super::arguments::Settings;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::Kind;

/// Refuses what a provider of another kind is found by.
pub(super) fn refuse_other_kind(
    kind: Option<Kind>,
    positional: Option<&String>,
    settings: &Settings,
) -> Result<(), Error> {
    let tenant = positional
        .or(settings.tenant.as_ref())
        .or(settings.tenant_id.as_ref());
    let message = match kind {
        Some(Kind::Oidc) if tenant.is_some() => {
            "a provider of kind oidc has an --issuer in place of a --tenant"
        }
        Some(Kind::Oidc) if settings.instance.is_some() => {
            "a provider of kind oidc has an --issuer in place of an --instance"
        }
        Some(kind) if kind != Kind::Oidc && settings.issuer.is_some() => {
            "--issuer is for --kind oidc; the others have a --tenant"
        }
        _ => return Ok(()),
    };
    Err(Error::Usage(message.to_owned()))
}

/// Refuses the name of a user flow where the provider has none; that there be `none` is true.
pub(in crate::command) fn refuse_flows(
    kind: Option<Kind>,
    settings: &Settings,
) -> Result<(), Error> {
    let Some(kind) = kind.filter(|kind| !kind.has_user_flows()) else {
        return Ok(());
    };
    let options = [
        ("--sign-up-sign-in", &settings.sign_up_sign_in),
        ("--edit-profile", &settings.edit_profile),
        ("--reset-password", &settings.reset_password),
    ];
    let named = |flow: &Option<String>| flow.as_ref().is_some_and(|flow| flow != "none");
    match options.iter().find(|(_, flow)| named(flow)) {
        None => Ok(()),
        Some((option, _)) => Err(Error::Usage(format!(
            "{option} is for --kind b2c; a provider of kind {kind} has no user flows"
        ))),
    }
}

/// Refuses audiences where nothing takes access tokens.
pub(super) fn refuse_audience(project: &Project, settings: &Settings) -> Result<(), Error> {
    if settings.audience.is_empty() {
        return Ok(());
    }
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    let document = parse(CONFIG_FILE, &text)?;
    let profiles = document.get("profile").and_then(Item::as_table_like);
    let profiles = profiles.into_iter().flat_map(|all| all.iter());
    let mut tables = profiles.map(|(_, own)| own).chain([document.as_item()]);
    if tables.any(|table| table.get("api").is_some()) {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "--audience is for apps that take access tokens, and {CONFIG_FILE} has no [api]"
    )))
}

/// Refuses a secret on the command line.
pub(in crate::command) fn refuse_secret(given: Option<&String>) -> Result<(), Error> {
    if given.is_none() {
        return Ok(());
    }
    Err(Error::refused(
        "a secret on the command line is seen in the list of processes and kept in the shell's history",
        "change that secret at the provider, then use --client-secret-stdin, --client-secret-env or \
         --client-secret-file",
    ))
}
