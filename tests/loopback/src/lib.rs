//! Ports of this machine for the servers of tests.
//!
//! A test whose server can take any port asks the system for one by binding port 0, and keeps the
//! listener. This crate is for the others: a port that is written into a configuration before somebody
//! listens, one whose server stops and comes back, and one that nobody is to listen on.

#![allow(clippy::panic, reason = "only tests use it")]

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A port that is free on both loopback addresses at this moment, that this process was not given
/// before, and that no outgoing connection is given before it is used: systems take those from 32768 up.
///
/// # Panics
///
/// When there is none.
pub fn free_port() -> u16 {
    free_ports_in_a_row(1)
}

/// The first of this many such ports, one after the other.
///
/// # Panics
///
/// When there are none.
pub fn free_ports_in_a_row(count: u16) -> u16 {
    // Not where other processes begin to look.
    let begin = RandomState::new().hash_one("port");
    let mut firsts = (0..COUNT).map(|next| FIRST + (begin.wrapping_add(next) % COUNT) as u16);
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let first = firsts.find(|&first| {
        let mut row = first..first + count;
        row.all(|port| !given.contains(&port) && is_free(port))
    });
    let first = first.unwrap_or_else(|| panic!("no port from {FIRST} up is free"));
    given.extend(first..first + count);
    first
}

fn is_free(port: u16) -> bool {
    let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port));
    // Where there is no IPv6, nobody has it.
    let is_taken = matches!(six, Err(error) if error.kind() == ErrorKind::AddrInUse);
    !is_taken && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Waits until something listens on this port of `127.0.0.1`.
///
/// # Errors
///
/// When nothing does for 30 seconds.
pub fn wait_for(port: u16) -> io::Result<()> {
    let began = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if began.elapsed() > Duration::from_secs(30) {
            let told = format!("nothing listens on port {port}");
            return Err(io::Error::new(ErrorKind::TimedOut, told));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// What this process was given: most is used only later.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// Above those of well-known servers, below those of outgoing connections.
const FIRST: u16 = 20_000;
const COUNT: u64 = 12_000;
