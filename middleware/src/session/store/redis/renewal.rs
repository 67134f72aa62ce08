//! A connection that says again who it is, before Redis ends it.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult, cmd};
use tokio::task::AbortHandle;

use super::identity::{Identity, pause_after};
use super::tokens::RedisToken;

/// Sends each new token over one connection (`AUTH`), for as long as this is kept.
///
/// Azure ends a connection when the token ends that it was opened with (Microsoft Learn, "Use Microsoft
/// Entra ID for cache authentication").
pub(super) struct Renewal(AbortHandle);

impl Renewal {
    pub(super) fn begin(
        connection: MultiplexedConnection,
        server: String,
        identity: &Arc<Identity>,
        used: RedisToken,
    ) -> Self {
        let renewing = renew(connection, server, Arc::clone(identity), used);
        Self(tokio::spawn(renewing).abort_handle())
    }
}

impl Drop for Renewal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The refusal of a token, told so that an operator knows what to do.
pub(super) fn told(error: RedisError, user: &str) -> RedisError {
    if !is_refusal(&error) {
        return error;
    }
    let advice = format!(
        "{error}; the token of the principal {user} was issued and Redis does not take it: give this object \
         id an access policy at the cache (Authentication, Microsoft Entra Authentication), and see \
         that session.redis.entra.object_id is that of the service principal or managed identity, not \
         of the app registration, and that the scope is the cache's"
    );
    let what = "Redis refuses the token";
    (redis::ErrorKind::AuthenticationFailed, what, advice).into()
}

async fn renew(
    mut connection: MultiplexedConnection,
    server: String,
    identity: Arc<Identity>,
    mut used: RedisToken,
) {
    let mut failures = 0;
    let mut known = identity.follow();
    loop {
        let is_new = known.wait_for(|known| {
            let token = known.usable().map(|token| token.token.expose());
            token.is_some_and(|token| token != used.token.expose())
        });
        let Ok(Some(token)) = is_new.await.map(|known| known.usable().cloned()) else {
            return;
        };
        let mut auth = cmd("AUTH");
        auth.arg(&identity.user).arg(token.token.expose());
        let outcome: RedisResult<()> = auth.query_async(&mut connection).await;
        match outcome {
            Ok(()) => {
                tracing::debug!(server, "a connection to Redis has a new token");
                used = token;
                failures = 0;
            }
            // Whoever uses the connection notices, too.
            Err(error) if error.is_io_error() && !error.is_timeout() => return,
            Err(error) => {
                failures += 1;
                let error = told(error, &identity.user);
                tracing::error!(
                    server,
                    %error,
                    attempts = failures,
                    "a connection to Redis could not renew its token, and will be ended"
                );
                tokio::time::sleep(pause_after(failures)).await;
            }
        }
    }
}

/// `WRONGPASS`, or what is said of users who may not do anything.
fn is_refusal(error: &RedisError) -> bool {
    let is_said = matches!(error.code(), Some("WRONGPASS" | "NOAUTH" | "NOPERM"));
    is_said || error.kind() == redis::ErrorKind::AuthenticationFailed
}
