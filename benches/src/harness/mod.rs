//! Starts servers, signs a person in, drives the servers and looks at what that cost.

mod child;
mod load;
mod postgres_server;
mod process;
mod provider;
mod redis_server;
mod scene;
mod store_server;
mod visitor;

pub use child::{Binary, Child};
pub use load::{Load, Served};
pub use postgres_server::PostgresServer;
pub use process::Process;
pub use provider::Provider;
pub use redis_server::RedisServer;
pub use scene::{Scene, free_port};
pub use store_server::StoreServer;
pub use visitor::sign_in;
