//! A terminal with the program on it, and somebody in front of it.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// A terminal. What the program writes is kept.
pub(crate) struct Pty {
    keyboard: File,
    terminal: File,
    program: Child,
    screen: Arc<Mutex<Vec<u8>>>,
    /// How much of it was looked at.
    seen: usize,
}

/// No program writes it.
const LAST: &str = "\u{1e}";

impl Pty {
    /// Runs the program in a directory, on a terminal of so many columns.
    pub(crate) fn run(
        directory: &Path,
        arguments: &[&str],
        columns: u16,
        environment: &[(&str, &str)],
    ) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&keyboard).expect("granted");
        unlockpt(&keyboard).expect("unlocked");
        let name = ptsname(&keyboard, Vec::new()).expect("a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let terminal = rustix::fs::open(name.as_c_str(), flags, Mode::empty()).expect("opened");
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).expect("a size");
        let stream = || terminal.try_clone().expect("cloned");
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        program.args(arguments).current_dir(directory);
        program.env_remove("NO_COLOR").env("TERM", "xterm");
        program.envs(environment.iter().copied());
        program.stdin(stream()).stdout(stream()).stderr(stream());
        let program = program.spawn().expect("the program runs");
        let keyboard = File::from(keyboard);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut output, kept) = (keyboard.try_clone().expect("cloned"), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                kept.lock().expect("kept").extend_from_slice(&bytes[..read]);
            }
        });
        Self {
            keyboard,
            terminal: terminal.into(),
            program,
            screen,
            seen: 0,
        }
    }

    /// Waits until this is on the screen, after what was waited for before.
    pub(crate) fn expect(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if let Some(place) = screen[self.seen..].find(text) {
                self.seen += place + text.len();
                return;
            }
            let waited = start.elapsed() > Duration::from_secs(20);
            assert!(!waited, "{text:?} is not on the screen:\n{screen}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for a prompt, then types.
    pub(crate) fn answers(&mut self, question: &str, keys: &str) {
        self.expect(question);
        self.expect("\r> ");
        self.types(keys);
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("typed");
    }

    /// How the program ended.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let status = self.program.wait().expect("the program ends");
        // What is still on its way to the screen comes before what is written now.
        (&self.terminal)
            .write_all(LAST.as_bytes())
            .expect("written");
        self.expect(LAST);
        let mut screen = self.screen.lock().expect("kept");
        let end = screen.len() - LAST.len();
        screen.truncate(end);
        self.seen = end;
        status
    }

    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().expect("kept")).into_owned()
    }

    /// Whether the terminal shows what is typed.
    pub(crate) fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.terminal).expect("a terminal").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }
}
