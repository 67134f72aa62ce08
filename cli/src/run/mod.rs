//! A project and the emulator, running side by side.

mod build;
mod cache;
mod child;
mod options;
mod ports;
mod readiness;
mod session;
mod settings;
mod stand_in;
mod summary;

pub(crate) use options::Run;
pub(crate) use ports::check_ports;
