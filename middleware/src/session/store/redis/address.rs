//! What a URL says: where a server is, whether it speaks TLS, who asks.

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, RedisResult,
};

use crate::secret::Secret;
use crate::session::store::StoreError;

/// How to reach a server, or any of several that share a URL's credentials and TLS.
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
