//! The command line of `migrate`.

use clap::{Args, ValueEnum};

use crate::command::arguments::{Place, Writing};
use crate::command::help;
use crate::command::tenant::{Settings, variable};
use crate::day::Day;
use crate::migrate::{Api, Rule};
use crate::status::Status;

/// Move an app from Azure AD B2C to another kind of tenant, at once or side by side
#[derive(Args, Debug)]
#[command(before_help = help::MIGRATE, after_help = Status::help(), help_template = help::TEMPLATE)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(in crate::command) struct Migrate {
    /// Where to: external-id
    #[arg(long, value_name = "KIND", hide_possible_values = true)]
    pub(super) to: Target,

    /// The profile [default: the active one, else the only one besides the emulator's]
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// Keep B2C beside it, and send users to one of them by a rule
    #[arg(long)]
    pub(super) side_by_side: bool,

    /// Take B2C out: nobody signs in there any more
    #[arg(long, conflicts_with_all = ["side_by_side", "tenant", "tenant_id", "client_id"])]
    pub(super) finish: bool,

    /// Write comments into the Rust code, at the lines that must change
    #[arg(long)]
    pub(super) mark: bool,

    /// Write the report into this file of the project, as Markdown
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<String>,

    #[command(flatten)]
    pub(in crate::command) place: Place,

    #[command(flatten)]
    pub(super) writing: Writing,

    /// How many of a hundred browsers go to the new tenant [default: 0]
    #[arg(
        long,
        help_heading = "Rule",
        value_name = "NUMBER",
        requires = "side_by_side"
    )]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    percent: Option<u8>,

    /// Whose login_hint goes there, by what follows the @; may be given several times
    #[arg(
        long,
        help_heading = "Rule",
        value_name = "DOMAIN",
        requires = "side_by_side"
    )]
    email_domain: Vec<String>,

    /// Whose login_hint goes there, by the whole address; may be given several times
    #[arg(
        long,
        help_heading = "Rule",
        value_name = "ADDRESS",
        requires = "side_by_side"
    )]
    email: Vec<String>,

    /// The new tenant: a name (fabrikam), a domain or a GUID
    #[arg(long, help_heading = "New tenant", value_name = "TENANT")]
    tenant: Option<String>,

    /// The new tenant's GUID, in place of its name
    #[arg(
        long,
        help_heading = "New tenant",
        value_name = "GUID",
        conflicts_with = "tenant"
    )]
    tenant_id: Option<String>,

    /// The origin of its sign-in pages, with a custom domain https://login.fabrikam.com
    #[arg(long, help_heading = "New tenant", value_name = "URL")]
    instance: Option<String>,

    /// The application (client) id of the new registration
    #[arg(long, help_heading = "New tenant", value_name = "ID")]
    client_id: Option<String>,

    /// Where an API of [[downstream]] is registered there; may be given several times
    #[arg(
        long = "resource",
        help_heading = "New tenant",
        value_name = "NAME=URI"
    )]
    pub(super) apis: Vec<Api>,

    /// The environment variable, or line of .env, that has the new client secret
    #[arg(long, help_heading = "New tenant", value_name = "NAME", value_parser = variable)]
    client_secret_env: Option<String>,

    /// The file that has the new client secret where the app runs
    #[arg(
        long,
        help_heading = "New tenant",
        value_name = "PATH",
        conflicts_with = "client_secret_env"
    )]
    client_secret_file: Option<String>,

    /// Read it from standard input, or without echo from a terminal, into .env
    #[arg(
        long,
        help_heading = "New tenant",
        conflicts_with = "client_secret_file"
    )]
    client_secret_stdin: bool,

    /// The day on which the new client secret ends, 2027-01-31
    #[arg(long, help_heading = "New tenant", value_name = "DAY")]
    client_secret_expires: Option<Day>,

    /// Refused: every user of this machine would see it in the list of processes
    #[arg(long, hide = true, value_name = "SECRET", allow_hyphen_values = true)]
    pub(super) client_secret: Option<String>,
}

/// The values of `--to`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Target {
    ExternalId,
}

impl Migrate {
    /// The new tenant and its registration, as `tenant set` has them.
    pub(super) fn registration(&self) -> Settings {
        Settings {
            kind: None,
            tenant: self.tenant.clone(),
            tenant_id: self.tenant_id.clone(),
            allowed_tenant: Vec::new(),
            audience: Vec::new(),
            instance: self.instance.clone(),
            issuer: None,
            client_id: self.client_id.clone(),
            sign_up_sign_in: None,
            edit_profile: None,
            reset_password: None,
            base_url: None,
            client_secret_env: self.client_secret_env.clone(),
            client_secret_file: self.client_secret_file.clone(),
            client_secret_stdin: self.client_secret_stdin,
            client_secret_expires: self.client_secret_expires,
            client_secret: None,
        }
    }

    /// Whether a new tenant is given, or something of it.
    pub(super) fn names_tenant(&self) -> bool {
        let texts = [
            &self.tenant,
            &self.tenant_id,
            &self.instance,
            &self.client_id,
            &self.client_secret_env,
            &self.client_secret_file,
        ];
        let has_day = self.client_secret_expires.is_some();
        self.client_secret_stdin || has_day || texts.iter().any(|text| text.is_some())
    }

    /// Whether enough of it is given to sign in there.
    pub(super) fn is_complete(&self, only_tokens: bool) -> bool {
        let tenant = self.tenant.is_some() || self.tenant_id.is_some();
        tenant && (only_tokens || self.client_id.is_some())
    }

    /// Who signs in there.
    pub(super) fn rule(&self) -> Rule {
        Rule {
            percent: self.percent,
            domains: self.email_domain.clone(),
            emails: self.email.clone(),
        }
    }
}
