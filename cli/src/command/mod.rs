//! The command line: what can be asked, and who does it.

mod arguments;
mod help;
mod main;
mod new;
mod run;

pub use main::main;
