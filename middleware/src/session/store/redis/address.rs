//! What a URL says: where a server is, whether it speaks TLS, who asks.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ErrorKind, IntoConnectionInfo,
    ProtocolVersion, RedisConnectionInfo, RedisResult,
};

use super::identity::Identity;
use super::renewal::{Renewal, told};
use crate::secret::Secret;
use crate::session::store::StoreError;

/// How to reach a server, and whom to say that we are.
#[derive(Clone)]
pub(super) struct Address {
    info: ConnectionInfo,
    /// In place of the user and the password.
    identity: Option<Arc<Identity>>,
}

impl Address {
    /// From `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS.
    pub(super) fn parse(url: &Secret) -> Result<Self, StoreError> {
        // The cause may quote the URL, which has a password in it.
        let unusable = |_| StoreError::new("the URL is not one of Redis (redis:// or rediss://)");
        let info = url.expose().into_connection_info().map_err(unusable)?;
        Client::open(info.clone()).map_err(unusable)?;
        if matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            choose_tls_provider();
        }
        let redis = info.redis_settings().clone();
        Ok(Self {
            info: info.set_redis_settings(redis.set_protocol(ProtocolVersion::RESP3)),
            identity: None,
        })
    }

    /// Another server, reached in the same way.
    pub(super) fn at(&self, host: &str, port: u16) -> Self {
        let host = host.to_owned();
        let addr = match self.info.addr() {
            ConnectionAddr::TcpTls {
                insecure,
                tls_params,
                ..
            } => ConnectionAddr::TcpTls {
                host,
                port,
                insecure: *insecure,
                tls_params: tls_params.clone(),
            },
            _ => ConnectionAddr::Tcp(host, port),
        };
        Self {
            info: self.info.clone().set_addr(addr),
            identity: self.identity.clone(),
        }
    }

    /// The same server, asked by somebody else. Without a name the password is the default user's.
    pub(super) fn asked_by(&self, user: Option<&str>, password: &Secret) -> Self {
        let mut redis = self.info.redis_settings().clone();
        if let Some(user) = user {
            redis = redis.set_username(user);
        }
        self.with(redis.set_password(password.expose()))
    }

    /// The same server, asked by whoever has this token.
    pub(super) fn asked_with_tokens_of(&self, identity: &Arc<Identity>) -> Self {
        Self {
            info: self.info.clone(),
            identity: Some(Arc::clone(identity)),
        }
    }

    /// The same server and database, asked by nobody in particular.
    pub(super) fn asked_by_nobody(&self) -> Self {
        let redis = RedisConnectionInfo::default().set_db(self.info.redis_settings().db());
        self.with(redis.set_protocol(ProtocolVersion::RESP3))
    }

    /// The same server without a choice among its databases: Sentinels have none.
    pub(super) fn without_database(&self) -> Self {
        self.with(self.info.redis_settings().clone().set_db(0))
    }

    /// `host:port`
    pub(super) fn name(&self) -> String {
        self.info.addr().to_string()
    }

    /// A connection, and what renews its token if it has one.
    pub(super) async fn connect(
        &self,
        config: &AsyncConnectionConfig,
    ) -> RedisResult<(MultiplexedConnection, Option<Renewal>)> {
        let Some(identity) = &self.identity else {
            let client = Client::open(self.info.clone())?;
            let connection = client.get_multiplexed_async_connection_with_config(config);
            return Ok((connection.await?, None));
        };
        let token = identity.token().await;
        let none = |reason| (ErrorKind::Client, "no password", reason);
        let token = token.map_err(none)?;
        let client = self.asked_by(Some(&identity.user), &token.token);
        let client = Client::open(client.info)?;
        let connection = client.get_multiplexed_async_connection_with_config(config);
        let connection = connection.await;
        let connection = connection.map_err(|error| told(error, &identity.user))?;
        let renewal = Renewal::begin(connection.clone(), self.name(), identity, token);
        Ok((connection, Some(renewal)))
    }

    fn with(&self, redis: RedisConnectionInfo) -> Self {
        Self {
            info: self.info.clone().set_redis_settings(redis),
            identity: self.identity.clone(),
        }
    }
}

/// rustls cannot choose where an app's other dependencies turn on a second provider.
fn choose_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that somebody else has chosen meanwhile.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}
