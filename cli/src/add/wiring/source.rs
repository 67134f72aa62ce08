//! A source file, parsed.

use std::ops::Range;

use proc_macro2::{LexError, Span, TokenStream};
use syn::spanned::Spanned;

use crate::error::Error;

/// A source file, with the text that its parts stand in.
pub(in crate::add) struct Source {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) file: syn::File,
    /// Where the parsed text begins: behind a `#!` line.
    start: usize,
}

impl Source {
    /// Parses a file.
    ///
    /// # Errors
    ///
    /// It is not Rust; the error names the line and column.
    pub(in crate::add) fn parse(path: &str, text: String) -> Result<Self, Error> {
        let file = syn::parse_file(&text).map_err(|error| {
            let place = error.span().start();
            let (line, column) = (place.line, place.column + 1);
            Error::refused(
                format!("{path}:{line}:{column}: {error}"),
                "mend it first; nothing was written",
            )
        })?;
        let start = file.shebang.as_ref().map_or(0, String::len);
        Ok(Self {
            path: path.to_owned(),
            text,
            file,
            start,
        })
    }

    /// The tokens: neither comments nor what a text only mentions.
    pub(super) fn tokens(&self) -> Result<TokenStream, LexError> {
        self.text.get(self.start..).unwrap_or_default().parse()
    }

    /// Where something stands in the text, in bytes.
    pub(super) fn range(&self, node: &impl Spanned) -> Range<usize> {
        self.range_of(node.span())
    }

    /// As [`range`](Self::range), of a part without a node of its own.
    pub(super) fn range_of(&self, span: Span) -> Range<usize> {
        let range = span.byte_range();
        range.start + self.start..range.end + self.start
    }

    /// `src/main.rs:12`, for what stands there.
    pub(super) fn place(&self, node: &impl Spanned) -> String {
        let before = self.text.get(..self.range(node).start).unwrap_or_default();
        format!("{}:{}", self.path, before.matches('\n').count() + 1)
    }

    /// The start of the line that this byte is in.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The space that the line of this byte begins with.
    pub(super) fn indentation(&self, at: usize) -> &str {
        let line = self.text.get(self.line_start(at)..).unwrap_or_default();
        let end = line
            .find(|c: char| c != ' ' && c != '\t')
            .unwrap_or(line.len());
        line.get(..end).unwrap_or_default()
    }
}
