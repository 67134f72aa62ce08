//! A Redis of a row's own.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use tokio::process::{Child, Command};

use super::process::Process;
use super::scene::free_port;
use crate::error::Failure;

/// Redis on a port of its own, which keeps nothing on disk; ended when dropped.
pub struct RedisServer {
    process: Child,
    url: String,
    connection: MultiplexedConnection,
}

impl RedisServer {
    /// Starts `redis-server` and waits for it.
    ///
    /// # Errors
    ///
    /// When it is not installed, or does not answer.
    pub async fn start() -> Result<Self, Failure> {
        let port = free_port()?;
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no"]);
        command.stdout(Stdio::null()).kill_on_drop(true);
        let process = command.spawn();
        let process = process.map_err(Failure::during(
            "redis-server (apt-get install redis-server)",
        ))?;
        let url = format!("redis://127.0.0.1:{port}");
        let client = redis::Client::open(&*url).map_err(Failure::during("Redis"))?;
        let began = Instant::now();
        let connection = loop {
            match client.get_multiplexed_async_connection().await {
                Ok(connection) => break connection,
                Err(error) if began.elapsed() > START => {
                    return Err(Failure::during("Redis")(error));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        Ok(Self {
            process,
            url,
            connection,
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    pub fn process(&self) -> Process {
        Process(self.process.id().unwrap_or_default())
    }

    /// How many commands it has carried out, but for the questions about that. What a script calls
    /// counts as commands of its own.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub async fn commands(&mut self) -> Result<u64, Failure> {
        let text = self.info("commandstats").await?;
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix("cmdstat_"));
        let calls = lines
            .filter(|line| !line.starts_with("info"))
            .filter_map(|line| {
                let calls = line.split_once("calls=")?.1.split(',').next()?;
                calls.parse::<u64>().ok()
            });
        Ok(calls.sum())
    }

    /// A number of a section of `INFO`.
    ///
    /// # Errors
    ///
    /// When it does not answer, or the section has no such number.
    pub async fn number(&mut self, section: &str, name: &str) -> Result<u64, Failure> {
        let text = self.info(section).await?;
        let values = text.lines().filter_map(|line| line.split_once(':'));
        let found = values.into_iter().find(|(key, _)| *key == name);
        let number = found.and_then(|(_, value)| value.trim().parse().ok());
        number.ok_or_else(|| Failure::new(format!("Redis has no {name} in INFO {section}")))
    }

    /// The sizes of one of the layer's records: its sealed bytes, its summary, how many index sets it
    /// is in.
    ///
    /// # Errors
    ///
    /// When there is none, or the layer keeps them in another way than this reads.
    pub async fn record_of_a_session(&mut self) -> Result<(usize, usize, usize), Failure> {
        let mut keys = redis::cmd("KEYS");
        let keys = keys.arg("b2c:s:*").query_async(&mut self.connection).await;
        let keys: Vec<String> = keys.map_err(Failure::during("KEYS"))?;
        let key = keys
            .first()
            .ok_or_else(|| Failure::new("no session in Redis"))?;
        let fields = redis::cmd("HGETALL")
            .arg(key)
            .query_async(&mut self.connection)
            .await;
        let fields: BTreeMap<String, Vec<u8>> = fields.map_err(Failure::during("HGETALL"))?;
        let length = |name: &str| {
            let value = fields.get(name);
            value
                .map(Vec::len)
                .ok_or_else(|| Failure::new(format!("no {name} in {key}")))
        };
        let indexes = fields.keys().filter(|name| name.starts_with('i')).count();
        Ok((length("b")?, length("s")?, indexes))
    }

    async fn info(&mut self, section: &str) -> Result<String, Failure> {
        let mut command = redis::cmd("INFO");
        let answer = command.arg(section).query_async(&mut self.connection).await;
        answer.map_err(Failure::during("INFO"))
    }
}

const START: Duration = Duration::from_secs(10);
