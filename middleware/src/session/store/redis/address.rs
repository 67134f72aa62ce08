//! What a URL says: where a server is, whether it speaks TLS, who asks.

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, RedisResult,
};

use crate::secret::Secret;
use crate::session::store::StoreError;

/// How to reach a server, and whom to say that we are.
#[derive(Clone)]
pub(super) struct Address(ConnectionInfo);

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
        Ok(Self(info.set_redis_settings(
            redis.set_protocol(ProtocolVersion::RESP3),
        )))
    }

    /// Another server, reached in the same way.
    pub(super) fn at(&self, host: &str, port: u16) -> Self {
        let host = host.to_owned();
        let addr = match self.0.addr() {
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
        Self(self.0.clone().set_addr(addr))
    }

    /// The same server, asked by somebody else. Without a name the password is the default user's.
    pub(super) fn asked_by(&self, user: Option<&str>, password: &Secret) -> Self {
        let mut redis = self.0.redis_settings().clone();
        if let Some(user) = user {
            redis = redis.set_username(user);
        }
        let redis = redis.set_password(password.expose());
        Self(self.0.clone().set_redis_settings(redis))
    }

    /// The same server and database, asked by nobody in particular.
    pub(super) fn asked_by_nobody(&self) -> Self {
        let redis = RedisConnectionInfo::default().set_db(self.0.redis_settings().db());
        let redis = redis.set_protocol(ProtocolVersion::RESP3);
        Self(self.0.clone().set_redis_settings(redis))
    }

    /// The same server without a choice among its databases: Sentinels have none.
    pub(super) fn without_database(&self) -> Self {
        let redis = self.0.redis_settings().clone().set_db(0);
        Self(self.0.clone().set_redis_settings(redis))
    }

    /// `host:port`
    pub(super) fn name(&self) -> String {
        self.0.addr().to_string()
    }

    pub(super) fn client(&self) -> RedisResult<Client> {
        Client::open(self.0.clone())
    }
}

/// rustls cannot choose where an app's other dependencies turn on a second provider.
fn choose_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that somebody else has chosen meanwhile.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}
