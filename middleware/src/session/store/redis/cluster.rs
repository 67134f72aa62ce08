//! Commands to whichever server of a cluster has their key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use redis::{AsyncConnectionConfig, FromRedisValue, PushInfo, RedisError, RedisResult};
use redis::{ScriptInvocation, Value, cmd};
use tokio::sync::{mpsc::UnboundedSender, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::address::Address;
use super::connection::{pause, unanswered};
use super::link::{Failure, Link, Repeat, was_refused_unread};
use super::opener::{Opened, Place};
use super::slots::{self, Range, slot};
use crate::session::store::StoreError;

/// The servers of a cluster, each with a connection for all requests.
pub(super) struct Cluster {
    this: Weak<Self>,
    /// Where to ask first.
    seeds: Vec<Address>,
    /// How servers are reached whose hosts and ports the cluster names.
    any: Address,
    timeout: Duration,
    map: Mutex<Map>,
}

#[derive(Default)]
struct Map {
    ranges: Vec<(u16, u16, String)>,
    links: HashMap<String, Arc<Link>>,
    /// Closed when the look that is under way is done.
    looking: Option<watch::Receiver<()>>,
    /// Until when the last look is good enough, and why it was in vain if it was.
    looked: Option<(Instant, Option<String>)>,
    failures: u32,
}

impl Cluster {
    pub(super) fn new(any: Address, seeds: Vec<Address>, timeout: Duration) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            seeds,
            any,
            timeout,
            map: Mutex::default(),
        })
    }

    /// Runs a script on the server that has its key; fails rather than waits for long.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        key: &str,
        script: &ScriptInvocation<'_>,
        repeat: Repeat,
    ) -> Result<T, StoreError> {
        let mut reason = None;
        let run = self.find_and_run(slot(key), script, repeat, &mut reason);
        match tokio::time::timeout(self.timeout, run).await {
            Ok(done) => done.map_err(Failure::into_error),
            Err(_) => {
                let unanswered = unanswered(self.timeout);
                Err(StoreError::new(match reason {
                    Some(reason) => format!("{unanswered}; before that: {reason}"),
                    None => unanswered,
                }))
            }
        }
    }

    async fn find_and_run<T: FromRedisValue>(
        &self,
        slot: u16,
        script: &ScriptInvocation<'_>,
        repeat: Repeat,
        reason: &mut Option<String>,
    ) -> Result<T, Failure> {
        let mut asked: Option<String> = None;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = match asked.take() {
                Some(server) => self.link(&server).try_asking(script).await,
                None => self.owner(slot).await?.try_run(script).await,
            };
            let Err(failure) = outcome else {
                return outcome;
            };
            let next = Next::after(&failure, repeat);
            *reason = Some(failure.reason());
            if attempts == ATTEMPTS || next == Next::GiveUp {
                // The request after this one should find the server's heir.
                self.look_behind();
                return Err(failure);
            }
            match next {
                Next::Ask(server) => asked = Some(self.reached(slot, &server)),
                Next::Follow(server) => self.moved(slot, &server),
                Next::Look | Next::GiveUp => {
                    tokio::time::sleep(pause(attempts)).await;
                    self.look().await.map_err(Failure::NotConnected)?;
                }
            }
        }
    }

    /// A subscription at each master: they tell each other what is published, but not if they have
    /// lost sight of each other.
    pub(super) async fn subscribe(
        &self,
        channel: &str,
        pushes: &UnboundedSender<PushInfo>,
    ) -> Result<Vec<Opened>, StoreError> {
        self.look().await.map_err(StoreError::new)?;
        let mut subscribing = JoinSet::new();
        for server in self.masters() {
            let (link, channel, pushes) = (self.link(&server), channel.to_owned(), pushes.clone());
            subscribing.spawn(async move { link.subscribe(&channel, pushes).await });
        }
        let mut open = Vec::new();
        while let Some(subscribed) = subscribing.join_next().await {
            open.push(subscribed.map_err(StoreError::new)??);
        }
        Ok(open)
    }

    /// Whether these are all masters that there are. Where nobody says otherwise, they are.
    pub(super) async fn are_the_masters(&self, open: &[Opened]) -> bool {
        if self.look().await.is_err() {
            return true;
        }
        let masters = self.masters();
        masters.len() == open.len() && open.iter().all(|open| masters.contains(&open.server))
    }

    /// This server does not answer: requests go over another connection, to it or to its heir.
    pub(super) fn leave(&self, server: &str) {
        let link = self.map().links.get(server).cloned();
        if let Some(link) = link {
            link.leave(server);
        }
        self.look_behind();
    }

    async fn owner(&self, slot: u16) -> Result<Arc<Link>, Failure> {
        let owner = self.map().owner(slot);
        if let Some(server) = owner {
            return Ok(self.link(&server));
        }
        self.look().await.map_err(Failure::NotConnected)?;
        let owner = self.map().owner(slot);
        let nobody = || Failure::NotConnected(format!("no server of the cluster has slot {slot}"));
        Ok(self.link(&owner.ok_or_else(nobody)?))
    }

    fn link(&self, server: &str) -> Arc<Link> {
        let mut map = self.map();
        if let Some(link) = map.links.get(server) {
            return Arc::clone(link);
        }
        let (host, port) = split(server);
        let address = self.any.at(host, port);
        let link = Arc::new(Link::new(Place::At(address), self.timeout));
        map.links.insert(server.to_owned(), Arc::clone(&link));
        link
    }

    fn masters(&self) -> Vec<String> {
        let map = self.map();
        let mut masters: Vec<_> = map.ranges.iter().map(|range| range.2.clone()).collect();
        masters.sort();
        masters.dedup();
        masters
    }

    /// A server that was named without a host is where the one is that named it.
    fn reached(&self, slot: u16, server: &str) -> String {
        match server.strip_prefix(':') {
            Some(port) => {
                let owner = self.map().owner(slot).unwrap_or_default();
                format!("{}:{port}", split(&owner).0)
            }
            None => server.to_owned(),
        }
    }

    /// One slot is elsewhere; others may be, too.
    fn moved(&self, slot: u16, server: &str) {
        let server = self.reached(slot, server);
        self.map().ranges.insert(0, (slot, slot, server));
        self.look_behind();
    }

    /// Looks where the slots are without anybody waiting for it.
    fn look_behind(&self) {
        if let Some(cluster) = self.this.upgrade() {
            tokio::spawn(async move {
                if let Err(reason) = cluster.look().await {
                    tracing::warn!(reason, "the cluster does not say where its slots are");
                }
            });
        }
    }

    /// Asks the cluster where the slots are, once for all who want to know at the same time, and not
    /// again at once.
    async fn look(&self) -> Result<(), String> {
        let mut looking = {
            let mut map = self.map();
            match (&map.looking, &map.looked) {
                (Some(looking), _) if looking.has_changed().is_ok() => looking.clone(),
                (_, Some((until, reason))) if Instant::now() < *until => {
                    return reason.clone().map_or(Ok(()), Err);
                }
                _ => {
                    let (done, looking) = watch::channel(());
                    map.looking = Some(looking.clone());
                    let asked = self.asked(&map);
                    let look = look(self.this.clone(), asked, self.timeout / 2);
                    tokio::spawn(async move {
                        look.await;
                        drop(done);
                    });
                    looking
                }
            }
        };
        // An error means that it is done.
        let _ = looking.changed().await;
        let looked = self.map().looked.clone();
        looked.and_then(|(_, reason)| reason).map_or(Ok(()), Err)
    }

    /// Everybody who may know.
    fn asked(&self, map: &Map) -> Vec<Address> {
        let mut asked = self.seeds.clone();
        for server in map.links.keys() {
            if asked.len() < MOST_ASKED && !asked.iter().any(|seed| seed.name() == *server) {
                let (host, port) = split(server);
                asked.push(self.any.at(host, port));
            }
        }
        asked
    }

    fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Map {
    fn owner(&self, slot: u16) -> Option<String> {
        let mut ranges = self.ranges.iter();
        let range = ranges.find(|(first, last, _)| (*first..=*last).contains(&slot))?;
        Some(range.2.clone())
    }

    /// Forgets servers that have nothing any more.
    fn set(&mut self, ranges: Vec<(u16, u16, String)>) {
        self.links
            .retain(|server, _| ranges.iter().any(|range| range.2 == *server));
        self.ranges = ranges;
    }
}

