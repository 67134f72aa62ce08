use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::Listener;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};
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
                    let handshake = shake(stream, self.acceptor.clone());
                    self.handshakes.spawn(async move {
                        let stream = timeout(PATIENCE, handshake).await.ok()??;
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

/// Who speaks plain http is told so; a browser would say nothing but "empty response".
async fn shake(mut stream: TcpStream, acceptor: TlsAcceptor) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    let length = stream.peek(&mut first).await.ok()?;
    if length == 1 && first[0].is_ascii_uppercase() {
        // An answer is only read after the request was.
        let _ = stream.read(&mut [0; 8 * 1024]).await;
        let _ = stream.write_all(SPEAKS_HTTPS).await;
        let _ = stream.shutdown().await;
        return None;
    }
    acceptor.accept(stream).await.ok()
}

/// What a request over plain http is told, which begins with the letters of its method.
pub(crate) const SPEAKS_HTTPS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain\r\nConnection: close\r\nContent-Length: 62\r\n\r\n\
    This port speaks https. Start the address with https:// there.";
const MOST: usize = 1024;
const PATIENCE: Duration = Duration::from_secs(10);
