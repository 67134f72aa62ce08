//! Asks for a secret without showing it.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use crate::error::Error;

/// A secret that somebody typed; prints itself nowhere.
pub(crate) struct SecretText(String);

impl SecretText {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText")
    }
}

/// Whether somebody can be asked.
pub(crate) fn stdin_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Asks on the terminal. What is typed is not shown; Ctrl-C ends the question and leaves the terminal
/// as it was.
#[cfg(unix)]
pub(crate) fn ask_secret(question: &str) -> Result<SecretText, Error> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    let failed = |error| Error::io("read from the terminal", error);
    let stdin = io::stdin();
    let before = tcgetattr(&stdin).map_err(|error| failed(error.into()))?;
    let mut hidden = before.clone();
    // Without signals, so that Ctrl-C is read as a character and the echo comes back.
    hidden.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    let _ = write!(io::stderr(), "{question}");
    let _ = io::stderr().flush();
    tcsetattr(&stdin, OptionalActions::Flush, &hidden).map_err(|error| failed(error.into()))?;
    let answer = read_line(stdin.lock());
    let restored = tcsetattr(&stdin, OptionalActions::Flush, &before);
    let _ = writeln!(io::stderr());
    restored.map_err(|error| failed(error.into()))?;
    answer
}

/// Asks on the terminal.
#[cfg(not(unix))]
pub(crate) fn ask_secret(_: &str) -> Result<SecretText, Error> {
    Err(Error::refused(
        "this terminal cannot hide what is typed",
        "send the secret to standard input from a file: … --client-secret-stdin < secret.txt",
    ))
}

#[cfg(unix)]
fn read_line(input: impl io::BufRead) -> Result<SecretText, Error> {
    let mut line = Vec::new();
    for byte in input.bytes() {
        match byte.map_err(|error| Error::io("read from the terminal", error))? {
            b'\n' | b'\r' | END_OF_TRANSMISSION => break,
            CTRL_C => return Err(Error::Interrupted),
            BACKSPACE | DELETE => drop(line.pop()),
            other => line.push(other),
        }
    }
    let text = String::from_utf8_lossy(&line);
    Ok(SecretText::new(text.trim()))
}

#[cfg(unix)]
const CTRL_C: u8 = 0x03;
#[cfg(unix)]
const END_OF_TRANSMISSION: u8 = 0x04;
#[cfg(unix)]
const BACKSPACE: u8 = 0x08;
#[cfg(unix)]
const DELETE: u8 = 0x7f;

#[cfg(all(test, unix))]
mod tests {
    use super::read_line;
    use crate::error::Error;

    #[test]
    fn a_line_is_read_as_it_is_typed() {
        let typed = |bytes: &[u8]| read_line(bytes).map(|secret| secret.expose().to_owned());
        assert_eq!(typed(b"abx\x7fc\r").ok().as_deref(), Some("abc"));
        assert_eq!(typed(b"no newline").ok().as_deref(), Some("no newline"));
        assert!(matches!(typed(b"ab\x03"), Err(Error::Interrupted)));
    }
}
