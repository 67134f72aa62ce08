//! `tenant set` and `tenant add`.

use super::arguments::{Add, Set, Settings};
use super::credential::{Credential, credential};
use super::lacking::lacking;
use super::refusals::{refuse_audience, refuse_flows, refuse_other_kind, refuse_secret};
use crate::change::ChangeSet;
use crate::command::arguments::Writing;
use crate::command::write::{carry_out, show, still_to_make};
use crate::error::Error;
use crate::merge::{Conflict, FilledIn, Prefer, parse};
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::{Kind, Meant, Profile, Secret, Tenant, profiles};
use crate::terminal::{Report, option_to, word};

pub(super) fn set(arguments: &Set) -> Result<Report, Error> {
    refuse_secret(arguments.settings.client_secret.as_ref())?;
    let project = Project::open(&arguments.place.directory)?;
    let profile = profile_of(&project, arguments.profile.as_deref())?;
    let tenant = arguments.positional.as_ref();
    let known = known(&project)?;
    let mut name = arguments.provider.as_deref();
    if name.is_none() && is_address_alone(tenant, &arguments.settings) {
        // Is none of a provider's settings: it is all the same which of several is named.
        let own = known.iter().find(|known| known.name == profile);
        name = own.and_then(|own| own.names().next());
    }
    let provider = one(&known, &profile, name)?;
    change(
        &project,
        "tenant set",
        (&profile, provider.as_deref()),
        tenant,
        &arguments.settings,
        arguments.prefer.into(),
        arguments.writing,
    )
}

pub(super) fn add(arguments: &Add) -> Result<Report, Error> {
    refuse_secret(arguments.settings.client_secret.as_ref())?;
    let project = Project::open(&arguments.place.directory)?;
    if known(&project)?
        .iter()
        .any(|known| known.name == arguments.name)
    {
        return Err(Error::refused(
            format!("{CONFIG_FILE} has a profile \"{}\" already", arguments.name),
            format!(
                "change it: cargo b2c-init tenant set{} --profile {}",
                option_to(project.root()),
                word(&arguments.name)
            ),
        ));
    }
    change(
        &project,
        "tenant add",
        (&arguments.name, None),
        None,
        &arguments.settings,
        arguments.prefer.into(),
        arguments.writing,
    )
}

fn change(
    project: &Project,
    command: &str,
    (profile, provider): (&str, Option<&str>),
    positional: Option<&String>,
    settings: &Settings,
    prefer: Prefer,
    writing: Writing,
) -> Result<Report, Error> {
    let is_new = command == "tenant add";
    refuse_audience(project, settings)?;
    let kind = settings.kind.or(is_new.then_some(Kind::B2c));
    let kind = kind.or(kind_of(&known(project)?, profile, provider));
    refuse_other_kind(kind, positional, settings)?;
    refuse_flows(kind, settings)?;
    let Credential { secret, value } = credential(project, (profile, provider), settings, is_new)?;
    let mut tenant = wanted(positional, settings, is_new);
    if let Some(secret) = &secret {
        tenant = tenant.secret(secret.clone());
    }
    let filled_in = match prefer {
        Prefer::Mine => FilledIn::Edited,
        _ => FilledIn::Adopted,
    };
    let mut change = match provider {
        None => project.set_tenant_over(profile, &tenant, prefer, filled_in)?,
        Some(provider) => project.set_one_of_several(profile, provider, &tenant)?,
    };
    if let Some(Secret::Env(name)) = &secret {
        change.name_secret(profile, name)?;
    }
    let is_renewed = value.is_some() && settings.client_secret_expires.is_none();
    let old_day = change
        .secret_expires(profile, provider)?
        .filter(|_| is_renewed);
    if let Some((name, value)) = value {
        change.add_secret(project, &name, &value)?;
    }
    carry_out(change.changes(), command, writing)?;

    let mut report = show(change.changes(), writing)
        .field("profile", profile)
        .field(
            "conflicts",
            change
                .settled()
                .iter()
                .map(Conflict::to_json)
                .collect::<Vec<_>>(),
        )
        .field("consequences", change.consequences().to_vec());
    for conflict in change.settled() {
        report = report.line(format!("settled {conflict}"));
    }
    for consequence in change.consequences() {
        report = report.warning(consequence);
    }
    report = lacking(report, change.incomplete());
    if let Some(day) = old_day {
        report = report.warning(format!(
            "client_secret_expires is still {day}: say when the new secret ends, --client-secret-expires 2027-01-31"
        ));
    }
    if let Some(next) = still_to_make(change.changes(), writing) {
        return Ok(report.next(next));
    }
    let is_active = known(project)?
        .iter()
        .any(|known| known.active && known.name == profile);
    report = follow_up(report, project, change.changes())?;
    Ok(if is_active {
        report
    } else {
        report.next(format!(
            "cargo b2c-init tenant use{} {}",
            option_to(project.root()),
            word(profile)
        ))
    })
}

/// What comes next where the kind of provider has become another one, or files to run the app with hand over
/// other secrets than it will ask for.
pub(in crate::command) fn follow_up(
    report: Report,
    project: &Project,
    changes: &ChangeSet,
) -> Result<Report, Error> {
    Ok(match project.other_kind(changes)? {
        Some(kind) => report.next(format!(
            "to write README.md, the tests and the emulator's profile for {}: cargo b2c-init update{}",
            kind.product(),
            option_to(project.root())
        )),
        None => {
            let pending = project.bring_deployment(&mut changes.clone())?;
            if pending.is_empty() {
                return Ok(report);
            }
            report.next(format!(
                "cargo b2c-init update{}   # brings {} along",
                option_to(project.root()),
                pending.join(", ")
            ))
        }
    })
}

