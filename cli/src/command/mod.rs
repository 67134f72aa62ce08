//! The command line: what can be asked, and who does it.

mod arguments;
mod help;
mod main;
mod new;
mod run;
mod undo;
mod write;

pub use main::main;
