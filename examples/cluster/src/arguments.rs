//! The command line.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::cluster;
use crate::instance;

/// Three instances of an app behind nginx, with sessions in Redis and an emulator to sign in at.
#[derive(Debug, Parser)]
#[command(name = "example-cluster", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(flatten)]
    cluster: Cluster,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What a cluster may be told.
#[derive(Args, Debug)]
pub(crate) struct Cluster {
    /// Port of nginx, and so of the app's address [default: any free one]
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Let Redis keep a log of its writes, so that sessions outlast its restart
    #[arg(long)]
    pub(crate) persist: bool,
    /// More users for the emulator: a seed of it, in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// One instance of the app; the cluster starts three of them
    #[command(hide = true)]
    Instance(Instance),
}

/// What an instance is told; everything else is in the environment.
#[derive(Args, Debug)]
pub(crate) struct Instance {
    /// What it calls itself in the header `X-Instance` and on its pages
    #[arg(long)]
    pub(crate) name: String,
    #[arg(long)]
    pub(crate) port: u16,
}

/// Runs what the command line asks for.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(carry_out(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        Some(Command::Instance(instance)) => instance::serve(instance).await,
        None => cluster::run(arguments.cluster).await,
    }
}
