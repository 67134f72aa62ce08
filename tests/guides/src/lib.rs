//! What the pages of `docs/` show, compiled and run.
//!
//! Their Rust code is this package's documentation tests (`pages`); settings, nginx's configuration,
//! code tables and translations of other tools' settings are in `tests/`.

mod answers;
mod settings;

#[cfg(doctest)]
pub mod pages;

pub use answers::{answers, with_emulator};
pub use settings::{settings, settings_at};
