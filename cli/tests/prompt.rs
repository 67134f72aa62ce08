//! The question for a client secret, on a terminal.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use program::Demo;
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

/// A terminal with the program on it, which has asked its question.
struct Asked {
    keyboard: File,
    terminal: File,
    program: Child,
}

impl Asked {
    fn for_a_secret(demo: &Demo) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&keyboard).expect("granted");
        unlockpt(&keyboard).expect("unlocked");
        let name = ptsname(&keyboard, Vec::new()).expect("a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let terminal = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).expect("opened");
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"))
            .args(["tenant", "set", "contoso", "--client-secret-stdin"])
            .current_dir(demo.root())
            .stdin(terminal.try_clone().expect("cloned"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut question = [0; 15];
        let stderr = program.stderr.as_mut().expect("a pipe");
        stderr.read_exact(&mut question).expect("a question");
        assert_eq!(&question, b"Client secret (");
        let asked = Self {
            keyboard: keyboard.into(),
            terminal: terminal.into(),
            program,
        };
        asked.wait_until(|asked| !asked.echoes());
        asked
    }

    fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.terminal).expect("a terminal").local_modes;
        modes.contains(LocalModes::ECHO)
    }

    fn types(mut self, keys: &[u8]) -> (ExitStatus, Self) {
        self.keyboard.write_all(keys).expect("typed");
        (self.program.wait().expect("the program ends"), self)
    }

    fn wait_until(&self, condition: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !condition(self) {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "it does not happen"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn what_is_typed_is_not_shown_and_the_echo_comes_back() {
    let demo = Demo::new();
    let (status, asked) = Asked::for_a_secret(&demo).types(b"hunterx\x7f2\n");
    assert!(status.success());
    assert!(asked.echoes());
    assert!(demo.read(".env").contains("B2C_CLIENT_SECRET=hunter2\n"));
    // What the terminal would have shown is still to be read; there must be nothing of it.
    drop(asked.terminal);
    let mut shown = Vec::new();
    let _ = (&asked.keyboard).read_to_end(&mut shown);
    assert!(
        !String::from_utf8_lossy(&shown).contains("hunter"),
        "{shown:?}"
    );
}

#[test]
fn ctrl_c_ends_the_question_and_nothing_is_written() {
    let demo = Demo::new();
    let before = demo.tree();
    let (status, asked) = Asked::for_a_secret(&demo).types(b"hunt\x03");
    assert_eq!(status.code(), Some(130));
    assert!(asked.echoes());
    assert!(demo.tree() == before, "nothing was written");
}
