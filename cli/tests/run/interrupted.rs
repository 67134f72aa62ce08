//! Ctrl-C while the app runs, as a signal.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Command;

use crate::{Project, outcome};

/// Serves one page, says which environment it got, stops on SIGTERM as any program does.
const APP: &str = r#"
use std::io::{Read, Write};

fn main() {
    let profile = std::env::var("B2C_PROFILE").unwrap();
    let secret = std::env::var("B2C_EMULATOR_CLIENT_SECRET").unwrap();
    println!("profile {profile}, a secret of {} characters", secret.len());
    let url = std::env::var("B2C__APP__BASE_URL").unwrap();
    let address = url.strip_prefix("http://").unwrap();
    let listener = std::net::TcpListener::bind(address).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
}
"#;

#[test]
fn the_app_runs_beside_the_emulator_until_it_is_interrupted() {
    let project = Project::with_app(APP);
    let mut child = project.runs();
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut shown = String::new();
    while !shown.contains("Ctrl-C") {
        let Some(line) = lines.next() else {
            panic!("ended early: {shown}{:?}", outcome(child));
        };
        shown.push_str(&line.expect("UTF-8"));
        shown.push('\n');
    }
    assert!(shown.contains("profile emulator, a secret of"), "{shown}");
    assert!(
        shown.contains(&format!("http://localhost:{}", project.port)),
        "{shown}"
    );
    assert!(
        shown.contains(&format!("http://localhost:{}", project.emulator_port)),
        "{shown}"
    );
    assert!(shown.contains('@'), "users to sign in as: {shown}");

    let kill = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(kill.expect("a shell").success());
    let (code, messages) = outcome(child);
    assert_eq!(code, Some(0), "{messages}");
    for port in [&project.port, &project.emulator_port] {
        assert!(
            TcpListener::bind(format!("127.0.0.1:{port}")).is_ok(),
            "port {port} is free again"
        );
    }
}
