use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::tenants::{CertificatePlace, Tenants};

/// Runs a local Azure AD B2C, or gives orders to one that runs
#[derive(Args, Debug)]
#[command(before_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    #[command(flatten)]
    pub(super) run: Run,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Run(Run),
    /// Print how to trust the emulator's https certificates, and create them if there are none
    Trust(CertificatePlace),
    /// Print the lines that lead the tenants' host names to this machine
    Hosts(Tenants),
    Health(Health),
    Token(Token),
    Users(Users),
    Export(Export),
    Import(Import),
    Scenario(Scenario),
}

/// Run the emulator until it is interrupted; this is what happens without a command, too
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Run {
    /// Port on the loopback interface; 0 takes any that is free
    #[arg(long, default_value_t = 8400)]
    pub(super) port: u16,

    /// Redirect URI of the default client; may be repeated
    /// [default: http://localhost:5000/getAToken]
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(super) redirect_uris: Vec<String>,

    #[command(flatten)]
    pub(super) tenants: Tenants,

    /// Serve https; `trust` prints how to trust its certificate
    #[arg(long)]
    pub(super) tls: bool,

    #[command(flatten)]
    pub(super) certificates: CertificatePlace,

    /// Start with what this file names, and follow its changes
    #[arg(long, value_name = "FILE")]
    pub(super) seed: Option<PathBuf>,

    /// Keep what is registered in this file
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,

    /// Sign the user of `login_hint` in without a page
    #[arg(long)]
    pub(super) auto_sign_in: bool,

    /// Obey the header X-B2C-Emulator-Misbehave
    #[arg(long)]
    pub(super) misbehave_header: bool,

    /// Let other machines in
    #[arg(long)]
    pub(super) public: bool,

    /// Be the same in every run, at this time in seconds since 1970
    #[arg(long, value_name = "SECONDS")]
    pub(super) deterministic_at: Option<i64>,

    /// Port of the admin API [default: the one after --port; any for port 0]
    #[arg(long, value_name = "PORT")]
    pub(super) admin_port: Option<u16>,

    /// No admin API
    #[arg(long, conflicts_with = "admin_port")]
    pub(super) no_admin: bool,

    /// Write the admin API's token to this file, which only its owner can read
    #[arg(long, value_name = "FILE")]
    pub(super) admin_token_file: Option<PathBuf>,

    /// Token of the admin API [default: a random one]
    #[arg(skip = std::env::var(TOKEN_VARIABLE).ok())]
    pub(super) admin_token: Option<String>,
}

/// Ask whether an emulator answers on this machine, and fail if none does
#[derive(Args, Debug)]
pub(super) struct Health {
    /// The port that it has
    #[arg(long, default_value_t = 8400)]
    pub(super) port: u16,
}

/// Which running emulator is meant.
#[derive(Args, Debug)]
pub(super) struct Admin {
    /// Address of its admin API
    #[arg(
        long = "admin",
        value_name = "URL",
        global = true,
        env = "B2C_EMULATOR_ADMIN",
        default_value = "http://127.0.0.1:8401"
    )]
    pub(super) url: String,

    /// File with its admin token [default: the variable B2C_EMULATOR_ADMIN_TOKEN]
    #[arg(long = "admin-token-file", value_name = "FILE", global = true)]
    pub(super) token_file: Option<PathBuf>,
}

/// Print a token that nobody has been issued, good or bad
#[derive(Args, Debug)]
pub(super) struct Token {
    /// Sign-in name or object id [default: the first user]
    pub(super) user: Option<String>,

    /// An access token instead of an ID token
    #[arg(long)]
    pub(super) access: bool,

    /// A logout token instead of an ID token
    #[arg(long, conflicts_with = "access")]
    pub(super) logout: bool,

    /// Client id [default: the first client]
    #[arg(long, value_name = "ID")]
    pub(super) client: Option<String>,

    /// Name, domain or GUID of the tenant that is meant [default: the default one]
    #[arg(long, value_name = "NAME")]
    pub(super) tenant: Option<String>,

    /// User flow [default: the first one]
    #[arg(long, value_name = "NAME")]
    pub(super) user_flow: Option<String>,

