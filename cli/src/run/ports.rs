//! Whether the ports are free.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};

use crate::error::Error;

/// Refuses a port that another program listens on, under either of localhost's addresses.
fn check_port(port: u16, flag: &'static str) -> Result<(), Error> {
    for address in [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ] {
        match TcpListener::bind((address, port)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                return Err(Error::PortTaken { port, flag });
            }
            // A machine without IPv6 is as good.
            Err(_) if address.is_ipv6() => {}
            Err(error) => return Err(failed(error, port, flag)),
        }
    }
    Ok(())
}

/// Windows keeps ranges of ports for virtual machines and containers, Unix those below 1024 for root.
fn failed(error: io::Error, port: u16, flag: &'static str) -> Error {
    if error.kind() != ErrorKind::PermissionDenied {
        return Error::io(format!("listen on port {port} ({flag})"), error);
    }
    let mut hint = format!("choose another one with {flag}");
    if cfg!(windows) {
        hint.push_str("; netsh interface ipv4 show excludedportrange protocol=tcp lists those");
    }
    Error::refused(format!("the system does not let port {port} be used"), hint)
}

/// Refuses ports that are taken, and one port for both.
pub(crate) fn check_ports(app: u16, emulator: u16) -> Result<(), Error> {
    if app == emulator {
        return Err(Error::SamePort(app));
    }
    check_port(app, "--port")?;
    check_port(emulator, "--emulator-port")
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::{ErrorKind, check_port, failed};
    use crate::error::Error;

    #[test]
    fn a_port_is_taken_while_somebody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        assert!(matches!(
            check_port(port, "--port"),
            Err(Error::PortTaken { .. })
        ));
    }

    #[test]
    fn a_port_that_the_system_keeps_is_not_taken_for_a_fault() {
        let error = failed(ErrorKind::PermissionDenied.into(), 80, "--port");
        assert!(matches!(error, Error::Refused { .. }), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("--port")));
    }

    #[test]
    fn a_port_that_was_given_up_is_free() {
        let port = loopback::free_port();
        drop(TcpListener::bind(("127.0.0.1", port)).expect("a free port"));
        assert!(check_port(port, "--port").is_ok());
    }
}
