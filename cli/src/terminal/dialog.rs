//! Questions and answers on a terminal, with as little as a terminal can do: no cursor is hidden or
//! moved but within one line, no escape sequence is sent without colours.

use std::io::{self, IsTerminal};

use super::ask::SecretText;
use super::color::Style;
use super::console::{self, Key, Keyboard};
use super::output::Terminal;
use super::wrap::wrap;
use crate::error::Error;

/// Somebody at a terminal.
pub(crate) struct Dialog<'a> {
    terminal: &'a mut Terminal,
    keyboard: Keyboard,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// In a few words.
    pub(crate) title: &'a str,
    /// The option of the command line that answers it.
    pub(crate) flag: &'a str,
    /// What there is to know; one line each.
    pub(crate) help: &'a [String],
    /// What no answer means; empty where it means nothing.
    pub(crate) default: &'a str,
}

impl<'a> Dialog<'a> {
    /// Begins to ask; standard input and standard error are terminals.
    ///
    /// # Errors
    ///
    /// The terminal goes away.
    pub(crate) fn open(terminal: &'a mut Terminal) -> Result<Self, Error> {
        Ok(Self {
            keyboard: Keyboard::open()?,
            terminal,
        })
    }

    /// Asks until an answer is understood; a reason why it was not is shown.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] by Ctrl-C.
    pub(crate) fn ask<T>(
        &mut self,
        question: Question<'_>,
        mut understand: impl FnMut(&str) -> Result<T, String>,
    ) -> Result<T, Error> {
        self.put(question);
        loop {
            let answer = self.line(Shown::Text)?;
            let answer = match answer.trim() {
                "" => question.default,
                given => given,
            };
            match understand(answer) {
                Ok(understood) => return Ok(understood),
                Err(reason) => self.say(Style::Bad, &format!("  {reason}")),
            }
        }
    }

    /// Asks for a secret, which is not shown; it may be empty.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] by Ctrl-C.
    pub(crate) fn ask_secret(&mut self, question: Question<'_>) -> Result<SecretText, Error> {
        self.put(question);
        let secret = self.line(Shown::Nothing)?;
        Ok(SecretText::new(secret.trim()))
    }

    /// Shows lines of text.
    pub(crate) fn show(&mut self, lines: &[String]) {
        for line in lines {
            self.say(Style::Plain, line);
        }
    }

    fn put(&mut self, question: Question<'_>) {
        let Question {
            title,
            flag,
            help,
            default,
        } = question;
        self.say(Style::Plain, "");
        self.say(Style::Bold, &format!("{title}  ({flag})"));
        for line in help {
            self.say(Style::Dim, &format!("  {line}"));
        }
        if !default.is_empty() {
            self.say(Style::Dim, &format!("  Enter: {default}"));
        }
    }

    fn say(&mut self, style: Style, text: &str) {
        for line in wrap(text, width(), "  ") {
            self.terminal.said(style, &line);
        }
    }

    /// One line of typing.
    fn line(&mut self, shown: Shown) -> Result<String, Error> {
        let mut typed: Vec<char> = Vec::new();
        let mut before = self.draw(&typed, shown, 0);
        loop {
            let key = self.keyboard.key();
            if key.is_err() {
                self.terminal.typed("\n");
            }
            match key? {
                Key::Enter => break,
                Key::End if typed.is_empty() => {
                    self.terminal.typed("\n");
                    return Err(Error::Interrupted);
                }
                Key::Character(character) if typed.len() < LONGEST => typed.push(character),
                Key::Backspace => drop(typed.pop()),
                Key::Clear => typed.clear(),
                Key::Character(_) | Key::End | Key::Other => {}
            }
            before = self.draw(&typed, shown, before);
        }
        self.terminal.typed("\n");
        Ok(typed.into_iter().collect())
    }

    /// Draws the line anew over `before` columns, with the end of what does not fit; returns how many
    /// columns it takes.
    fn draw(&mut self, typed: &[char], shown: Shown, before: usize) -> usize {
        let visible: String = match shown {
            Shown::Nothing => String::new(),
            Shown::Text => {
                let room = width().saturating_sub(PROMPT.len() + 1).max(1);
                typed[typed.len().saturating_sub(room)..].iter().collect()
            }
        };
        let columns = visible.chars().count();
        let blank = " ".repeat(before.saturating_sub(columns));
        let back = if blank.is_empty() {
            String::new()
        } else {
            format!("\r{PROMPT}{visible}")
        };
        self.terminal
            .typed(&format!("\r{PROMPT}{visible}{blank}{back}"));
        columns
    }
}

/// Whether somebody can be asked, and would see the question.
pub(crate) fn somebody_is_there() -> bool {
    console::passes_keys_on() && io::stderr().is_terminal()
}

#[derive(Clone, Copy)]
enum Shown {
    Text,
    Nothing,
}

/// The columns of the terminal.
fn width() -> usize {
    console::width().unwrap_or(USUAL_WIDTH)
}

const PROMPT: &str = "> ";
const USUAL_WIDTH: usize = 80;
/// More than any answer.
const LONGEST: usize = 4096;
