//! What Azure puts before Redis: tokens of Entra ID are passwords until they end, and a connection
//! ends with the token that it was opened with, or that it sent last.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libtest_mimic::Failed;
use redis::cmd;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::server::Redis;

/// A cache with one principal that may use it.
pub struct Azure {
    pub redis: Redis,
    port: u16,
    seen: Arc<Seen>,
}

/// What has become of connections.
#[derive(Default)]
struct Seen {
    opened: AtomicUsize,
    renewed: AtomicUsize,
    ended: AtomicUsize,
}

impl Azure {
    /// Lets the principal of this object id in, with tokens for this audience.
    pub async fn start(object_id: &str, audience: &str) -> Result<Self, Failed> {
        let redis = Redis::start_with(["--requirepass", KEY])?.password(KEY);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let azure = Self {
            port: listener.local_addr()?.port(),
            seen: Arc::default(),
            redis,
        };
        let door = Door {
            redis: azure.redis.port(),
            object_id: object_id.to_owned(),
            audience: audience.to_owned(),
            seen: Arc::clone(&azure.seen),
        };
        let door = Arc::new(door);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let door = Arc::clone(&door);
                tokio::spawn(async move { door.lets_in(client).await });
            }
        });
        Ok(azure)
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How many connections have shown a token that was taken.
    pub fn opened(&self) -> usize {
        self.seen.opened.load(Ordering::SeqCst)
    }

    /// How often one has shown another.
    pub fn renewed(&self) -> usize {
        self.seen.renewed.load(Ordering::SeqCst)
    }

    /// How many were ended because their token had.
    pub fn ended(&self) -> usize {
        self.seen.ended.load(Ordering::SeqCst)
    }
}

struct Door {
    redis: u16,
    object_id: String,
    audience: String,
    seen: Arc<Seen>,
}

impl Door {
    async fn lets_in(&self, client: TcpStream) {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.redis));
        let Ok(server) = TcpStream::connect(address).await else {
            return;
        };
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let answers = tokio::io::copy(&mut from_server, &mut to_client);
        let commands = async {
            let mut ends = Instant::now() + Duration::from_secs(3600);
            let (mut unread, mut bytes) = (Vec::new(), vec![0; 64 * 1024]);
            let mut is_open = false;
            loop {
                let read = from_client.read(&mut bytes);
                let Ok(read) = tokio::time::timeout_at(ends.into(), read).await else {
                    self.seen.ended.fetch_add(1, Ordering::SeqCst);
                    return;
                };
                let Ok(length @ 1..) = read else { return };
                unread.extend_from_slice(&bytes[..length]);
                while let Some((command, length)) = command(&unread) {
                    if let Some(left) = self.admits(&command) {
                        let count = if is_open {
                            &self.seen.renewed
                        } else {
                            &self.seen.opened
                        };
                        count.fetch_add(1, Ordering::SeqCst);
                        is_open = true;
                        ends = Instant::now() + left;
                    }
                    let command: Vec<u8> = unread.drain(..length).collect();
                    if to_server.write_all(&command).await.is_err() {
                        return;
                    }
                }
            }
        };
        tokio::select! {
            _ = answers => {}
            () = commands => {}
        }
    }

    /// Makes a token the principal's password for as long as it lasts, if it is one for this cache.
    fn admits(&self, command: &[Vec<u8>]) -> Option<Duration> {
        let words: Vec<_> = command
            .iter()
            .map(|word| String::from_utf8_lossy(word))
            .collect();
        let (user, token) = match words.first()?.to_ascii_uppercase().as_str() {
            "AUTH" => (words.get(1)?, words.get(2)?),
            "HELLO" => {
                let auth = words
                    .iter()
                    .position(|word| word.eq_ignore_ascii_case("AUTH"))?;
                (words.get(auth + 1)?, words.get(auth + 2)?)
            }
            _ => return None,
        };
        let claims = claims(token)?;
        let is_ours = claims["oid"] == self.object_id && claims["aud"] == self.audience;
        let ends = UNIX_EPOCH + Duration::from_secs(claims["exp"].as_u64()?);
        let left = ends.duration_since(SystemTime::now()).ok()?;
        if !is_ours || **user != *self.object_id {
            return None;
        }
        let password = |sign: char| {
            let mut set = cmd("ACL");
            let set = set.arg("SETUSER").arg(&self.object_id);
            set.arg(&["on", "~*", "&*", "+@all"])
                .arg(format!("{sign}{token}"))
                .to_owned()
        };
        let redis = self.redis;
        crate::server::ask::<()>(redis, Some(KEY), &password('>')).ok()?;
        let ended = password('<');
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            let _ = crate::server::ask::<()>(redis, Some(KEY), &ended);
        });
        Some(left)
    }
}

/// The claims of a token, or nothing if it is none.
pub fn claims(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// The first command in these bytes, if all of it is there, and its length.
fn command(bytes: &[u8]) -> Option<(Vec<Vec<u8>>, usize)> {
    let mut at = 0;
    let number = |bytes: &[u8], at: &mut usize| -> Option<usize> {
        let rest = &bytes[*at..];
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        *at += end + 2;
        std::str::from_utf8(rest.get(1..end)?).ok()?.parse().ok()
    };
    let count = number(bytes, &mut at)?;
    let mut words = Vec::new();
    for _ in 0..count {
        let length = number(bytes, &mut at)?;
        words.push(bytes.get(at..at + length)?.to_vec());
        at += length + 2;
        if at > bytes.len() {
            return None;
        }
    }
    Some((words, at))
}

/// The access key, which the app does not have.
const KEY: &str = "access-key";
