//! `cargo b2c-init register`.

use std::cell::RefCell;

use clap::Args;
use serde_json::{Value, json};

use super::arguments::Place;
use super::held::Held;
use super::help;
use super::tenant::profile_of;
use crate::error::Error;
use crate::merge::Prefer;
use crate::project::{CONFIG_FILE, Project, refuse_unless_ignored};
use crate::register::{Choices, Graph, SecretPlace, Sent, Wanted, Work, script, token};
use crate::status::Status;
use crate::tenant::{Kind, Secret, Tenant, env_value, lacks_audience};
use crate::terminal::{Report, Terminal, option_to, word};

/// Create the app registration and the user flows, by Microsoft Graph
#[derive(Args, Debug)]
#[command(before_help = help::REGISTER, after_help = Status::help(), help_template = help::TEMPLATE)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(super) struct Register {
    #[command(flatten)]
    pub(super) place: Place,

    /// The profile [default: the active one, else the only one besides the emulator's]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// The name of the registration [default: that of the project]
    #[arg(long)]
    name: Option<String>,

    /// The user flow of External ID that the app is linked to
    #[arg(long, value_name = "FLOW")]
    user_flow: Option<String>,

    /// Go on with the application that has the tag of this project, though b2c.toml does not name it
    #[arg(long)]
    adopt: bool,

    /// Take the token for one of the profile's tenant, where Microsoft Graph does not tell
    #[arg(short, long)]
    yes: bool,

    /// Take another client secret, though .env has one
    #[arg(long, conflicts_with = "no_secret")]
    new_secret: bool,

    /// Take no client secret
    #[arg(long)]
    no_secret: bool,

    /// Leave consent to an administrator
    #[arg(long)]
    no_consent: bool,

    /// Leave the user flows of B2C to the portal
    #[arg(long)]
    no_user_flows: bool,

    /// Show each request that would change something, and send none of them
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Write a script for the Azure CLI instead, without a secret in it
    #[arg(long, conflicts_with_all = ["dry_run", "new_secret"])]
    print: bool,

    /// Microsoft Graph; another address in a national cloud
    #[arg(long, value_name = "URL", env = "B2C_INIT_GRAPH_URL", hide_env_values = true, default_value = GRAPH_URL)]
    graph_url: String,
}

pub(super) fn register(arguments: &Register, terminal: &mut Terminal) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let profile = profile_of(&project, arguments.profile.as_deref())?;
    let mut wanted = Wanted::read(&project, &profile, arguments.name.as_deref())?;
    wanted.adopts = arguments.adopt;
    wanted.trusts_token = arguments.yes;
    if arguments.no_secret {
        wanted.secret = SecretPlace::Nowhere;
    }
    if arguments.user_flow.is_some() && wanted.kind != Kind::ExternalId {
        let message = "--user-flow is for External ID; B2C's user flows are those of b2c.toml";
        return Err(Error::Usage(message.to_owned()));
    }
    if arguments.print {
        let choices = Choices {
            consent: !arguments.no_consent,
            user_flows: !arguments.no_user_flows,
        };
        let script = script(&wanted, &arguments.graph_url, choices);
        let mut report = left(Report::done().line(script.trim_end()), &wanted);
        for warning in caveats(&project, &wanted)? {
            report = report.warning(warning);
        }
        return Ok(report.field("script", script));
    }
    // Before anything is made: a secret must have a place where it is safe.
    let wants_secret = match &wanted.secret {
        SecretPlace::Nowhere => false,
        SecretPlace::Env(name) => {
            refuse_unless_ignored(project.root(), ".env")?;
            arguments.new_secret || env_value(&project, name)?.is_none()
        }
    };
    let token = token(&wanted.tenant)?;
    let held = (!arguments.dry_run).then(Held::start);
    let stopped = || held.as_ref().is_some_and(Held::asked);
    let terminal = RefCell::new(terminal);
    let tell = |line: &str| terminal.borrow_mut().message(line);
    let shows_only = arguments.dry_run;
    let mut graph = Graph::new(&arguments.graph_url, token, shows_only, &stopped, &tell)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::io("start", error))?;

    let mut work = Work::default();
    tell(&format!(
        "Registering {} in {} …",
        wanted.name, wanted.tenant
    ));
    let registered = runtime.block_on(work.application(&mut graph, &wanted, wants_secret));
    let mut report = if arguments.dry_run {
        Report::done().field("dry_run", true)
    } else {
        // Whatever happened: what Graph told is kept.
        note(&project, &wanted, &work).map_err(|error| stranded(error, &work))?
    };
    let rest = registered.and_then(|()| {
        runtime.block_on(async {
            tell("Granting consent …");
            work.consent(&mut graph, !arguments.no_consent).await?;
            if !arguments.no_user_flows {
                tell("Looking at the user flows …");
                work.user_flows(&mut graph, &wanted).await?;
            }
            match &arguments.user_flow {
                Some(name) => work.link(&mut graph, name).await,
                None => Ok(()),
            }
        })
    });
    if let Err(error) = rest {
        return Err(stranded(error, &work));
    }
    for what in &work.made {
        let done = if arguments.dry_run {
            "would make"
        } else {
            "made   "
        };
        report = report.line(format!("{done} {what}"));
    }
    report = report.lines(work.kept.iter().map(|what| format!("is there {what}")));
    if arguments.dry_run {
        report = report.lines(graph.sent().iter().flat_map(shown));
    }
    for warning in work.warnings.iter().chain(&wanted.left) {
        report = report.warning(warning);
    }
    let requests: Vec<Value> = graph.sent().iter().map(json_of).collect();
    let (place, profile) = (option_to(project.root()), word(&wanted.profile));
    let next = if arguments.dry_run && !requests.is_empty() {
        "the same without -n, to send it".to_owned()
    } else {
        format!("cargo b2c-init tenant use{place} {profile}")
    };
    Ok(report
        .next(next)
        .field("profile", wanted.profile)
        .field("client_id", work.client_id.filter(|_| !arguments.dry_run))
        .field("made", work.made)
        .field("kept", work.kept)
        .field("requests", requests))
}