pub(in crate::command) fn wanted(
    positional: Option<&String>,
    settings: &Settings,
    is_new: bool,
) -> Tenant {
    let mut tenant = Tenant::new();
    let kind = settings.kind.or(is_new.then(Kind::default));
    if let Some(kind) = kind {
        tenant = tenant.kind(kind);
    }
    let name = positional
        .or(settings.tenant.as_ref())
        .or(settings.tenant_id.as_ref());
    let origin = |url: &String| url.trim_end_matches('/').to_owned();
    if let Some(name) = name {
        tenant = tenant.tenant(name);
    }
    if let Some(url) = &settings.instance {
        tenant = tenant.instance(origin(url));
    }
    if !settings.allowed_tenant.is_empty() {
        tenant = tenant.allowed_tenants(settings.allowed_tenant.clone());
    }
    if !settings.audience.is_empty() {
        tenant = tenant.audiences(settings.audience.clone());
    }
    if let Some(issuer) = &settings.issuer {
        tenant = tenant.issuer(issuer);
    }
    if let Some(id) = &settings.client_id {
        tenant = tenant.client_id(id);
    }
    if let Some(day) = settings.client_secret_expires {
        tenant = tenant.client_secret_expires(day);
    }
    if let Some(url) = &settings.base_url {
        tenant = tenant.base_url(origin(url));
    }
    if let Some(flow) = &settings.sign_up_sign_in {
        tenant = tenant.sign_up_sign_in(flow);
    }
    let flow = |name: &String| Some(name.clone()).filter(|name| name != "none");
    if let Some(name) = &settings.edit_profile {
        tenant = tenant.edit_profile(flow(name));
    }
    if let Some(name) = &settings.reset_password {
        tenant = tenant.reset_password(flow(name));
    }
    tenant
}

/// Whether nothing but the address of the app is set.
fn is_address_alone(positional: Option<&String>, settings: &Settings) -> bool {
    let names_secret =
        settings.client_secret_env.is_some() || settings.client_secret_file.is_some();
    let has_secret = names_secret || settings.client_secret_stdin;
    settings.base_url.is_some()
        && !has_secret
        && wanted(positional, settings, false).has_no_provider()
}

/// The profile that is meant.
pub(in crate::command) fn profile_of(
    project: &Project,
    name: Option<&str>,
) -> Result<String, Error> {
    let known = known(project)?;
    match name {
        Some(name) => existing(project, &known, name),
        None => default_profile(project, &known),
    }
}

/// The provider that is meant, where the profile has several; `None` for that of `[provider]`.
fn one(known: &[Profile], profile: &str, name: Option<&str>) -> Result<Option<String>, Error> {
    let own = known.iter().find(|known| known.name == profile);
    let names: Vec<_> = own.into_iter().flat_map(Profile::names).collect();
    let options = || names.join(" or --provider ");
    match name {
        None if names.is_empty() => Ok(None),
        None => Err(Error::Usage(format!(
            "the profile \"{profile}\" has several providers; say which one is meant: --provider {}",
            options()
        ))),
        Some(name) if names.contains(&name) => Ok(Some(name.to_owned())),
        Some(_) if names.is_empty() => Err(Error::Usage(format!(
            "the profile \"{profile}\" has one provider, [profile.{profile}.provider]: leave --provider away"
        ))),
        Some(name) => Err(Error::Usage(format!(
            "the profile \"{profile}\" has no provider \"{name}\": --provider {}",
            options()
        ))),
    }
}

fn known(project: &Project) -> Result<Vec<Profile>, Error> {
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    Ok(profiles(&parse(CONFIG_FILE, &text)?))
}

fn existing(project: &Project, known: &[Profile], name: &str) -> Result<String, Error> {
    if known.iter().any(|known| known.name == name) {
        return Ok(name.to_owned());
    }
    Err(Error::Usage(format!(
        "{CONFIG_FILE} has no profile \"{name}\"; make it with: cargo b2c-init tenant add{} {}",
        option_to(project.root()),
        word(name)
    )))
}

/// Never the emulator's, which is not a tenant of anybody's.
fn default_profile(project: &Project, known: &[Profile]) -> Result<String, Error> {
    let names = known.iter().map(|known| known.name.as_str());
    let active = known.iter().find(|known| known.active);
    match Meant::of(names, active.map(|known| known.name.as_str())) {
        Meant::One(name) => Ok(name.to_owned()),
        Meant::None => Err(Error::Usage(format!(
            "{CONFIG_FILE} has no profile for a tenant; make one with: cargo b2c-init tenant add{} prod",
            option_to(project.root())
        ))),
        Meant::Several(names) => Err(Error::Usage(format!(
            "which profile: --profile {}?",
            names.join(" or --profile ")
        ))),
    }
}

/// The kind of a profile's provider, or of one of its several.
fn kind_of(known: &[Profile], profile: &str, provider: Option<&str>) -> Option<Kind> {
    let own = known.iter().find(|known| known.name == profile)?;
    let mut providers = own.providers.iter();
    providers.find(|one| one.name.as_deref() == provider)?.kind
}
