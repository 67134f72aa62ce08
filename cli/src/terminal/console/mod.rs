//! A terminal as the system has it: its keys, its width, whether it shows colours.

#[cfg(unix)]
mod bytes;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(super) use system::{Keyboard, passes_keys_on, shows_colors, width};

/// What was pressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Character(char),
    Enter,
    Backspace,
    /// Ctrl-U: everything typed so far goes.
    Clear,
    /// Ctrl-D.
    End,
    /// One without a meaning here, such as an arrow.
    Other,
}

fn failed(error: std::io::Error) -> crate::error::Error {
    crate::error::Error::io("read from the terminal", error)
}
