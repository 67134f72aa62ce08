//! What the command writes, and where.

mod ask;
mod color;
mod output;
mod report;

pub(crate) use ask::{SecretText, ask_secret, stdin_is_terminal};
pub(crate) use color::{ColorChoice, Style};
pub(crate) use output::{Terminal, Voice};
pub(crate) use report::Report;
