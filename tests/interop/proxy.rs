use std::{
    io,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// An HTTP proxy that leads the emulator's host names to the emulator, and nothing to the world.
///
/// It is what makes `https://fabrikam.ciamlogin.com/` reachable without a change to `/etc/hosts`,
/// and it sees who would have called home.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    hosts: Arc<Vec<String>>,
    emulator: u16,
    strangers: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Listens in a task; returns its port, too.
    pub(crate) async fn start(hosts: Vec<String>, emulator: u16) -> io::Result<(Self, u16)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let proxy = Self {
            hosts: Arc::new(hosts),
            emulator,
            strangers: Arc::default(),
        };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(client));
            }
        });
        Ok((proxy, port))
    }

    /// Hosts that somebody wanted to reach and that are not the emulator's.
    pub(crate) fn strangers(&self) -> Vec<String> {
        let strangers = self.strangers.lock();
        strangers.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn serve(self, mut client: TcpStream) -> io::Result<()> {
        let head = head(&mut client).await?;
        let mut words = head.split_whitespace();
        let target = match (words.next(), words.next()) {
            (Some("CONNECT"), Some(target)) => target,
            _ => "something that is not https",
        };
        let is_ours = target
            .rsplit_once(':')
            .is_some_and(|(host, _)| self.hosts.iter().any(|ours| ours == host));
        if !is_ours {
            let strangers = self.strangers.lock();
            strangers
                .unwrap_or_else(PoisonError::into_inner)
                .push(target.to_owned());
            return client.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await;
        }
        let mut emulator = TcpStream::connect((Ipv4Addr::LOCALHOST, self.emulator)).await?;
        client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await?;
        copy_bidirectional(&mut client, &mut emulator).await?;
        Ok(())
    }
}

/// Reads up to the empty line.
async fn head(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8192 {
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
