//! A cluster of three masters with a replica each, which loses and moves what sessions are on.

use std::collections::BTreeSet;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use redis::{Value, cmd};
use tower_b2c::testing::store_conformance;
use tower_b2c::{
    RedisStore, Secret, SessionKey, SessionStore as _, StoreError, StoredRecord, SystemClock,
};

use crate::certificates::Shown;
use crate::crowd::{Crowd, Member, eventually, is_heard};
use crate::redis_tls::{elsewhere, is_about_the_certificate, is_refused};
use crate::server::{PATIENT, Redis, needs};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("cluster_keeps_every_rule", conformance),
        trial("cluster_moves_slots_under_load", moves),
        trial("cluster_loses_a_master", killed),
        elsewhere("cluster_over_tls"),
    ];
    let install = "apt-get install redis-server";
    trials
        .map(|trial| needs("redis-server", install, trial))
        .into()
}

/// The first three are masters to begin with.
struct Cluster(Vec<Redis>);

impl Cluster {
    async fn start(replicas: usize, tls: Option<&Shown>) -> Result<Self, Failed> {
        let mut servers = Vec::new();
        let mut buses = Vec::new();
        for _ in 0..3 * (1 + replicas) {
            let bus = loopback::free_port().to_string();
            let settings = [
                ["--cluster-enabled", "yes"],
                ["--cluster-port", &bus],
                // Until somebody is to take over, one that is slow is not to be taken for dead.
                ["--cluster-node-timeout", "10000"],
            ];
            servers.push(Redis::start_over(tls, settings.concat())?);
            buses.push(bus);
        }
        let cluster = Self(servers);
        let thirds = [(0, 5460), (5461, 10_922), (10_923, 16_383)];
        for (number, (server, (first, last))) in cluster.0.iter().zip(thirds).enumerate() {
            let mut add = cmd("CLUSTER");
            server.ask::<Value>(add.arg("ADDSLOTSRANGE").arg(first).arg(last))?;
            let mut epoch = cmd("CLUSTER");
            server.ask::<Value>(epoch.arg("SET-CONFIG-EPOCH").arg(number + 1))?;
        }
        for (server, bus) in cluster.0.iter().zip(&buses) {
            let mut meet = cmd("CLUSTER");
            meet.arg("MEET")
                .arg("127.0.0.1")
                .arg(server.peer_port())
                .arg(bus);
            cluster.0[0].ask::<Value>(&meet)?;
        }
        eventually("everybody knows everybody", async || {
            cluster.all_say(&format!("cluster_known_nodes:{}", cluster.0.len()))
        })
        .await?;
        for (number, replica) in cluster.0[3..].iter().enumerate() {
            let id = cluster.0[number % 3].id()?;
            eventually("the replica knows its master", async || {
                let mut replicate = cmd("CLUSTER");
                Ok(replica
                    .ask::<Value>(replicate.arg("REPLICATE").arg(&id))
                    .is_ok())
            })
            .await?;
        }
        eventually("the cluster is one", async || {
            Ok(cluster.all_say("cluster_state:ok")? && cluster.is_replicated()?)
        })
        .await?;
        Ok(cluster)
    }

