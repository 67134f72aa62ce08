//! What the command writes, and where.

mod color;
mod output;

pub(crate) use color::{ColorChoice, Style};
pub(crate) use output::Terminal;
