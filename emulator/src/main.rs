//! The `b2c-emulator` command: runs the emulator until it is interrupted.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use b2c_emulator::{Emulator, StartError};
use clap::Parser;

/// Runs a local Azure AD B2C: user flows, pages, tokens and errors, offline.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// Port on the loopback interface; 0 takes any that is free
    #[arg(long, default_value_t = 8400)]
    port: u16,

    /// Redirect URI of the default client; may be repeated
    /// [default: http://localhost:5000/getAToken]
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,

    /// Name of the tenant, the part before .onmicrosoft.com
    #[arg(long, value_name = "NAME", default_value = "b2cemulator")]
    tenant: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let builder = Emulator::builder()
        .port(arguments.port)
        .tenant(arguments.tenant);
    let builder = arguments
        .redirect_uris
        .into_iter()
        .fold(builder, b2c_emulator::EmulatorBuilder::redirect_uri);
    let emulator = builder.start().await.map_err(|error| match error {
        StartError::PortTaken { port } => {
            format!("port {port} is already in use; choose another one with --port")
        }
        other => other.to_string(),
    })?;
    introduce(&emulator).map_err(|error| error.to_string())?;
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| error.to_string())?;
    emulator.shutdown().await;
    Ok(())
}

fn introduce(emulator: &Emulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let client = emulator.client();
    writeln!(out, "b2c-emulator · local, not Microsoft\n")?;
    writeln!(out, "  Address        {}", emulator.base_url())?;
    writeln!(out, "  Tenant         {}", emulator.tenant())?;
    writeln!(out, "  Client ID      {}", client.client_id())?;
    writeln!(out, "  Client secret  {}", client.client_secret())?;
    for uri in client.redirect_uris() {
        writeln!(out, "  Redirect URI   {uri}")?;
    }
    for user in emulator.users() {
        writeln!(
            out,
            "  User           {} / {}",
            user.sign_in_name(),
            user.password()
        )?;
    }
    if let Some(metadata) = emulator.metadata_url("B2C_1_signupsignin1") {
        writeln!(out, "  Metadata       {metadata}")?;
    }
    writeln!(out, "\nPress Ctrl-C to stop.")?;
    out.flush()
}
