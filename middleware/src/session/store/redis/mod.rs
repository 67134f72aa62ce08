//! Sessions in Redis or Valkey.

mod address;
mod connection;
mod link;
mod listener;
mod opener;
mod scripts;
mod store;

pub use store::RedisStore;
