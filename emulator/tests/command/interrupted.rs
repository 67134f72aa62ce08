//! Ctrl-C, as a signal.

use std::{
    io::{BufRead, BufReader},
    process::Command,
};

use super::start;

#[test]
fn it_stops_when_interrupted() {
    let mut child = start(&["--port", "0"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("Press Ctrl-C")));
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status();
    assert!(killed.unwrap().success());
    assert!(child.wait().unwrap().success());
}
