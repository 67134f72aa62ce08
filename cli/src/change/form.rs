//! How a text file is written down, apart from what it says: line endings, byte order mark.

/// The line endings and the byte order mark of a file, kept when it is written again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TextForm {
    crlf: bool,
    mark: bool,
}

impl TextForm {
    /// Reads a file's text: without byte order mark, and with `\n` where every line ends with
    /// `\r\n`. A file whose lines end in both ways stays as it is. `None` if it is not UTF-8.
    pub fn read(bytes: &[u8]) -> Option<(Self, String)> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let pairs = text.matches("\r\n").count();
        let crlf =
            pairs > 0 && pairs == text.matches('\n').count() && pairs == text.matches('\r').count();
        let text = if crlf {
            text.replace("\r\n", "\n")
        } else {
            text.to_owned()
        };
        Some((Self { crlf, mark }, text))
    }

    /// The bytes of a file in this form; the text has `\n`.
    pub fn write(self, text: &str) -> Vec<u8> {
        let mut written = String::with_capacity(text.len() + 3);
        written.extend(self.mark.then_some(BYTE_ORDER_MARK));
        if self.crlf {
            written.push_str(&text.replace('\n', "\r\n"));
        } else {
            written.push_str(text);
        }
        written.into_bytes()
    }
}

const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
mod tests {
    use super::TextForm;

    #[test]
    fn what_was_read_is_written_back_byte_for_byte() {
        for bytes in [
            "",
            "a\nb\n",
            "a\r\nb\r\n",
            "a\r\nb",
            "\u{feff}a\r\n",
            "a\r\nb\nc\r\n",
            "a\rb\r\n",
        ] {
            let (form, text) = TextForm::read(bytes.as_bytes()).expect("UTF-8");
            assert_eq!(form.write(&text), bytes.as_bytes(), "{bytes:?}");
        }
        assert!(TextForm::read(b"\xff").is_none());
    }

    #[test]
    fn a_new_line_ends_like_the_others() {
        let (form, mut text) = TextForm::read(b"a\r\n").expect("UTF-8");
        text.push_str("b\n");
        assert_eq!(form.write(&text), b"a\r\nb\r\n");
    }
}
