//! Keys one by one: nothing is shown but what is asked to be, and Ctrl-C is a key like the others.

use std::io::{self, ErrorKind, IsTerminal};

use console::Term;

use super::{Key, failed};
use crate::error::Error;

/// A console's keyboard while somebody is asked.
pub(in crate::terminal) struct Keyboard {
    console: Term,
}

impl Keyboard {
    /// Takes over the console's keyboard.
    ///
    /// # Errors
    ///
    /// There is no console, as in a terminal of MSYS or Cygwin, which gives programs a pipe.
    pub(in crate::terminal) fn open() -> Result<Self, Error> {
        let console = own_console().filter(|_| io::stdin().is_terminal());
        console.map(|console| Self { console }).ok_or_else(|| {
            Error::refused(
                "this terminal does not pass keys on, so nothing can be asked here",
                "use a console of Windows, or winpty; or send the secret to standard input from a file: \
                 … --client-secret-stdin < secret.txt",
            )
        })
    }

    /// Waits for a key.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] for Ctrl-C, and when the console is gone.
    pub(in crate::terminal) fn key(&mut self) -> Result<Key, Error> {
        match self.console.read_key_raw() {
            Ok(key) => meaning(key),
            // Half a character, as some programs send it.
            Err(error) if error.kind() == ErrorKind::InvalidData => Ok(Key::Other),
            Err(error) => Err(failed(error)),
        }
    }
}

fn meaning(key: console::Key) -> Result<Key, Error> {
    Ok(match key {
        console::Key::CtrlC => return Err(Error::Interrupted),
        console::Key::Enter => Key::Enter,
        console::Key::Backspace | console::Key::Char(CTRL_BACKSPACE) => Key::Backspace,
        console::Key::Char(CTRL_U) => Key::Clear,
        console::Key::Char(CTRL_D | CTRL_Z) => Key::End,
        console::Key::Char(LINE_FEED) => Key::Enter,
        console::Key::Char(character) if !character.is_control() => Key::Character(character),
        _ => Key::Other,
    })
}

/// Whether a keyboard can be taken over.
pub(in crate::terminal) fn passes_keys_on() -> bool {
    io::stdin().is_terminal() && own_console().is_some()
}

/// The console that one of the streams is on. A terminal of MSYS or Cygwin looks like one to the standard
/// library, and is a pipe; a console alone has a size.
fn own_console() -> Option<Term> {
    let mut streams = [Term::stderr(), Term::stdout()].into_iter();
    streams.find(|stream| stream.size_checked().is_some())
}

/// Whether escape sequences are colours there. Consoles before Windows Terminal have to be asked to take
/// them for that, which is done here.
pub(in crate::terminal) fn shows_colors(stream: &impl IsTerminal) -> bool {
    // One console shows both streams.
    let asked = [Term::stdout(), Term::stderr()].map(|it| it.features().colors_supported());
    stream.is_terminal() && asked.contains(&true)
}

/// The columns of the console that messages are on, if it says how many.
pub(in crate::terminal) fn width() -> Option<usize> {
    let (_, columns) = own_console()?.size_checked()?;
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}

const CTRL_D: char = '\u{4}';
const LINE_FEED: char = '\n';
const CTRL_U: char = '\u{15}';
/// The end of the input, on Windows.
const CTRL_Z: char = '\u{1a}';
const CTRL_BACKSPACE: char = '\u{7f}';

#[cfg(test)]
mod tests {
    use super::{Key, meaning};
    use crate::error::Error;

    #[test]
    fn keys_are_told_apart() {
        for (pressed, key) in [
            (console::Key::Char('ä'), Key::Character('ä')),
            (console::Key::Char('😀'), Key::Character('😀')),
            (console::Key::Char('\u{7f}'), Key::Backspace),
            (console::Key::Char('\u{15}'), Key::Clear),
            (console::Key::Char('\u{1a}'), Key::End),
            (console::Key::Char('\u{4}'), Key::End),
            (console::Key::Char('\u{1}'), Key::Other),
            (console::Key::Enter, Key::Enter),
            (console::Key::ArrowLeft, Key::Other),
            (console::Key::Shift, Key::Other),
        ] {
            assert!(
                matches!(meaning(pressed), Ok(found) if found == key),
                "{key:?}"
            );
        }
        let interrupted = meaning(console::Key::CtrlC);
        assert!(matches!(interrupted, Err(Error::Interrupted)));
    }
}