/// Writes the application's id into `b2c.toml` and its secret into `.env`.
fn note(project: &Project, wanted: &Wanted, work: &Work) -> Result<Report, Error> {
    let Some(client_id) = &work.client_id else {
        return Ok(Report::done());
    };
    // What people wrote while Graph was asked stays.
    let project = &Project::open(project.root())?;
    let mut tenant = Tenant::new();
    if wanted.client_id.as_ref() != Some(client_id) {
        tenant = tenant.client_id(client_id);
    }
    if let SecretPlace::Env(name) = &wanted.secret {
        tenant = tenant.secret(Secret::Env(name.clone()));
    }
    if let Some(day) = work.secret_expires {
        tenant = tenant.client_secret_expires(day);
    }
    let config = project.read(CONFIG_FILE)?.unwrap_or_default();
    let had_no_audience = lacks_audience(&config, &wanted.profile);
    // The id is Graph's to say; everything else is people's.
    let mut change = project.set_tenant(&wanted.profile, &tenant, Prefer::New)?;
    if let (SecretPlace::Env(name), Some(secret)) = (&wanted.secret, &work.secret) {
        change.name_secret(&wanted.profile, name)?;
        change.add_secret(project, name, secret)?;
    }
    change.add_audience(&wanted.profile, client_id)?;
    change.changes().apply(COMMAND)?;
    let mut report = Report::done().lines(change.changes().lines());
    if had_no_audience {
        report = report.line(format!(
            "audiences of profile.{}.api: {client_id}",
            wanted.profile
        ));
    }
    Ok(report.field("files", change.changes().to_json()))
}

/// An error, with what is in the tenant by now.
fn stranded(error: Error, work: &Work) -> Error {
    if work.made.is_empty() {
        return error;
    }
    let made = work.made.join("; ");
    let hint = error.hint().unwrap_or_default();
    let status = error.status();
    Error::Graph {
        reason: format!("{error}\n  in the tenant by now: {made}"),
        hint: format!(
            "{hint}\n  run the command again to go on; what is there is found, but a \
             client secret that did not get into .env is made anew"
        ),
        status,
    }
}

/// What the script does otherwise than `register` itself, as this project stands.
fn caveats(project: &Project, wanted: &Wanted) -> Result<Vec<String>, Error> {
    let profile = &wanted.profile;
    let mut caveats = Vec::new();
    if let Some(id) = &wanted.client_id {
        caveats.push(format!(
            "the profile \"{profile}\" has client_id = \"{id}\" already; the script makes another \
             registration and replaces it. `cargo b2c-init register` sends what differs to the one that is there"
        ));
    }
    let config = project.read(CONFIG_FILE)?.unwrap_or_default();
    if lacks_audience(&config, profile) {
        caveats.push(format!(
            "the script does not write profile.{profile}.api.audiences: put the application (client) id there"
        ));
    }
    for uri in wanted.foreign_apis() {
        caveats.push(format!(
            "the API {uri} is not told to be of this tenant, and the script leaves it out: grant its permission in \
             the portal; `cargo b2c-init register` looks for it"
        ));
    }
    caveats.extend(wanted.lacks_domain());
    Ok(caveats)
}

fn left(report: Report, wanted: &Wanted) -> Report {
    wanted.left.iter().fold(report, Report::warning)
}

fn shown(sent: &Sent) -> Vec<String> {
    vec![
        format!("\n{} {}", sent.method, sent.url),
        format!("{:#}", sent.body),
    ]
}

fn json_of(sent: &Sent) -> Value {
    json!({ "method": sent.method, "url": sent.url, "body": sent.body, "sent": sent.done })
}

/// The name in the journal.
pub(super) const COMMAND: &str = "register";
const GRAPH_URL: &str = "https://graph.microsoft.com";
