use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::Listener;
use tokio::{net::TcpStream, task::JoinSet, time::timeout};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig, server::TlsStream};

use super::Loopback;

/// Listens for https. Handshakes run beside each other, so that a slow client delays nobody.
pub(crate) struct TlsListener {
    loopback: Loopback,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    pub(crate) fn new(loopback: Loopback, config: Arc<ServerConfig>) -> Self {
        Self {
            loopback,
            acceptor: TlsAcceptor::from(config),
            handshakes: JoinSet::new(),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            tokio::select! {
                Some(shaken) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = shaken {
                        return connection;
                    }
                }
                (stream, address) = self.loopback.accept(), if self.handshakes.len() < MOST => {
                    let handshake = self.acceptor.accept(stream);
                    self.handshakes.spawn(async move {
                        let stream = timeout(PATIENCE, handshake).await.ok()?.ok()?;
                        Some((stream, address))
                    });
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.loopback.local_addr()
    }
}

const MOST: usize = 1024;
const PATIENCE: Duration = Duration::from_secs(10);
