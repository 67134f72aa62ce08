//! What is to be written.

use toml_edit::Item;

use super::arguments::{Migrate, Target};
use crate::change::ChangeSet;
use crate::command::tenant::{given, wanted};
use crate::error::Error;
use crate::merge::parse;
use crate::migrate::{
    Newcomer, ONLY, Place, Stage, finish, leftovers, offline, side_by_side, switch,
};
use crate::project::{CONFIG_FILE, Project, is_api};
use crate::tenant::{Secret, Tenant, judge, main_profile, name_secret, note, plan_secret};

/// What is to be written, and what is still missing then.
pub(super) struct Plan {
    pub(super) step: Step,
    pub(super) changes: ChangeSet,
    pub(super) incomplete: Vec<String>,
    /// Whether nobody signs in at the app: it takes tokens.
    pub(super) only_tokens: bool,
    /// Whether the project's own files follow this profile, and the emulator's.
    pub(super) leads: bool,
    /// Where files of a deployment still name a secret of the old provider when that is gone.
    pub(super) left: Vec<String>,
}

/// A step of the move.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// Nothing but a look at what the app uses.
    Look,
    /// The same, after the move.
    Done,
    /// The new tenant in place of the old one.
    Replace,
    /// The new one beside the old one.
    Beside {
        /// Whether it was not there yet.
        is_new: bool,
    },
    /// The old one goes.
    Finish,
}

impl Step {
    /// For programs.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Done => "done",
            Self::Replace => "replace",
            Self::Beside { .. } => "side-by-side",
            Self::Finish => "finish",
        }
    }
}

impl Plan {
    pub(super) fn make(
        project: &Project,
        before: &str,
        place: &Place,
        stage: &Stage,
        arguments: &Migrate,
    ) -> Result<Self, Error> {
        let Target::ExternalId = arguments.to;
        let settings = before.parse().unwrap_or_default();
        let only_tokens = is_api(&settings);
        let leads = main_profile(&settings) == place.profile();
        let step = step(stage, arguments, only_tokens)?;
        let mut changes = project.changes();
        let document = parse(CONFIG_FILE, before)?;
        let newcomer = Newcomer::of(&document, place, stage);
        let tenant = match step {
            Step::Replace | Step::Beside { .. } if arguments.names_tenant() => {
                let needs_secret = !only_tokens && !matches!(stage, Stage::Moving { .. });
                let named = (&newcomer, needs_secret);
                Some(new_tenant(project, &mut changes, arguments, named)?)
            }
            _ => None,
        };
        let apis = &arguments.apis;
        let after = match (&step, stage) {
            (Step::Beside { .. }, Stage::Before { old } | Stage::Moving { old, .. }) => {
                let names = (old.as_str(), newcomer.name.as_str());
                side_by_side(
                    before,
                    place,
                    names,
                    tenant.as_ref(),
                    &arguments.rule(),
                    apis,
                )?
            }
            (Step::Replace, Stage::Before { old }) => {
                let tenant = tenant.clone().unwrap_or_default();
                emulated(switch(before, place, old, &tenant, apis)?, leads)?
            }
            (Step::Finish, Stage::Moving { old, new }) => {
                emulated(finish(before, place, (old, new))?, leads)?
            }
            _ => before.to_owned(),
        };
        let mut incomplete = Vec::new();
        if after != before {
            incomplete = judge(project.root(), place.profile(), before, &after)?;
            // With two providers the same is missing for each.
            incomplete.dedup();
            changes.write(CONFIG_FILE, &after)?;
        }
        let moved = match (&step, stage) {
            (Step::Replace, _) => tenant,
            (Step::Finish, Stage::Moving { new, .. }) => {
                let provider = place.get(&document, &["providers", new]);
                provider.and_then(Item::as_table_like).map(Tenant::of)
            }
            _ => None,
        };
        if let Some(tenant) = moved {
            record(project, &mut changes, place, &tenant, leads)?;
            Project::follow_kind(&mut changes)?;
        }
        if leads && after != before {
            project.bring_deployment(&mut changes)?;
        }
        let left = match (&step, stage) {
            (Step::Finish, Stage::Moving { old, .. }) => {
                leftovers(&changes, &document, place, old)?
            }
            _ => Vec::new(),
        };
        Ok(Self {
            step,
            changes,
            incomplete,
            only_tokens,
            leads,
            left,
        })
    }
}

