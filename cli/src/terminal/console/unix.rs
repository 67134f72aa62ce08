//! Keys one by one: nothing is shown but what is asked to be, and Ctrl-C is a key like the others.

use std::io::{self, IsTerminal};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use super::{Key, bytes, failed};
use crate::error::Error;

/// A terminal's keyboard while somebody is asked. When it goes away the terminal is as it was.
pub(in crate::terminal) struct Keyboard {
    before: Termios,
    stdin: io::Stdin,
}

impl Keyboard {
    /// Takes over standard input, which has to be a terminal.
    ///
    /// # Errors
    ///
    /// It is none, or goes away.
    pub(in crate::terminal) fn open() -> Result<Self, Error> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).map_err(|error| failed(error.into()))?;
        let mut own = before.clone();
        own.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        // What was typed ahead still counts.
        tcsetattr(&stdin, OptionalActions::Now, &own).map_err(|error| failed(error.into()))?;
        Ok(Self { before, stdin })
    }

    /// Waits for a key.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] for Ctrl-C, and when the terminal is gone.
    pub(in crate::terminal) fn key(&mut self) -> Result<Key, Error> {
        bytes::key(&mut self.stdin.lock())
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.stdin, OptionalActions::Now, &self.before);
    }
}

/// Whether a keyboard can be taken over.
pub(in crate::terminal) fn passes_keys_on() -> bool {
    io::stdin().is_terminal()
}

/// Whether escape sequences are colours there: on any terminal.
pub(in crate::terminal) fn shows_colors(stream: &impl IsTerminal) -> bool {
    stream.is_terminal()
}

/// The columns of the terminal that messages are on, if it says how many.
pub(in crate::terminal) fn width() -> Option<usize> {
    let size = tcgetwinsize(io::stderr()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
