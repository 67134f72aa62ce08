//! The command line, parsed.

use std::path::PathBuf;
use std::str::FromStr;

use b2c_templates::{Deploy, Kind, Store, Template, Unknown};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use super::add::Add;
use super::completions::Completions;
use super::diff::Diff;
use super::doctor::Doctor;
use super::eject::Eject;
use super::explain::Explain;
use super::help;
use super::import::Import;
use super::man::Man;
use super::migrate::Migrate;
use super::new::Provider;
use super::register::Register;
use super::schema::Schema;
use super::tenant::Tenant;
use super::undo::Undo;
use super::update::Update;
use crate::guid::is_guid;
use crate::project::{DEFAULT_EMULATOR_PORT, DEFAULT_PORT};
use crate::status::Status;
use crate::terminal::ColorChoice;

/// What cargo calls: the subcommand's name is the first argument.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", disable_help_subcommand = true)]
pub(super) enum Cargo {
    B2cInit(Arguments),
}

/// Scaffold a web app that signs users in with Azure AD B2C, and run it offline
#[derive(Args, Debug)]
#[command(version, before_help = help::OVERVIEW, after_help = Status::help())]
#[command(help_template = help::TEMPLATE, subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Say nothing but errors; with `run` print the URL alone
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Say also what was looked at and left as it is
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,

    /// Write one JSON document to standard output
    #[arg(long, global = true)]
    pub(super) json: bool,

    /// When to use colours: auto, always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    pub(super) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    New(Box<New>),
    Add(Box<Add>),
    Run(Run),
    Tenant(Tenant),
    Update(Update),
    Diff(Diff),
    Import(Import),
    Register(Register),
    Migrate(Box<Migrate>),
    Undo(Undo),
    Eject(Eject),
    Doctor(Doctor),
    Explain(Explain),
    Schema(Schema),
    Completions(Completions),
    Man(Man),
    Emulator(Box<b2c_emulator::cli::Arguments>),
}

impl Command {
    /// The command's name, as the command line has it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Add(_) => "add",
            Self::Run(_) => "run",
            Self::Tenant(tenant) => tenant.name(),
            Self::Update(_) => "update",
            Self::Diff(_) => "diff",
            Self::Import(_) => "import",
            Self::Register(_) => "register",
            Self::Migrate(_) => "migrate",
            Self::Undo(_) => "undo",
            Self::Eject(_) => "eject",
            Self::Doctor(_) => "doctor",
            Self::Explain(_) => "explain",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            Self::Emulator(_) => "emulator",
        }
    }

    /// The project that a command works on, if it is one that is there. `undo` looks for itself what an
    /// interrupted process left.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Tenant(tenant) => Some(tenant.place()),
            Self::Update(update) => Some(&update.place),
            Self::Diff(diff) => Some(&diff.place),
            Self::Eject(eject) => Some(&eject.place),
            Self::Doctor(doctor) => Some(&doctor.place),
            Self::Register(register) => Some(&register.place),
            Self::Migrate(migrate) => Some(&migrate.place),
            // `add` finds out itself where the crate's changes are made.
            Self::New(_)
            | Self::Add(_)
            | Self::Run(_)
            | Self::Import(_)
            | Self::Undo(_)
            | Self::Explain(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Emulator(_) => None,
        }
    }

    /// Whether the command ends with a document; the others go on until Ctrl-C.
    pub(super) fn has_json(&self) -> bool {
        match self {
            Self::New(new) => !new.run,
            Self::Run(_) | Self::Emulator(_) => false,
            _ => true,
        }
    }
}

/// Which project a command works on.
#[derive(Args, Clone, Debug)]
pub(super) struct Place {
    /// The project
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".")]
    pub(super) directory: PathBuf,
}

/// Whether a command writes, or shows what it would.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Writing {
    /// List what would change, and write nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,

    /// Show what would change as a unified diff, and write nothing
    #[arg(long)]
    pub(super) diff: bool,
}

impl Writing {
    /// Whether nothing is to be written.
    pub(super) fn shows_only(self) -> bool {
        self.dry_run || self.diff
    }
}

