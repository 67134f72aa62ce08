//! `b2c-emulator run`

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use tokio::time::sleep;

use super::arguments::Run;
use super::interrupt::Interrupt;
use crate::{Emulator, EmulatorBuilder, StartError};

/// Runs until it is interrupted.
pub(super) fn run(options: Run) -> Result<(), String> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?
        .block_on(serve(options))
}

async fn serve(options: Run) -> Result<(), String> {
    let mut interrupt = Interrupt::listen().map_err(|error| error.to_string())?;
    let admin_port = admin_port(&options);
    let (port, public) = (options.port, options.public);
    let token_file = options.admin_token_file.clone();
    let emulator = builder(options, admin_port).start().await;
    let emulator = emulator.map_err(|error| match error {
        StartError::PortTaken { port: taken } if taken == port => {
            format!("port {port} is already in use; choose another one with --port")
        }
        StartError::PortTaken { port } => {
            format!("port {port} is already in use; choose another one with --admin-port")
        }
        other => other.to_string(),
    })?;
    if let (Some(path), Some(token)) = (token_file, emulator.admin_token()) {
        write_secret(&path, token).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if public {
        warn(
            "other machines can reach this emulator; its users, secrets and signing key are \
             known to everybody",
        );
    }
    if emulator.users().is_empty() {
        warn("there are no users; nobody can sign in");
    }
    introduce(&emulator).map_err(|error| error.to_string())?;
    tokio::select! {
        () = interrupt.wait() => {}
        () = tell_seed_problems(&emulator) => {}
    }
    emulator.shutdown().await;
    Ok(())
}

fn admin_port(options: &Run) -> Option<u16> {
    let next = match options.port {
        0 => 0,
        port => port.checked_add(1).unwrap_or(0),
    };
    (!options.no_admin).then(|| options.admin_port.unwrap_or(next))
}

fn builder(options: Run, admin_port: Option<u16>) -> EmulatorBuilder {
    let builder = options
        .tenants
        .builder()
        .port(options.port)
        .auto_sign_in(options.auto_sign_in)
        .misbehave_header(options.misbehave_header)
        .public(options.public);
    let uris = options.redirect_uris.into_iter();
    let mut builder = uris.fold(builder, EmulatorBuilder::redirect_uri);
    if options.tls {
        builder = builder.tls(options.certificates.tls());
    }
    if let Some(path) = options.seed {
        builder = builder.seed_file(path);
    }
    if let Some(path) = options.state {
        builder = builder.state_file(path);
    }
    if let Some(at) = options.deterministic_at {
        builder = builder.deterministic_at(at);
    }
    if let Some(port) = admin_port {
        builder = builder.admin_port(port);
    }
    match options.admin_token {
        Some(token) => builder.admin_token(token),
        None => builder,
    }
}

/// Says what is wrong with the seed file whenever it changes for the worse.
async fn tell_seed_problems(emulator: &Emulator) {
    let mut told = None;
    loop {
        sleep(Duration::from_millis(250)).await;
        let problem = emulator.seed_problem();
        if problem != told {
            match &problem {
                Some(problem) => warn(&format!("{problem}\nthe state before stays in place")),
                None => warn("the seed file is good again"),
            }
            told = problem;
        }
    }
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
        let (name, password) = (user.sign_in_name(), user.password());
        writeln!(out, "  User           {name} / {password}")?;
    }
    if let Some(metadata) = emulator.metadata_url("B2C_1_signupsignin1") {
        writeln!(out, "  Metadata       {metadata}")?;
    }
    if let (Some(url), Some(token)) = (emulator.admin_url(), emulator.admin_token()) {
        writeln!(out, "  Admin API      {url}")?;
        writeln!(out, "  Admin token    {token}")?;
    }
    writeln!(out, "\nPress Ctrl-C to stop.")?;
    out.flush()
}

/// Only the owner may read it. A link that somebody put there is not followed to its target, but
/// replaced.
fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{secret}")
}

fn warn(text: &str) {
    let _ = writeln!(io::stderr(), "warning: {text}");
}
