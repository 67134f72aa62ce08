//! The `b2c-emulator` command.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[cfg(unix)]
#[path = "command/interrupted.rs"]
mod interrupted;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_b2c-emulator"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What it says until it only waits.
fn introduction(child: &mut Child) -> String {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said: Vec<String> = lines
        .map(Result::unwrap)
        .take_while(|line| !line.starts_with("Press Ctrl-C"))
        .collect();
    said.join("\n")
}

fn port_in(said: &str) -> &str {
    let (_, rest) = said.split_once("://localhost:").unwrap();
    rest.split(|letter: char| !letter.is_ascii_digit())
        .next()
        .unwrap()
}

#[test]
fn it_says_what_an_application_needs() {
    let arguments = [
        "--port",
        "0",
        "--tenant",
        "contoso",
        "--redirect-uri",
        "http://localhost:1/x",
    ];
    let mut child = start(&arguments);
    let said = introduction(&mut child);
    for fact in [
        "http://localhost:",
        "contoso.onmicrosoft.com",
        "00001111-aaaa-2222-bbbb-3333cccc4444",
        "emulator-secret-not-for-production",
        "http://localhost:1/x",
        "ada@emulator.example / Passw0rd!",
        "/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration",
    ] {
        assert!(said.contains(fact), "{fact} is not in:\n{said}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn one_that_runs_takes_orders() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("admin.token");
    let secret = secret.to_str().unwrap();
    let tenants = ["--entra", "fabrikam"];
    let emulator = ["--port", "0", "--admin-token-file", secret];
    let mut child = start(&[emulator.as_slice(), &tenants].concat());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines
        .by_ref()
        .map(Result::unwrap)
        .find_map(|line| Some(line.split_once("Admin API")?.1.trim().to_owned()))
        .unwrap();
    let order = |arguments: &[&str]| {
        let admin = ["--admin", &url, "--admin-token-file", secret];
        let output = start(&[arguments, &admin].concat())
            .wait_with_output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let (_, added) = order(&["users", "add", "mary@emulator.example", "display_name=Mary"]);
    assert!(added.contains("\"display_name\": \"Mary\""), "{added}");
    let (_, token) = order(&[
        "token",
        "mary@emulator.example",
        "--alg",
        "none",
        "--claim",
        "a=[1]",
    ]);
    assert!(
        token.trim().ends_with('.') && token.starts_with("eyJ"),
        "{token}"
    );
    let seed = directory.path().join("seed.toml");
    let seed = seed.to_str().unwrap();
    assert!(order(&["export", seed]).0);
    assert!(order(&["users", "delete", "mary@emulator.example"]).0);
    let (_, told) = order(&["token", "ada@emulator.example", "--logout"]);
    assert_eq!(told.trim().split('.').count(), 3);
    assert!(!order(&["token", "--logout", "--access"]).0);
    let in_fabrikam = ["scenario", "status-503", "--tenant", "fabrikam"];
    assert!(order(&in_fabrikam).0);
    assert!(!order(&["scenario", "status-503", "--tenant", "nowhere"]).0);
    assert!(order(&["scenario", "--off", "--tenant", "fabrikam"]).0);
    assert!(order(&["scenario", "oidcc-client-test-invalid-iss", "--next", "1"]).0);
    assert!(order(&["import", seed]).0);
    assert!(order(&["users"]).1.contains("mary@emulator.example"));
    let joan = ["users", "add", "joan@fabrikam.example"];
    assert!(order(&[joan.as_slice(), &["--tenant", "fabrikam"]].concat()).0);
    assert!(!order(&["users"]).1.contains("joan@fabrikam.example"));
    let (_, theirs) = order(&["export", "--tenant", "fabrikam"]);
    assert!(theirs.contains("kind = \"entra\""), "{theirs}");
    assert!(theirs.contains("joan@fabrikam.example"), "{theirs}");
    let (succeeded, refusal) = order(&["scenario", "sulk"]);
    assert!(!succeeded);
    assert_eq!(refusal, "error: 'sulk' is no misbehaviour\n");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = start(&["--port", &port]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("error: port {port} is already in use; choose another one with --port\n")
    );
}

#[test]
fn whether_it_answers_can_be_asked() {
    // Nobody else is given this port when it is free again.
    let port = loopback::free_port().to_string();
    let mut child = start(&["--port", &port]);
    introduction(&mut child);
    let output = health(&port);
    assert!(output.status.success());
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    child.kill().unwrap();
    child.wait().unwrap();

    let output = health(&port);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!("error: no emulator answers at 127.0.0.1:{port}: ");
    assert!(said.starts_with(&expected), "{said}");
}

#[test]
fn another_program_on_its_port_is_not_healthy() {
    is_no_emulator(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    is_no_emulator(b"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\n\r\n<svg/>");
}

fn is_no_emulator(answer: &'static [u8]) {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]).unwrap();
        stream.write_all(answer).unwrap();
    });
    let output = health(&port);
    answering.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("error: what answers at 127.0.0.1:{port} is no emulator\n")
    );
}

fn health(port: &str) -> Output {
    start(&["health", "--port", port])
        .wait_with_output()
        .unwrap()
}

#[test]
fn it_prints_the_lines_of_a_hosts_file() {
    let arguments = [
        "hosts",
        "--tenant",
        "contoso",
        "--custom-domain",
        "login.contoso.example",
        "--external-id",
        "woodgrove",
        "--entra",
        "fabrikam",
    ];
    let output = start(&arguments).wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    for name in [
        "contoso.b2clogin.com",
        "login.contoso.example",
        "woodgrove.ciamlogin.com",
        "login.microsoftonline.com",
    ] {
        assert!(lines.contains(&format!("127.0.0.1 {name}\n")), "{lines}");
        assert!(lines.contains(&format!("::1       {name}\n")), "{lines}");
    }
}

#[test]
fn it_serves_https_with_an_authority_that_it_keeps() {
    let directory = tempfile::tempdir().unwrap();
    let ca_dir = directory.path().to_str().unwrap();
    let mut child = start(&["run", "--port", "0", "--tls", "--ca-dir", ca_dir]);
    let said = introduction(&mut child);
    assert!(said.contains("https://localhost:"), "{said}");
    assert!(said.contains("certificate.pem"), "{said}");
    assert!(health(port_in(&said)).status.success());
    child.kill().unwrap();
    child.wait().unwrap();

    let output = start(&["trust", "--ca-dir", ca_dir])
        .wait_with_output()
        .unwrap();
    assert!(output.status.success());
    let path = directory.path().join("ca").join("certificate.pem");
    let instructions = String::from_utf8(output.stdout).unwrap();
    assert!(instructions.contains(path.to_str().unwrap()));
}
