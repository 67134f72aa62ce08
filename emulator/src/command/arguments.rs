use std::path::PathBuf;

use b2c_emulator::Tls;
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

    /// Name of the tenant, the part before .onmicrosoft.com
    #[arg(long, value_name = "NAME", default_value = "b2cemulator")]
    pub(super) tenant: String,

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
