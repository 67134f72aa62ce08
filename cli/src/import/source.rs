//! A file of another tool's, read as text whatever its encoding.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use super::node::Place;
use crate::error::Error;

/// The text of a file, with `\n` at the ends of its lines.
pub(super) struct Source {
    pub(super) shown: Rc<str>,
    pub(super) text: String,
}

impl Source {
    /// Reads a file of at most 1 MiB: UTF-8, or UTF-16 with a byte order mark.
    ///
    /// # Errors
    ///
    /// It is not there, no file, too large, or no text.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let shown: Rc<str> = path.to_string_lossy().into();
        let file = File::open(path).map_err(|error| {
            unreadable(
                format!("{shown} cannot be read: {error}"),
                "name a configuration file",
            )
        })?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| {
                unreadable(
                    format!("{shown} cannot be read: {error}"),
                    "name a configuration file, not a directory",
                )
            })?;
        if bytes.len() as u64 > LARGEST {
            return Err(unreadable(
                format!("{shown} is larger than 1 MiB, so it is no configuration file"),
                "name the file that has the settings",
            ));
        }
        let text = decode(&bytes).ok_or_else(|| {
            unreadable(
                format!("{shown} is not text: neither UTF-8 nor UTF-16 with a byte order mark"),
                "save it as UTF-8, then try again",
            )
        })?;
        Ok(Self::of(shown, &text))
    }

    /// This text, as if it were in a file.
    pub(super) fn of(shown: Rc<str>, text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        Self { shown, text }
    }

    /// The place of this byte of the text.
    pub(super) fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            file: Rc::clone(&self.shown),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// This line, from 1.
    pub(super) fn at_line(&self, line: usize) -> Place {
        Place {
            file: Rc::clone(&self.shown),
            line,
            column: 1,
        }
    }

    /// A syntax error here, with the line and a caret. Letters and digits of the line are not shown
    /// beyond its first word: it may hold a secret.
    pub(super) fn fault(&self, place: &Place, message: &str) -> Error {
        let line = self.text.lines().nth(place.line - 1).unwrap_or_default();
        let width = place.line.to_string().len();
        let caret = " ".repeat(place.column.saturating_sub(1).min(LONGEST_LINE));
        Error::Unreadable {
            reason: format!(
                "{}:{}:{}: {message}\n{:width$} |\n{} | {}\n{:width$} | {caret}^",
                self.shown,
                place.line,
                place.column,
                "",
                place.line,
                hidden(line),
                "",
            ),
            hint: "mend the file, or name the settings yourself; nothing was written".to_owned(),
        }
    }
}

pub(super) fn unreadable(reason: impl Into<String>, hint: &str) -> Error {
    Error::Unreadable {
        reason: reason.into(),
        hint: hint.to_owned(),
    }
}

fn decode(bytes: &[u8]) -> Option<String> {
    let units = |to_unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes[2..].as_chunks::<2>();
        let units: Vec<_> = pairs.iter().map(|&pair| to_unit(pair)).collect();
        rest.is_empty().then(|| String::from_utf16(&units).ok())?
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => units(u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => str::from_utf8(rest).ok()?.to_owned(),
        bytes => str::from_utf8(bytes).ok()?.to_owned(),
    };
    (!text.contains('\0')).then_some(text)
}

/// The shape of a line: its first word, then punctuation with a dot for every letter and digit.
fn hidden(line: &str) -> String {
    let mut first_word = true;
    let mut begun = false;
    let shape = line.chars().take(LONGEST_LINE).map(|c| {
        let of_name = c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        begun |= of_name;
        first_word &= !begun || of_name;
        // A value that opens a line stands in quotes or is long.
        if c.is_whitespace() {
            ' '
        } else if of_name && !first_word {
            '·'
        } else {
            c
        }
    });
    let shape: String = shape.collect();
    match shape.find(['\'', '"', '`']) {
        Some(quote) if shape[..quote].trim().is_empty() => {
            let masked = |c: char| if c.is_alphanumeric() { '·' } else { c };
            shape.chars().map(masked).collect()
        }
        _ => shape,
    }
}

/// Configuration files are a few KiB.
const LARGEST: u64 = 1024 * 1024;
const LONGEST_LINE: usize = 160;

#[cfg(test)]
mod tests {
    use super::{decode, hidden};

    #[test]
    fn utf_16_is_read_by_its_mark() {
        let text = "a=ü\r\n";
        let little: Vec<_> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let big: Vec<_> = [0xfe, 0xff]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        assert_eq!(decode(&little).as_deref(), Some(text));
        assert_eq!(decode(&big).as_deref(), Some(text));
        assert_eq!(decode(&little[..5]), None);
        assert_eq!(decode(b"\xff\xfe\x00\xd8"), None);
        assert_eq!(decode(b"caf\xe9"), None);
        assert_eq!(decode(b"a\0b"), None);
    }

    #[test]
    fn a_line_is_shown_without_what_it_says() {
        assert_eq!(hidden("SECRET = 'abc1"), "SECRET = '····");
        assert_eq!(hidden("  \"secret\": \"abc\""), "  \"······\": \"···\"");
        assert_eq!(hidden("'abc' + 'def"), "'···' + '···");
    }
}
