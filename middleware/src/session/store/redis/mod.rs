//! Sessions in Redis or Valkey.

mod address;
mod cluster;
mod connection;
mod keys;
mod link;
mod listener;
mod one_server;
mod opener;
mod record_scripts;
mod scripts;
mod sentinel;
mod sharded;
mod slots;
mod store;

pub use store::RedisStore;
