//! Free ports.

use std::hash::{BuildHasher as _, RandomState};
use std::net::TcpListener;

/// A port that is free on both loopback addresses at this moment, and that no outgoing connection is
/// given before it is used: systems take those from 32768 up.
pub fn free() -> std::io::Result<u16> {
    loop {
        let port = FIRST + (RandomState::new().hash_one("port") % COUNT) as u16;
        let is_free = |address| TcpListener::bind((address, port)).is_ok();
        let six = TcpListener::bind(("::1", port));
        let is_taken = matches!(six, Err(error) if error.kind() == std::io::ErrorKind::AddrInUse);
        if is_free("127.0.0.1") && !is_taken {
            return Ok(port);
        }
    }
}

/// Above those of well-known servers, below those of outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;
