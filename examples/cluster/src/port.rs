//! Free ports.

use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// Different ports of `127.0.0.1` that are free at this moment, and stay so until they are used: no
/// outgoing connection is given one meanwhile, where the system has others for those.
pub(crate) fn free<const N: usize>() -> io::Result<[u16; N]> {
    let first = RandomState::new().hash_one("port");
    let start = start();
    let candidates = (0..COUNT).map(|offset| start + (first.wrapping_add(offset) % COUNT) as u16);
    // Who was given a port for later may hold the UDP port of its number meanwhile.
    let is_given = |port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_err();
    let bound = |port| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        listener.ok().filter(|_| !is_given(port))
    };
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

/// Above the ports of well-known servers, and beside those of outgoing connections: these begin at 32768
/// or higher, unless Linux is told otherwise. Where they are everywhere, it is luck.
fn start() -> u16 {
    let told = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut told = told.split_whitespace().flat_map(str::parse);
    let (Some(low), Some(high)) = (told.next(), told.next()) else {
        return STARTS[0];
    };
    let is_beside = |start: &u16| u64::from(*start) + COUNT <= low || u64::from(*start) > high;
    STARTS.into_iter().find(is_beside).unwrap_or(STARTS[0])
}

const STARTS: [u16; 4] = [20_000, 30_000, 10_000, 61_000];
const COUNT: u64 = 4_000;

/// An error that names the port, unless it is free.
pub(crate) fn check(port: u16) -> Result<u16, String> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(port),
        Err(error) => Err(format!(
            "port {port} cannot be used: {error}; choose another with --port, or leave it out"
        )),
    }
}
