//! Reads the tokens that Python and JavaScript share: names, numbers, texts, comments.

use super::node::Place;
use super::source::Source;
use crate::error::Error;

/// Which language's rules apply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Language {
    Python,
    /// And JSON with comments, which it contains.
    JavaScript,
}

/// A position in a text.
pub(super) struct Scanner<'a> {
    pub(super) source: &'a Source,
    pub(super) language: Language,
    pub(super) at: usize,
    /// Where this part of the text ends.
    pub(super) end: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a Source, language: Language) -> Self {
        Self {
            source,
            language,
            at: 0,
            end: source.text.len(),
        }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.source.text.get(self.at..self.end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Takes this text if it comes next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Takes this word if it comes next, whole.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let found = rest.starts_with(word) && !rest[word.len()..].starts_with(is_name_part);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn at_name(&self) -> bool {
        self.rest()
            .starts_with(|c: char| is_name_part(c) && !c.is_ascii_digit())
    }

    pub(super) fn name(&mut self) -> Option<&'a str> {
        if !self.at_name() {
            return None;
        }
        let rest = self.rest();
        let end = rest.find(|c: char| !is_name_part(c)).unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    /// Leaves out spaces and comments; ends of lines, too, where they mean nothing.
    pub(super) fn skip_space(&mut self, lines: bool) -> Result<(), Error> {
        loop {
            let rest = self.rest();
            let space = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\u{c}']).len();
            self.at += space;
            let rest = self.rest();
            let python = self.language == Language::Python;
            if rest.starts_with('\n') && lines {
                self.at += 1;
            } else if python && rest.starts_with("\\\n") {
                self.at += 2;
            } else if (python && rest.starts_with('#')) || (!python && rest.starts_with("//")) {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if !python && rest.starts_with("/*") {
                let Some(length) = rest.find("*/") else {
                    return Err(self.fault("a comment that does not end"));
                };
                self.at += length + 2;
            } else if space == 0 {
                return Ok(());
            }
        }
    }

    pub(super) fn place(&self) -> Place {
        self.source.place(self.at)
    }

    pub(super) fn fault(&self, message: &str) -> Error {
        self.source.fault(&self.place(), message)
    }
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
