//! Asks for a secret without showing it.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use super::console::{Key, Keyboard};
use crate::error::Error;

/// A secret that somebody typed; prints itself nowhere.
#[derive(Clone)]
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
pub(crate) fn ask_secret(question: &str) -> Result<SecretText, Error> {
    let mut keyboard = Keyboard::open()?;
    let _ = write!(io::stderr(), "{question}");
    let _ = io::stderr().flush();
    let answer = hidden_line(&mut keyboard);
    let _ = writeln!(io::stderr());
    answer
}

fn hidden_line(keyboard: &mut Keyboard) -> Result<SecretText, Error> {
    let mut typed = String::new();
    loop {
        match keyboard.key()? {
            Key::Enter | Key::End => return Ok(SecretText::new(typed.trim())),
            Key::Character(character) => typed.push(character),
            Key::Backspace => drop(typed.pop()),
            Key::Clear => typed.clear(),
            Key::Other => {}
        }
    }
}