    fn all_say(&self, what: &str) -> Result<bool, Failed> {
        for server in &self.0 {
            let info: String = server.ask(cmd("CLUSTER").arg("INFO"))?;
            if !info.contains(what) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_of_one_epoch(&self) -> Result<bool, Failed> {
        let mut epochs = BTreeSet::new();
        for server in &self.0 {
            let info: String = server.ask(cmd("CLUSTER").arg("INFO"))?;
            let mut lines = info.lines();
            let epoch = lines.find(|line| line.starts_with("cluster_current_epoch:"));
            epochs.insert(epoch.map(str::to_owned));
        }
        Ok(epochs.len() == 1)
    }

    /// Whether every replica has what its master has.
    fn is_replicated(&self) -> Result<bool, Failed> {
        for replica in &self.0[3..] {
            let port = replica.info("master_port")?;
            let is_master = |server: &&Redis| server.peer_port().to_string() == port;
            let Some(master) = self.0.iter().find(is_master) else {
                return Ok(false);
            };
            if replica.info("slave_repl_offset")? != master.info("master_repl_offset")? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A part of them: the others name themselves.
    fn urls(&self) -> Vec<String> {
        self.0[..2].iter().map(Redis::url).collect()
    }

    fn store(&self) -> Result<RedisStore, Failed> {
        let urls: Vec<_> = self.urls().into_iter().map(Secret::new).collect();
        Ok(RedisStore::cluster(&urls)?.timeout(PATIENT))
    }

    /// Two instances that wait so many seconds for an answer of the store.
    async fn world(&self, timeout: u32) -> World {
        let urls = self.urls();
        let world = World::with().emulator(Crowd::users).config(move |file| {
            file.set("session.store", "redis")
                .set("session.redis.cluster", urls)
                .set("session.redis.timeout_seconds", timeout)
        });
        world
            .parts(|builder| builder.clock(SystemClock))
            .build()
            .await
    }

    async fn loses_a_master(mut self) -> Result<(), Failed> {
        let world = self.world(1).await;
        let (crowd, newcomer) = Crowd::gathers(&world).await?;
        eventually("the replicas have everything", async || {
            self.is_replicated()
        })
        .await?;
        for server in &self.0 {
            let mut set = cmd("CONFIG");
            set.arg("SET").arg("cluster-node-timeout").arg(2000);
            server.ask::<Value>(&set)?;
        }
        self.0[0].kill()?;
        // Whoever is on another server is none the wiser; the others are told in time, until the replica
        // has taken over.
        let late = crowd.members()[0].clone();
        eventually("everybody is known again", async || {
            let mut all = true;
            for answer in crowd.asks(&world.second).await {
                assert_eq!(answer.status, 200, "from memory: {}", answer.body);
            }
            for member in [&newcomer, &late] {
                let answer = member.asks(&world.app).await;
                if answer.status != 200 {
                    answer.is_a_refusal_in_time();
                    all = false;
                }
            }
            let took_over = |heir: &Redis| heir.info("role").is_ok_and(|role| role == "master");
            Ok(all && self.0[3..].iter().any(took_over))
        })
        .await?;
        for app in [&world.app, &world.second] {
            crowd.is_known_to(app).await;
        }
        for member in crowd.members() {
            is_heard(&world, member).await?;
        }
        Ok(())
    }

    fn masters(&self) -> &[Redis] {
        &self.0[..3]
    }
}

async fn conformance() -> Result<(), Failed> {
    let cluster = Cluster::start(0, None).await?;
    let store = || cluster.store();
    store_conformance(store()?, store()?).await?;
    for master in cluster.masters() {
        let done: usize = master.info("total_commands_processed")?.parse()?;
        assert!(done > 1000, "a server was left out: {done}");
    }
    Ok(())
}

/// One of the servers may be an impostor; the others go on.
pub async fn over_tls(shown: Shown) -> Result<(), Failed> {
    let cluster = Cluster::start(1, Some(&shown)).await?;
    let store = || cluster.store();
    store_conformance(store()?, store()?).await?;
    for wrong in [&shown.of_a_stranger, &shown.of_another_name] {
        for server in &cluster.0 {
            server.shows(wrong)?;
        }
        is_refused(&store()?).await;
        for server in &cluster.0[1..] {
            server.shows(&shown.right)?;
        }
        let store = Arc::new(store()?);
        let mut refused = 0;
        for looked in loads_everywhere(&store).await? {
            if let Err(error) = looked {
                is_about_the_certificate(&error);
                refused += 1;
            }
        }
        assert!((1..KEYS).contains(&refused), "{refused} of {KEYS}");
        cluster.0[0].shows(&shown.right)?;
        eventually("every key is reached again", async || {
            Ok(loads_everywhere(&store).await?.iter().all(Result::is_ok))
        })
        .await?;
    }
    cluster.loses_a_master().await
}

/// Looks at once for what is on each of the servers.
async fn loads_everywhere(store: &Arc<RedisStore>) -> Result<Vec<Looked>, Failed> {
    let looking = (0..KEYS).map(|number| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.load(SessionKey::from_bytes([number; 32])).await })
    });
    let mut all = Vec::new();
    for looking in looking.collect::<Vec<_>>() {
        all.push(looking.await?);
    }
    Ok(all)
}

type Looked = Result<Option<StoredRecord>, StoreError>;

/// Every slot that has a session goes to another master, half-moved for a while (`ASK`, `TRYAGAIN`), then
/// for good (`MOVED`): nobody notices.
async fn moves() -> Result<(), Failed> {
    let cluster = Cluster::start(0, None).await?;
    // Nobody notices however busy the machine is.
    let world = cluster.world(10).await;
    let (crowd, newcomer) = Crowd::gathers(&world).await?;
    let ids: Result<Vec<String>, _> = cluster.masters().iter().map(Redis::id).collect();
    let ids = ids?;
    let mut moved = 0;
    for (from, source) in cluster.masters().iter().enumerate() {
        let to = (from + 1) % 3;
        let target = &cluster.masters()[to];
        let keys: Vec<String> = source.ask(cmd("KEYS").arg("b2c:s:*"))?;
        // Two keys may share a slot, and the index has keys of its own.
        let mut slots = BTreeSet::new();
        for key in keys {
            slots.insert(source.ask::<u16>(cmd("CLUSTER").arg("KEYSLOT").arg(&key))?);
        }
        for slot in slots {
            let mut kept = cmd("CLUSTER");
            kept.arg("GETKEYSINSLOT").arg(slot).arg(1000);
            let keys: Vec<String> = source.ask(&kept)?;
            let slot_is = |server: &Redis, state: &str, id: &str| {
                let mut command = cmd("CLUSTER");
                command.arg("SETSLOT").arg(slot).arg(state).arg(id);
                server.ask::<Value>(&command)
            };
            // Whoever is behind would take the slot without a newer epoch, and lose it again.
            eventually("the epoch is everybody's", async || {
                cluster.is_of_one_epoch()
            })
            .await?;
            slot_is(target, "IMPORTING", &ids[from])?;
            slot_is(source, "MIGRATING", &ids[to])?;
            let mut migrate = cmd("MIGRATE");
            migrate
                .arg("127.0.0.1")
                .arg(target.port())
                .arg("")
                .arg(0)
                .arg(5000)
                .arg("KEYS")
                .arg(&keys);
            source.ask::<Value>(&migrate)?;
            assert!(newcomer.is_known_to(&world.app).await, "half-way");
            // The new owner first: what it says is the newest from then on.
            slot_is(target, "NODE", &ids[to])?;
            for server in cluster.masters() {
                slot_is(server, "NODE", &ids[to])?;
            }
            moved += keys.len();
        }
        assert!(newcomer.is_known_to(&world.second).await, "for good");
    }
    assert!(moved > crowd.members().len(), "{moved}");
    for member in crowd.members() {
        is_heard(&world, member).await?;
    }
    let late = Member::signs_in_at_last(&world, 2).await?;
    is_heard(&world, &late).await
}

async fn killed() -> Result<(), Failed> {
    Cluster::start(1, None).await?.loses_a_master().await
}

const KEYS: u8 = 30;
