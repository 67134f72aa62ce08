//! The store of a row, whichever it is.

use std::time::Duration;

use super::postgres_server::PostgresServer;
use super::redis_server::RedisServer;
use super::scene::Scene;
use crate::error::Failure;

/// What a row keeps its sessions in, if that is another process.
pub enum StoreServer {
    /// Nothing.
    None,
    /// A Redis.
    Redis(RedisServer),
    /// A PostgreSQL.
    Postgres(PostgresServer),
}

impl StoreServer {
    /// Tells the row's server where it is.
    pub fn tell(&self, scene: Scene) -> Scene {
        match self {
            Self::None => scene,
            Self::Redis(redis) => Scene {
                redis: Some(redis.url().to_owned()),
                ..scene
            },
            Self::Postgres(postgres) => Scene {
                postgres: Some(postgres.url()),
                ..scene
            },
        }
    }

    /// What it was asked to do so far: Redis' commands, PostgreSQL's transactions.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub async fn commands(&mut self) -> Result<u64, Failure> {
        match self {
            Self::None => Ok(0),
            Self::Redis(redis) => redis.commands().await,
            Self::Postgres(postgres) => postgres.transactions(),
        }
    }

    /// The CPU time of its process; of PostgreSQL, which is many, it is not known.
    ///
    /// # Errors
    ///
    /// When it has ended.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        match self {
            Self::Redis(redis) => redis.process().cpu(),
            Self::None | Self::Postgres(_) => Ok(Duration::ZERO),
        }
    }
}
