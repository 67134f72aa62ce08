use std::path::PathBuf;

use b2c_emulator::{Emulator, EmulatorBuilder, Tenant, Tls};
use clap::{Args, Parser, Subcommand};

/// Runs a local Azure AD B2C: user flows, pages, tokens and errors, offline.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    #[command(flatten)]
    pub(super) serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the emulator until Ctrl-C; the same as no command at all
    Run(Serve),
    /// Print how to trust the emulator's https certificates, and create them if there are none
    Trust(CertificatePlace),
    /// Print the lines that lead the tenants' host names to this machine
    Hosts(Tenants),
}

/// Which tenants there are.
#[derive(Args, Debug)]
pub(super) struct Tenants {
    /// Name of the default tenant, the part before .onmicrosoft.com
    #[arg(long, value_name = "NAME", default_value = "b2cemulator")]
    tenant: String,

    /// Host name of the default tenant's own; may be repeated
    #[arg(long = "custom-domain", value_name = "HOST")]
    custom_domains: Vec<String>,

    /// Add an External ID tenant; may be repeated
    #[arg(long = "external-id", value_name = "NAME")]
    external_id: Vec<String>,

    /// Add an Entra ID tenant; may be repeated
    #[arg(long = "entra", value_name = "NAME")]
    entra: Vec<String>,
}

impl Tenants {
    /// Describes an emulator that has them.
    pub(super) fn builder(self) -> EmulatorBuilder {
        let builder = Emulator::builder().tenant(self.tenant);
        let builder = self
            .custom_domains
            .into_iter()
            .fold(builder, EmulatorBuilder::custom_domain);
        let external_id = self.external_id.into_iter().map(Tenant::external_id);
        external_id
            .chain(self.entra.into_iter().map(Tenant::entra))
            .fold(builder, EmulatorBuilder::add_tenant)
    }
}

#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Port on the loopback interface; 0 takes any that is free
    #[arg(long, default_value_t = 8400)]
    pub(super) port: u16,

    /// Redirect URI of the default client; may be repeated
    /// [default: http://localhost:5000/getAToken]
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(super) redirect_uris: Vec<String>,

    #[command(flatten)]
    pub(super) tenants: Tenants,

    /// Serve https; `b2c-emulator trust` prints how to trust its certificate
    #[arg(long)]
    pub(super) tls: bool,

    #[command(flatten)]
    pub(super) certificates: CertificatePlace,
}

#[derive(Args, Debug)]
pub(super) struct CertificatePlace {
    /// Directory that keeps the certificate authority [default: a directory of this user]
    #[arg(long, value_name = "DIRECTORY")]
    ca_dir: Option<PathBuf>,
}

impl CertificatePlace {
    pub(super) fn tls(&self) -> Tls {
        self.ca_dir.as_ref().map_or_else(Tls::of_user, Tls::kept_in)
    }
}
