//! Keys as the bytes that a terminal sends.

use super::Key;
use crate::error::Error;

/// What a terminal sends, byte by byte.
pub(super) trait Bytes {
    /// The next one; waits for it.
    fn byte(&mut self) -> Result<u8, Error>;

    /// The next one of the same key, if there is one: a key sends all of its bytes at once.
    fn byte_at_once(&mut self) -> Result<Option<u8>, Error>;
}

/// Waits for a key.
///
/// # Errors
///
/// [`Error::Interrupted`] for Ctrl-C, and at the end of the input.
pub(super) fn key(input: &mut impl Bytes) -> Result<Key, Error> {
    let first = input.byte()?;
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

/// The rest of what an arrow or another such key sends: `ESC [ … letter`, `ESC O letter`. After the key Esc
/// by itself there is none.
fn sequence(input: &mut impl Bytes) -> Result<(), Error> {
    let mut next = after_escape(input)?;
    // With Alt some terminals put another ESC before it.
    while next == Some(ESCAPE) {
        next = after_escape(input)?;
    }
    if !matches!(next, Some(b'[' | b'O')) {
        return Ok(());
    }
    next = after_escape(input)?;
    // F1 on a Linux console is `ESC [ [ A`.
    if next == Some(b'[') {
        next = after_escape(input)?;
    }
    while next.is_some_and(|next| !(0x40..=0x7e).contains(&next)) {
        next = after_escape(input)?;
    }
    Ok(())
}

/// A byte of the same key. Ctrl-C is none, and meant.
fn after_escape(input: &mut impl Bytes) -> Result<Option<u8>, Error> {
    match input.byte_at_once()? {
        Some(CTRL_C) => Err(Error::Interrupted),
        byte => Ok(byte),
    }
}

/// The rest of a character in UTF-8.
fn character(first: u8, input: &mut impl Bytes) -> Result<Option<char>, Error> {
    let length = match first {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => return Ok(None),
    };
    let mut bytes = vec![first];
    while bytes.len() < length {
        bytes.push(input.byte()?);
    }
    let text = std::str::from_utf8(&bytes).ok();
    Ok(text.and_then(|text| text.chars().next()))
}

const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const ESCAPE: u8 = 0x1b;
const DELETE: u8 = 0x7f;

#[cfg(test)]
mod tests {
    use super::{Bytes, key};
    use crate::error::Error;
    use crate::terminal::console::Key;

    /// What is typed, key by key.
    struct Typed<'a>(Vec<&'a [u8]>);

    impl Typed<'_> {
        fn next(&mut self) -> Option<u8> {
            let (byte, rest) = self.0.first()?.split_first()?;
            self.0[0] = rest;
            Some(*byte)
        }
    }

    impl Bytes for Typed<'_> {
        fn byte(&mut self) -> Result<u8, Error> {
            while self.0.first().is_some_and(|typed| typed.is_empty()) {
                self.0.remove(0);
            }
            self.next().ok_or(Error::Interrupted)
        }

        fn byte_at_once(&mut self) -> Result<Option<u8>, Error> {
            Ok(self.next())
        }
    }

    fn keys(typed: &[&str]) -> Vec<Key> {
        let mut typed = Typed(typed.iter().map(|text| text.as_bytes()).collect());
        std::iter::from_fn(|| key(&mut typed).ok()).collect()
    }

    #[test]
    fn keys_are_told_apart() {
        let typed = "aä😀\x7f\x1b[A\x1b[1;5C\x1bOA\x1b\x1b[A\x1b[[A\x1b[200~\x15\x04\r";
        assert_eq!(
            keys(&[typed]),
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
            let typed = [typed, "A"].concat();
            let key = key(&mut Typed(vec![typed.as_bytes()]));
            assert!(matches!(key, Err(Error::Interrupted)), "{typed:?}");
        }
        assert!(matches!(key(&mut Typed(vec![b"\xff"])), Ok(Key::Other)));
    }

    #[test]
    fn a_key_by_itself_takes_nothing_of_the_next_one() {
        for alone in ["\x1b", "\x1b\x1b", "\x1b[", "\x1bO", "\x1b[[", "\x1b[1;"] {
            let expected = [Key::Other, Key::Character('a'), Key::Enter];
            assert_eq!(keys(&[alone, "a", "\r"]), expected, "{alone:?}");
        }
    }
}