/// Write a new project
#[derive(Args, Debug)]
#[command(before_help = help::NEW, after_help = Status::help(), help_template = help::TEMPLATE)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(super) struct New {
    /// The directory to create; it must not exist, or be empty but for .git
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,

    /// The sort of project: web-app, api, grpc or bff [default: web-app]
    #[arg(long, value_name = "TEMPLATE", value_parser = one_of::<Template>(Template::ALL.map(Template::name)))]
    #[arg(hide_possible_values = true)]
    pub(super) template: Option<Template>,

    /// Who signs the users in: b2c, external-id, entra or oidc [default: b2c]
    #[arg(long, value_name = "KIND", value_parser = one_of::<Kind>(Kind::ALL.map(Kind::name)))]
    #[arg(hide_possible_values = true)]
    pub(super) kind: Option<Kind>,

    /// Where sessions are kept: memory, cookie, redis, postgres or sqlite [default: memory]
    #[arg(long, value_name = "STORE", value_parser = one_of::<Store>(Store::ALL.map(Store::name)))]
    #[arg(hide_possible_values = true)]
    pub(super) store: Option<Store>,

    #[command(flatten)]
    pub(super) extras: Extras,

    /// The name of the package [default: the name of the directory]
    #[arg(long)]
    pub(super) name: Option<String>,

    /// Build the project and run it beside the emulator
    #[arg(long)]
    pub(super) run: bool,

    /// Open the browser when the app answers
    #[arg(long, requires = "run")]
    pub(super) open: bool,

    /// The port of the app; part of the redirect URI
    #[arg(long, default_value_t = DEFAULT_PORT, value_parser = port())]
    pub(super) port: u16,

    /// The port of the emulator
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_EMULATOR_PORT, value_parser = port())]
    pub(super) emulator_port: u16,

    /// Show what would be written, and write nothing
    #[arg(short = 'n', long, conflicts_with = "run")]
    pub(super) dry_run: bool,

    /// Show what would be written as a unified diff, and write nothing
    #[arg(long, conflicts_with = "run")]
    pub(super) diff: bool,

    /// Ask nothing: what is not given has its default
    #[arg(short = 'y', long)]
    pub(super) yes: bool,

    #[command(flatten)]
    pub(super) provider: Provider,

    #[command(flatten)]
    pub(super) cargo: CargoOptions,
}

/// Run a generated project beside the emulator
#[derive(Args, Debug)]
#[command(before_help = help::RUN, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Run {
    /// The project
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".")]
    pub(super) directory: PathBuf,

    /// Open the browser when the app answers
    #[arg(long)]
    pub(super) open: bool,

    /// The port of the app, this time only [default: that of b2c.toml]
    #[arg(long, value_parser = port())]
    pub(super) port: Option<u16>,

    /// The port of the emulator, this time only [default: that of b2c.toml]
    #[arg(long, value_name = "PORT", value_parser = port())]
    pub(super) emulator_port: Option<u16>,

    /// Build with optimizations
    #[arg(long)]
    pub(super) release: bool,

    #[command(flatten)]
    pub(super) cargo: CargoOptions,
}

/// Files on request.
#[derive(Args, Clone, Debug)]
pub(super) struct Extras {
    /// Files to run it with: docker, compose, kubernetes, aca and systemd, divided by commas
    #[arg(long, value_name = "PLACES", value_delimiter = ',', value_parser = one_of::<Deploy>(Deploy::PLACES.map(Deploy::name)))]
    #[arg(hide_possible_values = true)]
    deploy: Vec<Deploy>,

    /// A workflow that checks changes: github
    #[arg(long, value_name = "SERVICE", value_parser = one_of::<Deploy>(Deploy::CHECKS.map(Deploy::name)))]
    #[arg(hide_possible_values = true)]
    ci: Option<Deploy>,
}

impl Extras {
    /// Everything that is asked for.
    pub(super) fn all(&self) -> Vec<Deploy> {
        self.deploy.iter().copied().chain(self.ci).collect()
    }
}

/// Passed on to `cargo build`.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct CargoOptions {
    /// Build without the network
    #[arg(long, help_heading = "Options for cargo build")]
    pub(super) offline: bool,

    /// Build with the versions of Cargo.lock or not at all
    #[arg(long, help_heading = "Options for cargo build")]
    pub(super) locked: bool,
}

/// One of some names, for the shell to complete and for a mistake to be told what there is.
fn one_of<T>(names: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err = Unknown> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse::<T>())
}

pub(super) fn port() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..)
}

/// A GUID, as tenants have one.
pub(super) fn guid(text: &str) -> Result<String, String> {
    if is_guid(text) {
        Ok(text.to_owned())
    } else {
        Err("a GUID such as aaaabbbb-0000-cccc-1111-dddd2222eeee".to_owned())
    }
}

/// A tenant whose users may sign in, or `*` for all.
pub(super) fn allowed_tenant(text: &str) -> Result<String, String> {
    if text == "*" {
        return Ok(text.to_owned());
    }
    guid(text).map_err(|expected| format!("{expected}, or * for all"))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cargo, Command};

    #[test]
    fn the_command_line_is_consistent() {
        Cargo::command().debug_assert();
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let line = [
            "cargo", "b2c-init", "new", "--run", "demo", "-q", "--port", "8080",
        ];
        let Cargo::B2cInit(arguments) = Cargo::try_parse_from(line).expect("valid");
        assert!(arguments.quiet);
        let Command::New(new) = arguments.command else {
            panic!("another command")
        };
        assert_eq!(
            (new.path.as_deref(), new.run, new.port),
            (Some("demo".as_ref()), true, 8080)
        );
    }

    #[test]
    fn options_that_make_no_sense_are_refused() {
        for line in [
            ["cargo", "b2c-init", "new", "demo", "--open", ""],
            ["cargo", "b2c-init", "new", "demo", "--run", "-n"],
            ["cargo", "b2c-init", "new", "demo", "--port", "0"],
            ["cargo", "b2c-init", "run", "--dry-run", "", ""],
        ] {
            let line = line.iter().filter(|word| !word.is_empty());
            let error = Cargo::try_parse_from(line).expect_err("refused");
            assert_eq!(error.exit_code(), 2);
        }
    }
}
