//! The two streams: data on one, messages on the other.

use std::io::{self, Write};

use super::color::{ColorChoice, Style};
use crate::error::Error;

/// Where a command writes. A closed pipe is nobody's fault: failed writes are ignored.
pub(crate) struct Terminal {
    data: Stream,
    messages: Stream,
    voice: Voice,
}

/// How much is said, and to whom.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Voice {
    /// Nothing but errors.
    pub(crate) quiet: bool,
    /// Also what was looked at and left as it is.
    pub(crate) verbose: bool,
    /// To a program: one JSON document on standard output.
    pub(crate) json: bool,
}

struct Stream {
    writer: Box<dyn Write + Send>,
    color: bool,
}

impl Terminal {
    /// Standard output for data, standard error for messages.
    pub(crate) fn standard(color: ColorChoice, voice: Voice) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let data = Stream {
            color: color.applies(&out),
            writer: Box::new(out),
        };
        let messages = Stream {
            color: color.applies(&err),
            writer: Box::new(err),
        };
        Self {
            data,
            messages,
            voice,
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.voice.quiet
    }

    pub(crate) fn is_json(&self) -> bool {
        self.voice.json
    }

    /// Writes a line of what was asked for.
    pub(crate) fn data(&mut self, line: &str) {
        self.data.line(line);
    }

    /// Writes a line of a unified diff, set off as version control does.
    pub(crate) fn diff_line(&mut self, line: &str) {
        let style = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'd', ..] => Some(Style::Bold),
            [b'+', ..] => Some(Style::Added),
            [b'-', ..] => Some(Style::Removed),
            [b'@', ..] => Some(Style::Place),
            [b'#', ..] => Some(Style::Dim),
            _ => None,
        };
        let line = style.map_or_else(|| line.to_owned(), |style| self.data.styled(style, line));
        self.data.line(&line);
    }

    /// Writes a line about what is going on, unless asked to be quiet.
    pub(crate) fn message(&mut self, line: &str) {
        if !self.voice.quiet {
            self.messages.line(line);
        }
    }

    #[allow(
        dead_code,
        reason = "the way for every command that leaves things as they are"
    )]
    /// Writes a line about what was looked at, if asked to say more.
    pub(crate) fn detail(&mut self, line: &str) {
        if self.voice.verbose {
            self.messages.line(line);
        }
    }

    /// Writes a line of a dialog, set off where the stream has colours.
    pub(super) fn said(&mut self, style: Style, text: &str) {
        let text = self.messages.styled(style, text);
        self.messages.line(&text);
    }

    /// Writes what is typed, as it is.
    pub(super) fn typed(&mut self, text: &str) {
        let _ = write!(self.messages.writer, "{text}");
        let _ = self.messages.writer.flush();
    }

    /// Says something to know that stops nothing.
    pub(crate) fn warning(&mut self, text: &str) {
        let label = self.messages.styled(Style::Bold, "warning");
        self.messages.line(&format!("{label}: {text}"));
    }

    /// Says what comes next.
    pub(crate) fn next_step(&mut self, step: &str) {
        let label = self.messages.styled(Style::Good, "next");
        self.messages.line(&format!("{label}: {step}"));
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
