//! Sessions in Redis or Valkey.

mod address;
mod cluster;
mod concerns;
mod connection;
mod entra;
mod identity;
mod keys;
mod link;
mod listener;
mod one_server;
mod opener;
mod record_scripts;
mod renewal;
mod scripts;
mod sentinel;
mod sharded;
mod slots;
mod store;
mod tokens;

pub use store::RedisStore;
pub use tokens::{RedisToken, RedisTokens};

pub(super) use entra::tokens as entra_tokens;
