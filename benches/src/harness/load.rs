//! The load: connections that are kept, one request at a time on each.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::error::Failure;

/// Requests to one server.
#[derive(Clone, Debug)]
pub struct Load {
    address: SocketAddr,
    /// Sent in turn.
    requests: Arc<[Vec<u8>]>,
}

/// What was answered.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Requests answered with 200 and the expected length.
    pub requests: u64,
    /// Within this time.
    pub elapsed: Duration,
}

impl Load {
    /// `GET path` as a browser sends it, with one more header each time round, if any.
    pub fn new(port: u16, path: &str, headers: &[String]) -> Self {
        let request = |header: &str| {
            format!(
                "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUser-Agent: bench\r\n\
                 Accept: text/html\r\n{header}\r\n"
            )
            .into_bytes()
        };
        let requests: Vec<_> = match headers {
            [] => vec![request("")],
            headers => headers
                .iter()
                .map(|header| request(&format!("{header}\r\n")))
                .collect(),
        };
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            requests: requests.into(),
        }
    }

    /// Drives the server over [`CONNECTIONS`] connections for so long.
    ///
    /// # Errors
    ///
    /// When any answer is not 200.
    pub async fn run(&self, lasts: Duration) -> Result<Served, Failure> {
        let began = Instant::now();
        let mut connections = JoinSet::new();
        for first in 0..CONNECTIONS {
            let load = self.clone();
            connections.spawn(async move {
                let mut connection = Connection::open(load.address).await?;
                let mut answered = 0;
                for request in load.requests.iter().cycle().skip(first) {
                    if began.elapsed() >= lasts {
                        break;
                    }
                    connection.ask(request).await?;
                    answered += 1;
                }
                Ok::<u64, Failure>(answered)
            });
        }
        let mut requests = 0;
        while let Some(answered) = connections.join_next().await {
            requests += answered.map_err(Failure::during("a connection"))??;
        }
        Ok(Served {
            requests,
            elapsed: began.elapsed(),
        })
    }

    /// Waits until a request is answered with 200, as that of a server that still fetches its keys.
    ///
    /// # Errors
    ///
    /// When none is within five seconds.
    pub async fn ready(&self) -> Result<(), Failure> {
        let began = Instant::now();
        loop {
            match self.send(1).await {
                Err(_) if began.elapsed() < READY => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                answered => return answered,
            }
        }
    }

    /// Sends so many requests, one after the other over one connection.
    ///
    /// # Errors
    ///
    /// When any answer is not 200.
    pub async fn send(&self, count: usize) -> Result<(), Failure> {
        let mut connection = Connection::open(self.address).await?;
        for request in self.requests.iter().cycle().take(count) {
            connection.ask(request).await?;
        }
        Ok(())
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// The length of the answer before, which the next one most likely has, too.
    usual: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.map_err(Failure::during("connecting"))?;
        let nodelay = stream.set_nodelay(true);
        nodelay.map_err(Failure::during("connecting"))?;
        Ok(Self {
            stream,
            buffer: vec![0; LONGEST_ANSWER],
            usual: 0,
        })
    }

    async fn ask(&mut self, request: &[u8]) -> Result<(), Failure> {
        let sent = self.stream.write_all(request).await;
        sent.map_err(Failure::during("sending"))?;
        let mut length = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[length..]).await;
            let read = read.map_err(Failure::during("reading"))?;
            if read == 0 {
                return Err(Failure::new("the server hung up"));
            }
            length += read;
            if length == self.usual || Some(length) == answer_length(&self.buffer[..length]) {
                break;
            }
        }
        self.usual = length;
        if self.buffer.starts_with(b"HTTP/1.1 200 ") {
            return Ok(());
        }
        let answer = String::from_utf8_lossy(&self.buffer[..length.min(600)]);
        Err(Failure::new(format!("an answer is not 200: {answer}")))
    }
}

/// The whole length of an answer, once its head is there.
fn answer_length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..head]).ok()?;
    let mut lines = text.split("\r\n").filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    Some(head + length.1.trim().parse::<usize>().ok()?)
}

/// Whether processes can be kept to one CPU each.
pub(super) fn can_pin() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| Command::new("taskset").arg("--version").output().is_ok())
}

/// Enough to keep a server busy all the time.
const CONNECTIONS: usize = 32;
const READY: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: usize = 64 * 1024;
