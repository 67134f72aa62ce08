//! The command line: what can be asked, and who does it.

mod add;
mod arguments;
mod completions;
mod diff;
mod doctor;
mod eject;
mod explain;
mod held;
mod help;
mod import;
mod main;
mod man;
mod migrate;
mod new;
mod register;
mod run;
mod schema;
mod tenant;
mod undo;
mod update;
mod write;

pub use main::main;
