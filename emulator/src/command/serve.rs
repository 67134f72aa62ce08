use std::io::{self, Write};

use b2c_emulator::{Emulator, EmulatorBuilder, StartError};

use super::arguments::Serve;

/// Runs the emulator until it is interrupted.
pub(super) async fn serve(arguments: Serve) -> Result<(), String> {
    let builder = arguments.tenants.builder().port(arguments.port);
    let builder = if arguments.tls {
        builder.tls(arguments.certificates.tls())
    } else {
        builder
    };
    let builder = arguments
        .redirect_uris
        .into_iter()
        .fold(builder, EmulatorBuilder::redirect_uri);
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
    if let Some(path) = emulator.ca_certificate_path() {
        writeln!(out, "  Certificates   {}", path.display())?;
    }
    writeln!(out, "  Tenant         {}", emulator.tenant())?;
    writeln!(out, "  Client ID      {}", client.client_id())?;
    writeln!(out, "  Client secret  {}", client.client_secret())?;
    for tenant in emulator.tenants().skip(1) {
        writeln!(out, "  Tenant too     {}", tenant.name())?;
    }
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
