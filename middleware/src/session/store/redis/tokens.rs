//! Passwords that end: who issues them.

use std::fmt;
use std::future::Future;
use std::time::SystemTime;

use crate::future::BoxFuture;
use crate::secret::Secret;
use crate::session::store::StoreError;

/// Where a [`RedisStore`](super::RedisStore) has its password from, where that is a token which ends
/// ([`RedisStore::tokens`](super::RedisStore::tokens)).
///
/// A function that returns such a future is one, too. It is asked by one task at a time, a while before
/// the last token ends, and again in growing pauses of half a minute at most if it fails; it need
/// neither cache nor repeat. An answer is waited for 15 seconds.
pub trait RedisTokens: Send + Sync + 'static {
    /// A token that is good from now on.
    ///
    /// # Errors
    ///
    /// When there is none at present. The error is logged, so no token may be in it.
    fn token(&self) -> BoxFuture<'_, Result<RedisToken, StoreError>>;
}

impl<F, T> RedisTokens for F
where
    F: Fn() -> T + Send + Sync + 'static,
    T: Future<Output = Result<RedisToken, StoreError>> + Send + 'static,
{
    fn token(&self) -> BoxFuture<'_, Result<RedisToken, StoreError>> {
        Box::pin(self())
    }
}

/// A password of Redis, and when it ends.
#[derive(Clone)]
pub struct RedisToken {
    pub(super) token: Secret,
    pub(super) expires_at: SystemTime,
}

impl RedisToken {
    /// A token, good until this moment of the system's clock.
    pub fn new(token: Secret, expires_at: SystemTime) -> Self {
        Self { token, expires_at }
    }
}

impl fmt::Debug for RedisToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisToken")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
