//! `cargo b2c-init add`.

use std::str::FromStr;

use clap::Args;
use serde_json::{Value, json};

use super::arguments::{Place, Writing, port};
use super::held::Held;
use super::help;
use super::tenant::{Credential, Settings, given, refuse_flows, refuse_secret, wanted};
use super::write::show;
use crate::add::{
    self, Addition, Check, Choice, PROFILE, Server, Target, Wired, Wish, cargo_check,
};
use crate::change::recover;
use crate::error::Error;
use crate::project::{Checkout, DEFAULT_EMULATOR_PORT};
use crate::status::Status;
use crate::tenant::Tenant;
use crate::terminal::{ColorChoice, Report, Terminal, option_to};

/// Add the layer to a crate that is there
#[derive(Args, Debug)]
#[command(before_help = help::ADD, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Add {
    /// The crate, by its name in the workspace [default: the one in the directory]
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,

    /// The program, where the crate has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,

    /// What it serves with: axum, tonic or hyper [default: what it depends on]
    #[arg(long, value_name = "CRATE", value_parser = Server::from_str)]
    server: Option<Server>,

    /// The name of the module that builds the layer
    #[arg(long, value_name = "NAME", default_value = "auth", value_parser = module)]
    module: String,

    /// Write the wiring into the program, where it is plain where it goes
    #[arg(long)]
    wire: bool,

    /// The port that the app listens on [default: that of its source, or 5000]
    #[arg(long, value_parser = port())]
    port: Option<u16>,

    /// The port of the emulator
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_EMULATOR_PORT, value_parser = port())]
    emulator_port: u16,

    /// Start with the emulator, also where a tenant is given; without one that is so anyway
    #[arg(long)]
    emulator: bool,

    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    writing: Writing,

    #[command(flatten)]
    cargo: CheckOptions,

    #[command(flatten)]
    settings: Settings,
}

/// How the crate is checked.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Options for cargo check")]
struct CheckOptions {
    /// Write without building before and after
    #[arg(long)]
    no_check: bool,

    /// Check without the network
    #[arg(long, conflicts_with = "no_check")]
    offline: bool,
}

pub(super) fn add(
    arguments: &Add,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<Report, Error> {
    refuse_secret(arguments.settings.client_secret.as_ref())?;
    refuse_flows(arguments.settings.kind, &arguments.settings)?;
    let choice = Choice {
        package: arguments.package.as_deref(),
        program: arguments.bin.as_deref(),
        server: arguments.server,
    };
    let target = Target::find(&arguments.place.directory, choice)?;
    refuse_what_has_no_place(arguments, target.server)?;
    if recover(target.root())? {
        terminal.message("Took back a change that was interrupted.");
    }
    let addition = add::plan(&target, &wish(arguments)?)?;
    for path in &addition.kept {
        terminal.detail(&format!("keep    {path}: it is there"));
    }
    if !arguments.writing.shows_only() {
        write(arguments, &addition, &target, color, terminal)?;
    }
    let report = show(&addition.changes, arguments.writing);
    let report = told(report, &addition, &target);
    let is_written = !addition.changes.is_empty() && !arguments.writing.shows_only();
    Ok(if is_written {
        report.and(next_steps(&addition, &target))
    } else {
        report
    })
}

/// Refuses options that the server has no use for: what is given is used, or it is said why not.
fn refuse_what_has_no_place(arguments: &Add, server: Server) -> Result<(), Error> {
    let settings = &arguments.settings;
    let message = if server.has_pages() {
        (!settings.audience.is_empty()).then_some(
            "--audience is for services that take access tokens: this one signs people in, with sessions",
        )
    } else {
        settings.client_secret_stdin.then_some(
            "--client-secret-stdin writes into .env, which a tonic service does not read: it takes access \
             tokens and signs nobody in. If it needs a secret, for APIs that it calls, --client-secret-env \
             and --client-secret-file say where that is",
        )
    };
    message.map_or(Ok(()), |message| Err(Error::Usage(message.to_owned())))
}

fn wish(arguments: &Add) -> Result<Wish<'_>, Error> {
    let settings = &arguments.settings;
    let Credential {
        secret: reference,
        value: secret,
    } = given(settings, PROFILE)?;
    let mut tenant = wanted(None, settings, false);
    if let Some(reference) = reference {
        tenant = tenant.secret(reference);
    }
    let tenant = Some(tenant).filter(|tenant| *tenant != Tenant::new());
    Ok(Wish {
        module: &arguments.module,
        port: arguments.port,
        emulator_port: arguments.emulator_port,
        use_tenant: !arguments.emulator && tenant.is_some(),
        tenant,
        secret,
        wire: arguments.wire,
        checkout: Checkout::find(),
    })
}

fn write(
    arguments: &Add,
    addition: &Addition,
    target: &Target,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let mut options = Vec::new();
    options.extend(arguments.cargo.offline.then_some("--offline"));
    options.extend((terminal.is_quiet() || terminal.is_json()).then_some("--quiet"));
    let check = || {
        let check = Check {
            package: &target.package,
            options: &options,
            color: color.name(),
        };
        cargo_check(&target.directory(), check)
    };
    let held = Held::start();
    let check = (!arguments.cargo.no_check).then_some(&check as &dyn Fn() -> Result<bool, Error>);
    if check.is_some() && !addition.changes.is_empty() {
        terminal.message("Building with cargo check, before and after …");
    }
    add::make(addition, target, check, &|| held.asked())
}

/// What was added, and how it is wired in.
fn told(report: Report, addition: &Addition, target: &Target) -> Report {
    let server = target.server;
    let mut report = report
        .field("package", target.package.as_str())
        .field("root", target.root().to_string_lossy().into_owned())
        .field("server", server.name())
        .field("port", addition.port)
        .field("wiring", wiring(&addition.wired));
    if addition.is_port_assumed {
        report = report.warning(format!(
            "{} does not say which one port the app listens on: the settings have {}, where browsers come \
             back to after a sign-in. If it is another one, change app.base_url in b2c.toml; from the start \
             --port PORT says it",
            target.program_file(),
            addition.port
        ));
    }
    if let Wired::ByHand { lines, why } = &addition.wired {
        if let Some(why) = why {
            report = report.warning(format!("not wired in: {why}"));
        }
        report = report.line(format!("\nIn {}, by hand:", target.program_file()));
        report = report.lines(lines.iter().map(|line| format!("  {line}")));
    }
    report
}

fn next_steps(addition: &Addition, target: &Target) -> Report {
    let report = Report::done();
    let report = if target.server.has_pages() {
        let place = option_to(&target.directory());
        let report = report.next(format!(
            "take a tower_b2c::Session in the handlers that are for signed-in people; {} has an example",
            addition.module
        ));
        report.next(format!("cargo b2c-init run{place} --open"))
    } else {
        report
            .next("in one terminal: cargo b2c-init emulator")
            .next("in another one: cargo run")
    };
    let place = option_to(target.root());
    report.next(format!(
        "to take all of it back: cargo b2c-init undo{place}"
    ))
}

fn wiring(wired: &Wired) -> Value {
    match wired {
        Wired::Already => json!({ "state": "already" }),
        Wired::Written => json!({ "state": "written" }),
        Wired::ByHand { lines, why } => json!({ "state": "by-hand", "lines": lines, "why": why }),
    }
}

/// A module's name, as Rust takes it.
fn module(text: &str) -> Result<String, String> {
    match syn::parse_str::<syn::Ident>(text) {
        Ok(_) if text.is_ascii() => Ok(text.to_owned()),
        _ => Err("a name for a module of Rust: letters, digits and _".to_owned()),
    }
}
