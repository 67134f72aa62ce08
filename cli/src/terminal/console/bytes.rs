//! Keys as the bytes that a terminal sends.

use std::io::{self, Read};

use super::{Key, failed};
use crate::error::Error;

/// Waits for a key.
///
/// # Errors
///
/// [`Error::Interrupted`] for Ctrl-C, and at the end of the input.
pub(super) fn key(input: &mut impl Read) -> Result<Key, Error> {
    let first = byte(input)?;
    Ok(match first {
        b'\n' | b'\r' => Key::Enter,
        CTRL_C => return Err(Error::Interrupted),
        CTRL_D => Key::End,
        CTRL_U => Key::Clear,
        BACKSPACE | DELETE => Key::Backspace,
        ESCAPE => {
            sequence(input)?;
            Key::Other
        }
        0..0x20 => Key::Other,
        _ => character(first, input)?.map_or(Key::Other, Key::Character),
    })
}

/// The rest of what an arrow or another such key sends: `ESC [ … letter`, `ESC O letter`.
fn sequence(input: &mut impl Read) -> Result<(), Error> {
    let mut next = after_escape(input)?;
    // With Alt some terminals put another ESC before it.
    while next == ESCAPE {
        next = after_escape(input)?;
    }
    if !matches!(next, b'[' | b'O') {
        return Ok(());
    }
    next = after_escape(input)?;
    // F1 on a Linux console is `ESC [ [ A`.
    if next == b'[' {
        next = after_escape(input)?;
    }
    while !(0x40..=0x7e).contains(&next) {
        next = after_escape(input)?;
    }
    Ok(())
}

/// A byte that may belong to the key before it. The key Esc is one byte, and Ctrl-C after it is meant.
fn after_escape(input: &mut impl Read) -> Result<u8, Error> {
    match byte(input)? {
        CTRL_C => Err(Error::Interrupted),
        byte => Ok(byte),
    }
}

/// The rest of a character in UTF-8.
fn character(first: u8, input: &mut impl Read) -> Result<Option<char>, Error> {
    let length = match first {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => return Ok(None),
    };
    let mut bytes = vec![first];
    while bytes.len() < length {
        bytes.push(byte(input)?);
    }
    let text = std::str::from_utf8(&bytes).ok();
    Ok(text.and_then(|text| text.chars().next()))
}

fn byte(input: &mut impl Read) -> Result<u8, Error> {
    let mut byte = [0];
    match input.read(&mut byte) {
        // Nobody is there any more.
        Ok(0) => Err(Error::Interrupted),
        Ok(_) => Ok(byte[0]),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => self::byte(input),
        Err(error) => Err(failed(error)),
    }
}

const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const ESCAPE: u8 = 0x1b;
const DELETE: u8 = 0x7f;

#[cfg(test)]
mod tests {
    use super::key;
    use crate::error::Error;
    use crate::terminal::console::Key;

    #[test]
    fn keys_are_told_apart() {
        let mut typed =
            "aä😀\x7f\x1b[A\x1b[1;5C\x1bOA\x1b\x1b[A\x1b[[A\x1b[200~\x15\x04\r".as_bytes();
        let mut keys = Vec::new();
        while let Ok(key) = key(&mut typed) {
            keys.push(key);
        }
        assert_eq!(
            keys,
            [
                Key::Character('a'),
                Key::Character('ä'),
                Key::Character('😀'),
                Key::Backspace,
                Key::Other,
                Key::Other,
                Key::Other,
                Key::Other,
                Key::Other,
                Key::Other,
                Key::Clear,
                Key::End,
                Key::Enter,
            ]
        );
        for typed in ["\x03", "\x1b\x03", "\x1b[\x03", "\x1b[1;\x03"] {
            let key = key(&mut [typed, "A"].concat().as_bytes());
            assert!(matches!(key, Err(Error::Interrupted)), "{typed:?}");
        }
        assert!(matches!(key(&mut &b"\xff"[..]), Ok(Key::Other)));
    }
}
