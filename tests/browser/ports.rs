//! Free ports.

use std::net::TcpListener;

/// A port that is free on both loopback addresses at this moment.
pub fn free() -> std::io::Result<u16> {
    loop {
        let four = TcpListener::bind("127.0.0.1:0")?;
        let port = four.local_addr()?.port();
        match TcpListener::bind(("::1", port)) {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            _ => return Ok(port),
        }
    }
}
