//! A network between an instance and its store, which a test cuts.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use libtest_mimic::Failed;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of bytes on their way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Network {
    Works,
    /// Connections are closed, and new ones as soon as they are made.
    Drops,
    /// Nothing arrives until the network works again.
    Swallows,
    /// Everything arrives later, in each direction.
    Delays(Duration),
}

/// Listens on a port and passes on to a server what comes.
pub struct Proxy {
    port: u16,
    network: watch::Sender<(Network, usize)>,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    pub async fn to(port: u16) -> Result<Self, Failed> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let proxy = Self {
            port: listener.local_addr()?.port(),
            network: watch::Sender::new((Network::Works, 0)),
            connections: Arc::default(),
        };
        let (network, connections) = (proxy.network.clone(), Arc::clone(&proxy.connections));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(pass_on(client, port, network.subscribe()));
            }
        });
        Ok(proxy)
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How often somebody has connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn is(&self, network: Network) {
        self.network.send_modify(|now| now.0 = network);
    }

    /// The connections that there are at present lead nowhere any more, without a word; new ones work.
    pub fn forgets_connections(&self) {
        self.network.send_modify(|now| now.1 += 1);
    }
}

async fn pass_on(client: TcpStream, port: u16, network: watch::Receiver<(Network, usize)>) {
    if network.borrow().0 == Network::Drops {
        return;
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(server) = TcpStream::connect(address).await else {
        return;
    };
    let generation = network.borrow().1;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pump(from_client, to_server, generation, network.clone()) => {}
        () = pump(from_server, to_client, generation, network) => {}
    }
}

/// Ends when one side closes, or the network does.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    generation: usize,
    mut network: watch::Receiver<(Network, usize)>,
) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            _ = network.wait_for(|now| now.0 == Network::Drops) => return,
        };
        let Ok(length) = read else { return };
        let passes = |now: &(Network, usize)| now.0 != Network::Swallows && now.1 == generation;
        let Ok(state) = network.wait_for(passes).await.map(|now| now.0) else {
            return;
        };
        match state {
            Network::Drops => return,
            Network::Delays(time) => tokio::time::sleep(time).await,
            Network::Works | Network::Swallows => {}
        }
        if length == 0 || to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
