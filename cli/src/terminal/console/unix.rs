//! Keys one by one: nothing is shown but what is asked to be, and Ctrl-C is a key like the others.

use std::io::{self, IsTerminal};

use rustix::io::Errno;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};

use super::bytes::{self, Bytes};
use super::{Key, failed};
use crate::error::Error;

/// A terminal's keyboard while somebody is asked. When it goes away the terminal is as it was.
pub(in crate::terminal) struct Keyboard {
    before: Termios,
    own: Termios,
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
        // A read waits for one byte, however long that takes.
        own.special_codes[SpecialCodeIndex::VMIN] = 1;
        own.special_codes[SpecialCodeIndex::VTIME] = 0;
        // What was typed ahead still counts.
        tcsetattr(&stdin, OptionalActions::Now, &own).map_err(|error| failed(error.into()))?;
        Ok(Self { before, own, stdin })
    }

    /// Waits for a key.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] for Ctrl-C, and when the terminal is gone.
    pub(in crate::terminal) fn key(&mut self) -> Result<Key, Error> {
        bytes::key(self)
    }

    /// A byte past all buffers, as what is in one is no sign that more is to come.
    fn read(&self) -> Result<Option<u8>, Error> {
        let mut byte = [0];
        loop {
            match rustix::io::read(&self.stdin, &mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(byte[0])),
                Err(Errno::INTR) => {}
                Err(error) => return Err(failed(error.into())),
            }
        }
    }
}

impl Bytes for Keyboard {
    fn byte(&mut self) -> Result<u8, Error> {
        // Nobody is there any more, if there is none.
        self.read()?.ok_or(Error::Interrupted)
    }

    fn byte_at_once(&mut self) -> Result<Option<u8>, Error> {
        let mut short = self.own.clone();
        short.special_codes[SpecialCodeIndex::VMIN] = 0;
        short.special_codes[SpecialCodeIndex::VTIME] = TENTHS;
        let set = |modes| {
            let set = tcsetattr(&self.stdin, OptionalActions::Now, modes);
            set.map_err(|error| failed(error.into()))
        };
        set(&short)?;
        let byte = self.read();
        set(&self.own)?;
        byte
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

/// Of a second: as long as the bytes of one key may take over a slow line, and shorter than anybody types.
const TENTHS: u8 = 1;
