//! The question for a client secret, on a terminal.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;
mod pty;

use program::Demo;
use pty::Pty;

fn asked_for_a_secret(demo: &Demo) -> Pty {
    let arguments = ["tenant", "set", "contoso", "--client-secret-stdin"];
    let mut pty = Pty::run(demo.root(), &arguments, 80, &[]);
    pty.expect("Client secret (not shown): ");
    assert!(!pty.echoes());
    pty
}

#[test]
fn what_is_typed_is_not_shown_and_the_echo_comes_back() {
    let demo = Demo::new();
    let mut pty = asked_for_a_secret(&demo);
    pty.types("hunterx\x7f2\n");
    assert!(pty.ends().success());
    assert!(pty.echoes());
    assert!(demo.read(".env").contains("B2C_CLIENT_SECRET=hunter2\n"));
    assert!(!pty.screen().contains("hunter"), "{}", pty.screen());
}

#[test]
fn ctrl_c_ends_the_question_and_nothing_is_written() {
    let demo = Demo::new();
    let before = demo.tree();
    let mut pty = asked_for_a_secret(&demo);
    pty.types("hunt\x03");
    assert_eq!(pty.ends().code(), Some(130));
    assert!(pty.echoes());
    assert!(demo.tree() == before, "nothing was written");
}
