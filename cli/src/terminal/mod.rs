//! What the command writes, and where.

mod color;
mod output;
mod report;

pub(crate) use color::{ColorChoice, Style};
pub(crate) use output::{Terminal, Voice};
pub(crate) use report::Report;
