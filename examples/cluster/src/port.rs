//! Free ports.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Different ports of `127.0.0.1` that are free at this moment.
pub(crate) fn free<const N: usize>() -> io::Result<[u16; N]> {
    let listeners: Vec<_> = (0..N)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

/// An error that names the port, unless it is free.
pub(crate) fn check(port: u16) -> Result<u16, String> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(port),
        Err(error) => Err(format!(
            "port {port} cannot be used: {error}; choose another with --port, or leave it out"
        )),
    }
}
