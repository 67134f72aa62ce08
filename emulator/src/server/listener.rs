use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

/// Listens on the loopback addresses of both IP versions, since `localhost` may mean either; if it
/// is public, on every address of version 4.
pub(crate) struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Binds a port; 0 means any that is free on both addresses. A public one is bound on every
    /// interface.
    pub(crate) async fn bind(port: u16, public: bool) -> io::Result<Self> {
        let mut attempts = if port == 0 { ATTEMPTS } else { 1 };
        loop {
            attempts -= 1;
            match Self::bind_both(port, public).await {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && attempts > 0 => {}
                result => return result,
            }
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    async fn bind_both(port: u16, public: bool) -> io::Result<Self> {
        if public {
            let v4 = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
            let port = v4.local_addr()?.port();
            return Ok(Self { v4, v6: None, port });
        }
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = v4.local_addr()?.port();
        let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(listener) => Some(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // No IPv6 on this machine.
            Err(_) => None,
        };
        Ok(Self { v4, v6, port })
    }
}

impl Listener for Loopback {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, address) = match &mut self.v6 {
            Some(v6) => tokio::select! {
                accepted = Listener::accept(&mut self.v4) => accepted,
                accepted = Listener::accept(v6) => accepted,
            },
            None => Listener::accept(&mut self.v4).await,
        };
        // Small answers must not wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.v4.local_addr()
    }
}

const ATTEMPTS: u32 = 16;
