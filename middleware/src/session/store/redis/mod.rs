//! Sessions in Redis or Valkey.

mod link;
mod listener;
mod scripts;
mod store;

pub use store::RedisStore;
