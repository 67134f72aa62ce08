//! What the command writes, and where.

mod ask;
mod color;
mod console;
mod dialog;
mod output;
mod report;
mod shell;
mod wrap;

pub(crate) use ask::{SecretText, ask_secret, stdin_is_terminal};
pub(crate) use color::{ColorChoice, Style};
pub(crate) use dialog::{Dialog, Question, somebody_is_there};
pub(crate) use output::{Terminal, Voice};
pub(crate) use report::Report;
pub(crate) use shell::{option_to, quoted, word};
