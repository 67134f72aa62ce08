//! The command line: what can be asked, and who does it.

mod arguments;
mod diff;
mod eject;
mod held;
mod help;
mod main;
mod new;
mod run;
mod tenant;
mod undo;
mod update;
mod write;

pub use main::main;
