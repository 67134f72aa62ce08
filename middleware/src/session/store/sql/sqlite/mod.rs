//! Sessions in a SQLite file.

mod database;
mod file;
mod statements;
mod store;

pub use store::SqliteStore;
