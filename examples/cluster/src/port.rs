//! Free ports.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Different ports of `127.0.0.1` that are free at this moment, and stay so until they are used: no
/// outgoing connection is given one meanwhile, since systems take those from 32768 up.
pub(crate) fn free<const N: usize>() -> io::Result<[u16; N]> {
    let first = RandomState::new().hash_one("port");
    let candidates = (0..COUNT).map(|offset| FIRST + (first.wrapping_add(offset) % COUNT) as u16);
    let bound = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
    // Held until all are found, so that they differ from those of others who look now.
    let found: Vec<_> = candidates
        .filter_map(|port| bound(port).map(|listener| (port, listener)))
        .take(N)
        .collect();
    let mut ports = [0; N];
    if found.len() < N {
        return Err(io::ErrorKind::AddrNotAvailable.into());
    }
    for (port, (free, _)) in ports.iter_mut().zip(&found) {
        *port = *free;
    }
    Ok(ports)
}

/// Above those of well-known servers, below those of outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;

/// An error that names the port, unless it is free.
pub(crate) fn check(port: u16) -> Result<u16, String> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(port),
        Err(error) => Err(format!(
            "port {port} cannot be used: {error}; choose another with --port, or leave it out"
        )),
    }
}
