//! The command line of `tenant`. Names that `dotnet new` has for a setting are aliases.

use clap::{Args, Subcommand};

use crate::command::arguments::{Place, Writing, allowed_tenant, guid};
use crate::command::help;
use crate::day::Day;
use crate::merge::Prefer;
use crate::status::Status;
use crate::tenant::Kind;

/// Choose whom users sign in at: profiles of b2c.toml
#[derive(Args, Debug)]
#[command(before_help = help::TENANT, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(in crate::command) struct Tenant {
    #[command(subcommand)]
    pub(super) action: Action,
}

#[derive(Debug, Subcommand)]
pub(super) enum Action {
    Set(Box<Set>),
    Add(Box<Add>),
    List(List),
    Use(Use),
}

impl Tenant {
    /// The command's name, as the command line has it.
    pub(in crate::command) fn name(&self) -> &'static str {
        match self.action {
            Action::Set(_) => "tenant set",
            Action::Add(_) => "tenant add",
            Action::List(_) => "tenant list",
            Action::Use(_) => "tenant use",
        }
    }

    /// The project.
    pub(in crate::command) fn place(&self) -> &Place {
        match &self.action {
            Action::Set(set) => &set.place,
            Action::Add(add) => &add.place,
            Action::List(list) => &list.place,
            Action::Use(switch) => &switch.place,
        }
    }
}

/// Change the settings of a profile; everything else in b2c.toml stays
#[derive(Args, Debug)]
#[command(before_help = help::TENANT_SET, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Set {
    /// The tenant: a name (contoso), a domain or a GUID
    #[arg(value_name = "TENANT", conflicts_with_all = ["tenant", "tenant_id"])]
    pub(super) positional: Option<String>,

    /// The profile [default: the active one, else the only one besides the emulator's]
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// Which one, where the profile has several: the NAME of [providers.NAME]
    #[arg(long, value_name = "NAME", conflicts_with = "prefer")]
    pub(super) provider: Option<String>,

    #[command(flatten)]
    pub(super) settings: Settings,

    /// Whose value is taken where b2c.toml was changed by hand: mine or new
    #[arg(long, help_heading = "Settings", value_name = "SIDE")]
    pub(super) prefer: Option<Side>,

    #[command(flatten)]
    pub(super) place: Place,

    #[command(flatten)]
    pub(super) writing: Writing,
}

/// Add a profile, such as staging or prod
#[derive(Args, Debug)]
#[command(before_help = help::TENANT_ADD, after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Add {
    /// The name of the profile
    pub(super) name: String,

    #[command(flatten)]
    pub(super) settings: Settings,

    /// Whose value is taken where b2c.toml was changed by hand: mine or new
    #[arg(long, help_heading = "Settings", value_name = "SIDE")]
    pub(super) prefer: Option<Side>,

    #[command(flatten)]
    pub(super) place: Place,

    #[command(flatten)]
    pub(super) writing: Writing,
}

/// List the profiles
#[derive(Args, Debug)]
#[command(after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct List {
    #[command(flatten)]
    pub(super) place: Place,
}

/// Make a profile the active one
#[derive(Args, Debug)]
#[command(after_help = Status::help(), help_template = help::TEMPLATE)]
pub(super) struct Use {
    /// The name of the profile
    pub(super) name: String,

    #[command(flatten)]
    pub(super) place: Place,

    #[command(flatten)]
    pub(super) writing: Writing,
}

/// What is set; what is not given stays.
#[derive(Args, Debug)]
#[command(next_help_heading = "Settings")]
pub(in crate::command) struct Settings {
    /// b2c, external-id, entra or oidc
    #[arg(long, value_name = "KIND")]
    pub(in crate::command) kind: Option<Kind>,

    /// The tenant: a name (contoso), a domain or a GUID
    #[arg(long, visible_alias = "domain", value_name = "TENANT")]
    pub(in crate::command) tenant: Option<String>,

    /// The tenant's GUID, in place of its name
    #[arg(long, value_name = "GUID", conflicts_with = "tenant", value_parser = guid)]
    pub(in crate::command) tenant_id: Option<String>,

    /// A tenant whose users may sign in, where the tenant is common or organizations; * for all. Repeatable
    #[arg(long, value_name = "GUID", value_parser = allowed_tenant)]
    pub(in crate::command) allowed_tenant: Vec<String>,

    /// The origin of the sign-in pages, with a custom domain https://login.contoso.com
    #[arg(long, visible_alias = "aad-b2c-instance", value_name = "URL")]
    pub(in crate::command) instance: Option<String>,

    /// The issuer of an OpenID provider (kind oidc)
    #[arg(long, value_name = "URL")]
    pub(in crate::command) issuer: Option<String>,

    /// The application (client) id
    #[arg(long, value_name = "ID")]
    pub(in crate::command) client_id: Option<String>,

    /// What the claim aud of the tokens says that an API takes; usually its own client id. Repeatable
    #[arg(long, value_name = "AUDIENCE")]
    pub(in crate::command) audience: Vec<String>,

    /// The user flow to sign up and sign in with
    #[arg(long, visible_alias = "susi-policy-id", value_name = "FLOW")]
    pub(in crate::command) sign_up_sign_in: Option<String>,

    /// The user flow to edit the profile with, or none
    #[arg(long, visible_alias = "edit-profile-policy-id", value_name = "FLOW")]
    pub(in crate::command) edit_profile: Option<String>,

    /// The user flow to reset the password with, or none
    #[arg(long, visible_alias = "reset-password-policy-id", value_name = "FLOW")]
    pub(in crate::command) reset_password: Option<String>,

    /// Where browsers reach the app with this profile
    #[arg(long, value_name = "URL")]
    pub(in crate::command) base_url: Option<String>,

    /// The environment variable, or line of .env, that has the client secret
    #[arg(long, value_name = "NAME", value_parser = variable)]
    pub(in crate::command) client_secret_env: Option<String>,

    /// The file that has the client secret where the app runs
    #[arg(long, value_name = "PATH", conflicts_with = "client_secret_env")]
    pub(in crate::command) client_secret_file: Option<String>,

    /// Read the client secret from standard input, or without echo from a terminal, into .env
    #[arg(long, conflicts_with = "client_secret_file")]
    pub(in crate::command) client_secret_stdin: bool,

    /// The day on which the client secret ends, 2027-01-31
    #[arg(long, value_name = "DAY")]
    pub(in crate::command) client_secret_expires: Option<Day>,

    /// Refused: every user of this machine would see it in the list of processes
    #[arg(long, hide = true, value_name = "SECRET", allow_hyphen_values = true)]
    pub(in crate::command) client_secret: Option<String>,
}

/// The name of an environment variable, as shells and `.env` files take it
/// ([POSIX, 3.216](https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap03.html#tag_03_216)).
pub(in crate::command) fn variable(text: &str) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = text.starts_with(|c: char| valid(c) && !c.is_ascii_digit());
    if begins && text.chars().all(valid) {
        return Ok(text.to_owned());
    }
    Err("letters, digits and _, and no digit first: B2C_PROD_CLIENT_SECRET".to_owned())
}

/// The values of `--prefer`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(in crate::command) enum Side {
    /// That of the project as it is.
    Mine,
    /// That of this command.
    New,
}

impl From<Option<Side>> for Prefer {
    fn from(side: Option<Side>) -> Self {
        match side {
            None => Self::Neither,
            Some(Side::Mine) => Self::Mine,
            Some(Side::New) => Self::New,
        }
    }
}
