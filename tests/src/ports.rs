//! Free ports, and whether somebody listens on one.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

/// What this process was given: most is used only later.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port that is free on both loopback addresses at this moment, and that no outgoing connection is
/// given before it is used: systems take those from 32768 up.
pub fn free() -> std::io::Result<u16> {
    free_in_a_row(1)
}

/// The first of this many such ports, one after the other.
pub fn free_in_a_row(count: u16) -> std::io::Result<u16> {
    loop {
        let first = FIRST + (RandomState::new().hash_one("port") % COUNT) as u16;
        let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut row = first..first + count;
        if row.all(|port| !given.contains(&port) && is_free(port)) {
            given.extend(first..first + count);
            return Ok(first);
        }
    }
}

fn is_free(port: u16) -> bool {
    let six = TcpListener::bind(("::1", port));
    let is_taken = matches!(six, Err(error) if error.kind() == std::io::ErrorKind::AddrInUse);
    TcpListener::bind(("127.0.0.1", port)).is_ok() && !is_taken
}

/// Waits until something listens on this port of `127.0.0.1`.
pub fn wait_for(port: u16) -> Result<(), Failed> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if Instant::now() > deadline {
            return Err(format!("nothing listens on port {port}").into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Above those of well-known servers, below those of outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;
