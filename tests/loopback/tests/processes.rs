//! Processes do not get each other's ports.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, UdpSocket};
use std::process::{Command, Stdio};

const SOME: usize = 10;

#[test]
fn what_one_process_was_given_no_other_is() {
    if std::env::var_os(OTHER).is_some() {
        other();
        return;
    }
    let mut process = Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "what_one_process_was_given_no_other_is"])
        .arg("--nocapture")
        .env(OTHER, "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
    let told = lines.find_map(|line| Some(line.ok()?.split_once(GIVEN)?.1.to_owned()));
    let told = told.expect("the other's ports");
    let theirs: BTreeSet<u16> = told.split(' ').flat_map(str::parse).collect();
    assert_eq!(theirs.len(), SOME, "{told}");
    for &port in &theirs {
        // The mark that keeps this process from being given it.
        let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect_err("marked");
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    }
    drop(process.stdin.take());
    assert!(process.wait().expect("it ends").success());
}

/// Has its ports until it is told to end.
fn other() {
    let ports: Vec<_> = (0..SOME)
        .map(|_| loopback::free_port().to_string())
        .collect();
    let told = writeln!(std::io::stdout(), "{GIVEN}{}", ports.join(" "));
    told.expect("somebody reads");
    let _ = std::io::stdin().read(&mut [0]);
}

const OTHER: &str = "LOOPBACK_OTHER_PROCESS";
const GIVEN: &str = "given: ";
