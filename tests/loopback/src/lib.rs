//! Ports of this machine for the servers of tests.
//!
//! A test whose server can take any port asks the system for one by binding port 0, and keeps the
//! listener. This crate is for the others: a port that is written into a configuration before somebody
//! listens, one whose server stops and comes back, and one that nobody is to listen on.

#![allow(clippy::panic, reason = "only tests use it")]

use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket};
use std::ops::Range;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A port that is free on both loopback addresses at this moment, and that nobody else is given before
/// it is used: neither this process again nor another one that asks here while this one runs, nor an
/// outgoing connection where the system's settings leave room beside those.
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
    let Range { start, end } = *PORTS;
    let firsts = start..=end - count;
    // Not where other processes begin to look.
    let begin = RandomState::new().hash_one("port") % firsts.len() as u64;
    let begin = usize::try_from(begin).unwrap_or_default();
    for first in firsts.clone().cycle().skip(begin).take(firsts.len()) {
        let row: Option<Vec<_>> = (first..first + count).map(mark).collect();
        if let Some(row) = row {
            let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
            given.extend(row);
            return first;
        }
    }
    panic!("no {count} ports from {start} up to {end} are free");
}

/// Takes the UDP port of this number if the TCP port is free: whoever else asks here sees it until this
/// process has ended, and a server of TCP is not hindered.
fn mark(port: u16) -> Option<UdpSocket> {
    match UdpSocket::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(mark) => is_free(port).then_some(mark),
        // Windows keeps some ports for itself.
        Err(error) => match error.kind() {
            ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable | ErrorKind::PermissionDenied => {
                None
            }
            _ => panic!("port {port} cannot be marked as given: {error}"),
        },
    }
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

/// Where to look on this machine.
static PORTS: LazyLock<Range<u16>> = LazyLock::new(|| {
    let told = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    let told = told.unwrap_or_default();
    let mut bounds = told.split_whitespace().map(str::parse);
    match (bounds.next(), bounds.next()) {
        (Some(Ok(first)), Some(Ok(last))) => outside(first, last),
        _ => USUAL,
    }
});

/// Ports that are not those of outgoing connections, from the first of those to the last; the usual ones
/// where that leaves too few.
fn outside(first: u16, last: u16) -> Range<u16> {
    let places = [USUAL, LOWEST..first, last.saturating_add(1)..u16::MAX];
    let is_outside = |place: &Range<u16>| place.end <= first || place.start > last;
    let is_enough = |place: &Range<u16>| place.len() >= ENOUGH;
    let found = places
        .into_iter()
        .find(|place| is_outside(place) && is_enough(place));
    found.unwrap_or(USUAL)
}

/// The marks of what this process was given: most is used only later.
static GIVEN: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// Above those of well-known servers, below those that systems give to outgoing connections if nobody
/// has told them otherwise.
const USUAL: Range<u16> = 20_000..32_000;
/// Where to begin if those are not to be had.
const LOWEST: u16 = 10_000;
/// For all tests at once.
const ENOUGH: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outgoing_connections_keep_their_ports() {
        assert_eq!(outside(32_768, 60_999), USUAL, "Linux");
        assert_eq!(outside(49_152, 65_535), USUAL, "most others");
        assert_eq!(outside(1_024, 4_999), USUAL);
        assert_eq!(outside(16_384, 65_535), 10_000..16_384);
        assert_eq!(outside(1_024, 60_999), 61_000..u16::MAX);
        assert_eq!(outside(1_024, 65_535), USUAL, "there are no others");
    }
}
