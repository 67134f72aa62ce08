//! Sessions in PostgreSQL.

mod connections;
mod database;
mod listener;
mod migration;
mod operations;
mod statements;
mod store;
mod value;

pub use store::PostgresStore;
