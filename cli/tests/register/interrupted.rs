//! Ctrl-C in the midst of it, as a signal.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Bench;
use super::program::stderr;
use super::trouble::order;

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_stops_between_two_requests_and_what_was_made_is_kept() {
    let bench = Bench::new().await;
    // The application is made, and then not found for longer than anybody waits.
    order(&bench, "replication-delay", 1000);
    let mut program = bench.command(&[]);
    program.stdout(Stdio::null()).stderr(Stdio::piped());
    let program = program.spawn().expect("it runs");
    let start = Instant::now();
    let is_late = |bench: &Bench| {
        let requests = bench.emulator.requests();
        requests
            .iter()
            .any(|it| it.path().ends_with("/addPassword"))
    };
    while !is_late(&bench) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it does not get there"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let kill = format!("kill -INT {}", program.id());
    let kill = Command::new("sh").args(["-c", &kill]).status();
    assert!(kill.expect("a shell").success());
    let output = program.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(stderr(&output).contains("in the tenant by now: application demo"));
    let id = bench.setting("client_id");
    assert!(
        bench
            .emulator
            .clients()
            .iter()
            .any(|it| it.client_id() == id)
    );
    bench.emulator.behave();
    bench.succeeds(&[]);
    assert_eq!(bench.setting("client_id"), id);
}
