//! Free ports.

use std::hash::{BuildHasher as _, RandomState};
use std::net::TcpListener;

/// A port that is free on both loopback addresses at this moment, and that no outgoing connection is
/// given before it is used: systems take those from 32768 up.
pub fn free() -> std::io::Result<u16> {
    free_in_a_row(1)
}

/// The first of this many such ports, one after the other.
pub fn free_in_a_row(count: u16) -> std::io::Result<u16> {
    loop {
        let first = FIRST + (RandomState::new().hash_one("port") % COUNT) as u16;
        if (first..first + count).all(is_free) {
            return Ok(first);
        }
    }
}

fn is_free(port: u16) -> bool {
    let six = TcpListener::bind(("::1", port));
    let is_taken = matches!(six, Err(error) if error.kind() == std::io::ErrorKind::AddrInUse);
    TcpListener::bind(("127.0.0.1", port)).is_ok() && !is_taken
}

/// Above those of well-known servers, below those of outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;
