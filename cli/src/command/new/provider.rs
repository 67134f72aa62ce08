//! The options of `new` about people's own tenant. Names that `dotnet new` has are aliases.

use clap::Args;

use crate::command::arguments::{allowed_tenant, guid};

/// Whom users sign in at, beside the emulator.
#[derive(Args, Clone, Debug)]
pub(in crate::command) struct Provider {
    /// Your tenant: a name (contoso), a domain or a GUID [default: placeholders, to be set later]
    #[arg(long, visible_alias = "domain", value_name = "TENANT", help_heading = HEADING)]
    pub(super) tenant: Option<String>,

    /// Your tenant's GUID, in place of its name
    #[arg(long, value_name = "GUID", conflicts_with_all = ["tenant", "issuer"], value_parser = guid, help_heading = HEADING)]
    pub(super) tenant_id: Option<String>,

    /// A tenant whose users may sign in, where the tenant is common or organizations; * for all. Repeatable
    #[arg(long, value_name = "GUID", value_parser = allowed_tenant, help_heading = HEADING)]
    pub(super) allowed_tenant: Vec<String>,

    /// The origin of the sign-in pages, with a custom domain https://login.contoso.com
    #[arg(long, visible_alias = "aad-b2c-instance", value_name = "URL", help_heading = HEADING)]
    pub(super) instance: Option<String>,

    /// The issuer of your OpenID provider (kind oidc)
    #[arg(long, value_name = "URL", conflicts_with = "tenant", help_heading = HEADING)]
    pub(super) issuer: Option<String>,

    /// The application (client) id; `register` makes one
    #[arg(long, value_name = "ID", help_heading = HEADING)]
    pub(super) client_id: Option<String>,

    /// What the claim aud of the tokens says that an API takes; usually its own client id. Repeatable
    #[arg(long, value_name = "AUDIENCE", help_heading = HEADING)]
    pub(super) audience: Vec<String>,

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
    /// The tenant, or the issuer of an OpenID provider.
    pub(super) fn whom(&self) -> Option<&String> {
        let tenant = self.tenant.as_ref().or(self.tenant_id.as_ref());
        tenant.or(self.issuer.as_ref())
    }

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
