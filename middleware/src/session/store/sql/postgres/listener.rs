//! What other instances write, as PostgreSQL tells it.

use std::time::Duration;

use sqlx::Executor as _;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use crate::future::BoxFuture;
use crate::session::store::{Invalidation, Invalidations, SessionKey, StoreError};

/// `LISTEN` on a connection of its own, which no pooler may stand before.
pub(super) struct Listener {
    connection: PgListener,
    timeout: Duration,
}

impl Listener {
    pub(super) async fn open(
        options: PgConnectOptions,
        channel: &str,
        timeout: Duration,
    ) -> Result<Self, StoreError> {
        let opened = bounded(timeout, async {
            let pool = PgPoolOptions::new()
                .max_connections(1)
                .max_lifetime(None)
                .idle_timeout(None)
                .acquire_timeout(timeout)
                .connect_with(options)
                .await?;
            let mut connection = PgListener::connect_with(&pool).await?;
            // What was written in between would not be heard of, and nobody would know.
            connection.eager_reconnect(false);
            connection.listen(channel).await?;
            Ok(connection)
        });
        Ok(Self {
            connection: opened.await?,
            timeout,
        })
    }

    async fn hear(&mut self) -> Result<Invalidation, StoreError> {
        loop {
            match tokio::time::timeout(SILENCE, self.connection.try_recv()).await {
                Ok(Ok(Some(told))) => {
                    // What cannot be read may concern anything.
                    return Ok(read(told.payload()).unwrap_or(Invalidation::Missed));
                }
                Ok(Ok(None)) => {
                    return Err(StoreError::new("the connection that listens has ended"));
                }
                Ok(Err(error)) => return Err(StoreError::new(error)),
                // A connection that broke without a word is as silent as one without news.
                Err(_) => {
                    bounded(self.timeout, self.connection.execute("SELECT 1")).await?;
                }
            }
        }
    }
}

impl Invalidations for Listener {
    fn next(&mut self) -> BoxFuture<'_, Result<Invalidation, StoreError>> {
        Box::pin(self.hear())
    }
}

async fn bounded<T>(
    timeout: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(timeout, work).await {
        Ok(done) => done.map_err(StoreError::new),
        Err(_) => {
            let waited = timeout.as_millis();
            Err(StoreError::new(format!(
                "PostgreSQL did not answer the listener within {waited} ms"
            )))
        }
    }
}

/// `ended KEY` or `changed KEY VERSION`, the key in hexadecimal.
fn read(payload: &str) -> Option<Invalidation> {
    let mut words = payload.split(' ');
    match (words.next()?, read_key(words.next()?)?, words.next()) {
        ("ended", key, None) => Some(Invalidation::Ended(key)),
        ("changed", key, Some(version)) => {
            let version = version.parse().ok()?;
            Some(Invalidation::Changed { key, version })
        }
        _ => None,
    }
}

fn read_key(text: &str) -> Option<SessionKey> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut key = [0; 32];
    for (byte, [high, low]) in key.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    }
    Some(SessionKey::from_bytes(key))
}

/// How long nothing is heard before the connection is tried.
const SILENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::{Invalidation, SessionKey, read};

    #[test]
    fn what_is_told_is_read_and_nothing_else() {
        let key = SessionKey::from_bytes([0xa7; 32]);
        let text = "a7".repeat(32);
        assert_eq!(
            read(&format!("ended {text}")),
            Some(Invalidation::Ended(key))
        );
        let changed = Invalidation::Changed { key, version: 12 };
        assert_eq!(read(&format!("changed {text} 12")), Some(changed));
        for other in [
            String::new(),
            "ended".to_owned(),
            format!("ended {text} 1"),
            format!("changed {text}"),
            format!("ended {text}a7"),
            format!("ended {}", &text[2..]),
            format!("ended {}", "+7".repeat(32)),
            format!("ended {}", "é".repeat(32)),
        ] {
            assert_eq!(read(&other), None, "{other}");
        }
    }
}
