//! The two streams: data on one, messages on the other.

use std::io::{self, IsTerminal, Write};

use super::color::{ColorChoice, Style};
use crate::error::Error;

/// Where a command writes. A closed pipe is nobody's fault: failed writes are ignored.
pub(crate) struct Terminal {
    data: Stream,
    messages: Stream,
    quiet: bool,
}

struct Stream {
    writer: Box<dyn Write + Send>,
    color: bool,
}

impl Terminal {
    /// Standard output for data, standard error for messages.
    pub(crate) fn standard(color: ColorChoice, quiet: bool) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let data = Stream {
            color: color.applies(out.is_terminal()),
            writer: Box::new(out),
        };
        let messages = Stream {
            color: color.applies(err.is_terminal()),
            writer: Box::new(err),
        };
        Self {
            data,
            messages,
            quiet,
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Writes a line of what was asked for.
    pub(crate) fn data(&mut self, line: &str) {
        self.data.line(line);
    }

    /// Writes a line about what is going on, unless asked to be quiet.
    pub(crate) fn message(&mut self, line: &str) {
        if !self.quiet {
            self.messages.line(line);
        }
    }

    /// Says what went wrong and what to do about it.
    pub(crate) fn error(&mut self, error: &Error) {
        let label = self.messages.styled(Style::Bad, "error");
        self.messages.line(&format!("{label}: {error}"));
        if let Some(hint) = error.hint() {
            let label = self.messages.styled(Style::Good, "help");
            self.messages.line(&format!("{label}: {hint}"));
        }
    }

    /// Text for [`data`](Self::data), set off where the stream has colours.
    pub(crate) fn styled(&self, style: Style, text: &str) -> String {
        self.data.styled(style, text)
    }
}

impl Stream {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.writer, "{text}");
        let _ = self.writer.flush();
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.color {
            style.paint(text)
        } else {
            text.to_owned()
        }
    }
}
