use std::io::{self, Write};

use super::tenants::Tenants;

/// Prints the lines of a hosts file.
pub(super) fn hosts(tenants: Tenants) -> Result<(), String> {
    let names = tenants.builder().host_names();
    let names = names.map_err(|error| error.to_string())?;
    print(&names).map_err(|error| error.to_string())
}

fn print(names: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "# b2c-emulator; for /etc/hosts, or C:\\Windows\\System32\\drivers\\etc\\hosts"
    )?;
    for name in names {
        writeln!(out, "127.0.0.1 {name}\n::1       {name}")?;
    }
    out.flush()
}