    /// Scope of an access token; may be repeated
    #[arg(long = "scope", value_name = "NAME")]
    pub(super) scopes: Vec<String>,

    /// Claim to add or replace; the value is JSON, or else a text; may be repeated
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    pub(super) claims: Vec<String>,

    /// Claim to leave out; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(super) without: Vec<String>,

    /// Seconds until it expires; less than zero if it has expired
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(super) expires_in: Option<i64>,

    /// RS256, ES256, HS256 or none
    #[arg(long, value_name = "NAME", default_value = "RS256")]
    pub(super) alg: String,

    /// Spoil the signature
    #[arg(long)]
    pub(super) bad_signature: bool,

    #[command(flatten)]
    pub(super) admin: Admin,
}

/// List, add, change or delete users
#[derive(Args, Debug)]
pub(super) struct Users {
    #[command(subcommand)]
    pub(super) command: Option<UserCommand>,

    /// Name, domain or GUID of the tenant that is meant [default: the default one]
    #[arg(long, value_name = "NAME", global = true)]
    pub(super) tenant: Option<String>,

    #[command(flatten)]
    pub(super) admin: Admin,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Print every user as JSON
    List,
    /// Add a user
    Add {
        /// The e-mail address
        sign_in_name: String,
        /// Attributes, for example display_name="Mary Jackson" password=Passw0rd!
        #[arg(value_name = "NAME=VALUE")]
        attributes: Vec<String>,
    },
    /// Change attributes of a user
    Change {
        /// Sign-in name or object id
        user: String,
        /// Attributes, for example city=London
        #[arg(value_name = "NAME=VALUE", required = true)]
        attributes: Vec<String>,
    },
    /// Delete a user
    Delete {
        /// Sign-in name or object id
        user: String,
    },
}

/// Write everything that is registered as a seed
#[derive(Args, Debug)]
pub(super) struct Export {
    /// Where to; - is standard output
    #[arg(default_value = "-")]
    pub(super) file: PathBuf,

    /// Name, domain or GUID of the tenant that is meant [default: all of them]
    #[arg(long, value_name = "NAME")]
    pub(super) tenant: Option<String>,

    #[command(flatten)]
    pub(super) admin: Admin,
}

/// Replace everything that a seed names
#[derive(Args, Debug)]
pub(super) struct Import {
    /// Where from; - is standard input
    pub(super) file: PathBuf,

    /// Name, domain or GUID of the tenant that is meant [default: all that the seed names]
    #[arg(long, value_name = "NAME")]
    pub(super) tenant: Option<String>,

    #[command(flatten)]
    pub(super) admin: Admin,
}

/// Misbehave; without a name, list the names
#[derive(Args, Debug)]
pub(super) struct Scenario {
    /// Misbehaviours, for example oidcc-client-test-invalid-iss or status-503
    pub(super) names: Vec<String>,

    /// End what is active first
    #[arg(long)]
    pub(super) off: bool,

    /// In this tenant alone; name, domain or GUID
    #[arg(long, value_name = "NAME")]
    pub(super) tenant: Option<String>,

    /// For this client alone
    #[arg(long, value_name = "ID")]
    pub(super) client: Option<String>,

    /// At this user flow alone
    #[arg(long, value_name = "NAME")]
    pub(super) user_flow: Option<String>,

    /// At this endpoint alone: metadata, keys, authorize, token, logout, userinfo or api
    #[arg(long, value_name = "NAME")]
    pub(super) endpoint: Option<String>,

    /// For so many requests
    #[arg(long, value_name = "N")]
    pub(super) next: Option<u32>,

    /// With these odds, from 0 to 1
    #[arg(long, value_name = "ODDS")]
    pub(super) probability: Option<f64>,

    #[command(flatten)]
    pub(super) admin: Admin,
}

pub(super) const TOKEN_VARIABLE: &str = "B2C_EMULATOR_ADMIN_TOKEN";

const EXAMPLES: &str = "\
Examples:
  run --seed seed.toml --admin-token-file admin.token
  users add mary@emulator.example display_name=Mary --admin-token-file admin.token
  token ada@emulator.example --access --alg none
  scenario oidcc-client-test-invalid-iss --next 1
  export seed.toml";