/// What to do when a command has failed.
#[derive(Eq, PartialEq)]
enum Next {
    /// This once, ask another server.
    Ask(String),
    /// The slot is another server's.
    Follow(String),
    /// Something has changed; look what, and try again.
    Look,
    GiveUp,
}

impl Next {
    fn after(failure: &Failure, repeat: Repeat) -> Self {
        let error = match failure {
            Failure::NotConnected(_) => return Self::Look,
            Failure::Command(error) => error,
        };
        match (error.code(), error.redirect_node()) {
            (Some("MOVED"), Some((server, _))) => Self::Follow(server.to_owned()),
            (Some("ASK"), Some((server, _))) => Self::Ask(server.to_owned()),
            (Some("TRYAGAIN" | "CLUSTERDOWN"), _) => Self::Look,
            _ if was_refused_unread(error) => Self::Look,
            _ if repeat == Repeat::Once && error.is_io_error() => Self::Look,
            _ => Self::GiveUp,
        }
    }
}

/// In a task of its own, which a hang-up does not cancel.
async fn look(cluster: Weak<Cluster>, asked: Vec<Address>, timeout: Duration) {
    let found = find(asked, timeout).await;
    let Some(cluster) = cluster.upgrade() else {
        return;
    };
    let mut map = cluster.map();
    let (pause, reason) = match found {
        Ok(ranges) => {
            map.set(ranges);
            map.failures = 0;
            (FRESH, None)
        }
        Err(reason) => {
            map.failures = map.failures.saturating_add(1);
            (pause(map.failures), Some(reason))
        }
    };
    map.looked = Some((Instant::now() + pause, reason));
}