/// What is asked for, where that is possible.
fn step(stage: &Stage, arguments: &Migrate, only_tokens: bool) -> Result<Step, Error> {
    let given = arguments.names_tenant();
    if given && !arguments.is_complete(only_tokens) && *stage != Stage::After {
        let what = if only_tokens {
            "--tenant"
        } else {
            "--tenant and --client-id"
        };
        return Err(Error::Usage(format!(
            "the new tenant takes {what}; without any option of it the command only looks"
        )));
    }
    match stage {
        Stage::Moving { .. } if arguments.finish => Ok(Step::Finish),
        Stage::Moving { .. } if arguments.side_by_side => Ok(Step::Beside { is_new: false }),
        Stage::Moving { new, .. } if given => Err(Error::refused(
            format!("{CONFIG_FILE} has both providers; the new one is [providers.{new}]"),
            "change its settings with --side-by-side, or take the old one out with --finish",
        )),
        Stage::Before { .. } if arguments.finish => Err(Error::refused(
            "users sign in at B2C, and nowhere else yet",
            "begin with --tenant … --client-id … --side-by-side",
        )),
        Stage::Before { .. } if arguments.side_by_side && !given => Err(Error::Usage(
            "--side-by-side takes the new tenant: --tenant and --client-id".to_owned(),
        )),
        Stage::Before { .. } if arguments.side_by_side => Ok(Step::Beside { is_new: true }),
        Stage::Before { .. } if given => Ok(Step::Replace),
        Stage::After if given || arguments.side_by_side => Err(Error::refused(
            "users sign in at External ID already",
            "change its settings with `tenant set`",
        )),
        // A second --finish has nothing to do.
        Stage::After => Ok(Step::Done),
        _ => Ok(Step::Look),
    }
}

/// The new tenant, and where its client secret is, if the command line does not say it. `b2c.toml` has to
/// name one if it `is_needed`: not for an API, and not where it does already.
fn new_tenant(
    project: &Project,
    changes: &mut ChangeSet,
    arguments: &Migrate,
    (newcomer, is_needed): (&Newcomer, bool),
) -> Result<Tenant, Error> {
    let mut settings = arguments.registration();
    let given_name = settings.client_secret_env.as_deref();
    if let Some(name) = given_name.filter(|name| *name != newcomer.variable) {
        // Beside the new one the old one stays in use.
        let is_written = settings.client_secret_stdin && arguments.side_by_side;
        project.refuse_taken(name, None, is_written)?;
    }
    if settings.client_secret_stdin && settings.client_secret_env.is_none() {
        settings.client_secret_env = Some(newcomer.variable.clone());
    }
    let tenant = wanted(None, &settings, false);
    let credential = given(&settings, &newcomer.name)?;
    let usual = is_needed.then(|| Secret::Env(newcomer.variable.clone()));
    let Some(secret) = credential.secret.or(usual) else {
        return Ok(tenant);
    };
    if let Secret::Env(name) = &secret {
        name_secret(changes, "External ID", name)?;
    }
    if let Some((name, value)) = &credential.value {
        plan_secret(changes, project, name, value)?;
    }
    Ok(tenant.secret(secret))
}

/// The text with the emulator as External ID, where it stands in for this profile.
fn emulated(text: String, leads: bool) -> Result<String, Error> {
    if leads { offline(&text) } else { Ok(text) }
}

/// Notes in the lock file whose tenant it is now, so that `update` writes no other. What this tool once
/// wrote is in `[provider]` also where people's users have two.
fn record(
    project: &Project,
    changes: &mut ChangeSet,
    place: &Place,
    tenant: &Tenant,
    leads: bool,
) -> Result<(), Error> {
    let known = project.written(CONFIG_FILE).zip(place.own_profile());
    let Some((written, profile)) = known else {
        return Ok(());
    };
    let document = parse(CONFIG_FILE, written)?;
    if place.get(&document, &["provider"]).is_none() {
        return Ok(());
    }
    let written = emulated(switch(written, place, ONLY, tenant, &[])?, leads)?;
    project.record_config(changes, &written, |lock| note(lock, &written, profile))
}
