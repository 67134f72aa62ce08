//! The options of `new` about people's own tenant. Names that `dotnet new` has are aliases.

use clap::Args;

/// Whom users sign in at, beside the emulator.
#[derive(Args, Clone, Debug)]
pub(in crate::command) struct Provider {
    /// Your tenant: a name (contoso), a domain or a GUID [default: placeholders, to be set later]
    #[arg(long, visible_alias = "domain", value_name = "TENANT", help_heading = HEADING)]
    pub(super) tenant: Option<String>,

    /// The issuer of your OpenID provider (kind oidc)
    #[arg(long, value_name = "URL", conflicts_with = "tenant", help_heading = HEADING)]
    pub(super) issuer: Option<String>,

    /// The application (client) id; `register` makes one
    #[arg(long, value_name = "ID", help_heading = HEADING)]
    pub(super) client_id: Option<String>,

    /// The user flow to sign up and sign in with
    #[arg(long, visible_alias = "susi-policy-id", value_name = "FLOW", help_heading = HEADING)]
    pub(super) sign_up_sign_in: Option<String>,

    /// The user flow to edit the profile with, or none
    #[arg(long, visible_alias = "edit-profile-policy-id", value_name = "FLOW", help_heading = HEADING)]
    pub(super) edit_profile: Option<String>,

    /// The user flow to reset the password with, or none
    #[arg(long, visible_alias = "reset-password-policy-id", value_name = "FLOW", help_heading = HEADING)]
    pub(super) reset_password: Option<String>,

    /// Read the client secret from standard input, or without echo from a terminal, into .env
    #[arg(long, help_heading = HEADING)]
    pub(super) client_secret_stdin: bool,

    /// Refused: every user of this machine would see it in the list of processes
    #[arg(long, hide = true, value_name = "SECRET", allow_hyphen_values = true)]
    pub(super) client_secret: Option<String>,
}

impl Provider {
    /// Whether user flows were named.
    pub(super) fn names_flows(&self) -> bool {
        let flows = [
            &self.sign_up_sign_in,
            &self.edit_profile,
            &self.reset_password,
        ];
        flows.into_iter().any(Option::is_some)
    }
}

const HEADING: &str = "Your tenant";
