//! Which server is the master, as Sentinels tell.
//!
//! <https://redis.io/docs/latest/develop/reference/sentinel-clients/>

use std::time::Duration;

use redis::{AsyncConnectionConfig, ErrorKind, RedisError, RedisResult, cmd};
use tokio::task::JoinSet;

use super::address::Address;

/// Sentinels that watch over a master of a name.
#[derive(Clone)]
pub(super) struct Sentinels {
    pub(super) watchers: Vec<Address>,
    pub(super) master: String,
    /// How the servers are reached that they name.
    pub(super) server: Address,
}

impl Sentinels {
    /// Where the master is now. All are asked at once, since any of them may be away, and the first
    /// that knows is believed.
    pub(super) async fn find(&self, timeout: Duration) -> RedisResult<Address> {
        let mut asked = JoinSet::new();
        for sentinel in &self.watchers {
            asked.spawn(ask(sentinel.clone(), self.master.clone(), timeout));
        }
        let mut reason = unknown(&self.master);
        while let Some(answer) = asked.join_next().await {
            match answer {
                Ok(Ok((host, port))) => return Ok(self.server.at(&host, port)),
                Ok(Err(error)) => reason = error,
                Err(_) => {}
            }
        }
        Err(reason)
    }
}

async fn ask(sentinel: Address, master: String, timeout: Duration) -> RedisResult<(String, u16)> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(timeout))
        .set_response_timeout(Some(timeout));
    let (mut connection, _renewal) = sentinel.connect(&config).await?;
    let mut asked = cmd("SENTINEL");
    asked.arg("GET-MASTER-ADDR-BY-NAME").arg(&master);
    let answer: Option<(String, u16)> = asked.query_async(&mut connection).await?;
    answer.ok_or_else(|| unknown(&master))
}

fn unknown(master: &str) -> RedisError {
    let what = "no Sentinel knows a master of this name";
    (ErrorKind::Client, what, master.to_owned()).into()
}