/// The first answer of any.
async fn find(asked: Vec<Address>, timeout: Duration) -> Result<Vec<(u16, u16, String)>, String> {
    let mut asking = JoinSet::new();
    for server in asked {
        asking.spawn(async move { (server.name(), ask(&server, timeout).await) });
    }
    let mut reason = "nobody was asked".to_owned();
    while let Some(answer) = asking.join_next().await {
        match answer {
            Ok((server, Ok(ranges))) => {
                let (host, _) = split(&server);
                let ranges = ranges.into_iter().map(|range| {
                    let at = range.host.as_deref().unwrap_or(host);
                    (range.first, range.last, format!("{at}:{}", range.port))
                });
                return Ok(ranges.collect());
            }
            Ok((_, Err(error))) => reason = error.to_string(),
            Err(_) => {}
        }
    }
    Err(reason)
}

async fn ask(server: &Address, timeout: Duration) -> RedisResult<Vec<Range>> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(timeout))
        .set_response_timeout(Some(timeout));
    let (mut connection, _renewal) = server.connect(&config).await?;
    let answer: Value = cmd("CLUSTER")
        .arg("SLOTS")
        .query_async(&mut connection)
        .await?;
    let ranges = slots::read(&answer).filter(|ranges| !ranges.is_empty());
    let not_one = || RedisError::from((redis::ErrorKind::Client, "not a server of a cluster"));
    ranges.ok_or_else(not_one)
}

/// `host:port`; an IPv6 host has colons of its own.
fn split(server: &str) -> (&str, u16) {
    let (host, port) = server.rsplit_once(':').unwrap_or((server, ""));
    (host, port.parse().unwrap_or(6379))
}

/// How long an answer is not asked for again.
const FRESH: Duration = Duration::from_millis(100);
/// How often a command is sent on.
const ATTEMPTS: u32 = 8;
/// How many servers are asked at once where the slots are.
const MOST_ASKED: usize = 6;
