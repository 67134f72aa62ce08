//! `cargo bench-peers scale`: what many sessions take in Redis and in an instance's memory, and what
//! that means for a million and for a hundred million of them.

use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;
use serde_json::json;
use tokio::task::JoinSet;
use tower_b2c::{
    IndexEntry, IndexKey, RedisStore, Secret, SessionKey, SessionStore as _, StoredRecord,
};

use crate::arguments::Arguments;
use crate::error::Failure;
use crate::harness::{Binary, Child, Load, Provider, RedisServer, Scene, free_port, sign_in};

/// What was measured.
#[derive(Clone, Copy, Debug)]
struct Scale {
    /// Sessions in Redis at the end.
    records: u64,
    /// The sealed record of a real sign-in.
    record_bytes: usize,
    /// What a list of sessions shows of it, sealed.
    summary_bytes: usize,
    /// Growth of `used_memory` per session, index sets included.
    redis_bytes: f64,
    /// Commands of a whole sign-in, those inside scripts included.
    commands_per_sign_in: f64,
    /// Commands of a request whose session is in the instance's memory.
    commands_per_request: f64,
    /// Commands of the first request at an instance that does not have the session.
    commands_per_load: f64,
    /// Commands that move a session's expiry, at most ten times per idle time.
    commands_per_touch: f64,
    /// What a session takes on the heap of an instance that has it in memory.
    cached_bytes: f64,
}

/// Measures and extrapolates, and prints both.
///
/// # Errors
///
/// When Redis is missing or a sign-in fails.
pub async fn measure(arguments: &Arguments) -> Result<(), Failure> {
    Binary::Counting.build().await?;
    let ports = [free_port()?, free_port()?];
    let provider = Provider::start(&ports).await?;
    let mut redis = RedisServer::start().await?;
    let scene = |port| Scene {
        redis: Some(redis.url().to_owned()),
        base_port: Some(ports[0]),
        ..provider.scene(port)
    };
    let (first, second) = (scene(ports[0]), scene(ports[1]));
    let mut one = Child::start(Binary::Counting, "redis-warm", &first).await?;
    let _other = Child::start(Binary::Counting, "redis-warm", &second).await?;

    // The first sign-in also connects and loads the scripts.
    let cookie = sign_in(&first, "/login").await?;
    let before = redis.commands().await?;
    for _ in 0..FEW {
        sign_in(&first, "/login").await?;
    }
    let signed_in = redis.commands().await?;
    let (record_bytes, summary_bytes, indexes) = redis.record_of_a_session().await?;
    let header = [format!("Cookie: {cookie}")];
    let (here, there) = (
        Load::new(ports[0], "/", &header),
        Load::new(ports[1], "/", &header),
    );
    let before_requests = redis.commands().await?;
    here.send(FEW * 10).await?;
    let after_requests = redis.commands().await?;
    there.send(1).await?;
    // The load's own task tells the store of the visit.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let loaded = redis.commands().await?;
    let cached_bytes = cached(&mut one, &first).await?;

    let store = RedisStore::new(&Secret::new(redis.url())).map_err(Failure::during("Redis"))?;
    let store = std::sync::Arc::new(store.prefix("scale:").timeout(Duration::from_secs(30)));
    let key = fill(&store, 1_000, record_bytes, summary_bytes, indexes).await?;
    let before_touch = redis.commands().await?;
    let later = SystemTime::now() + LIFETIME * 2;
    store
        .touch(key, later)
        .await
        .map_err(Failure::during("touch"))?;
    let touched = redis.commands().await?;
    let before_fill = redis.number("memory", "used_memory").await?;
    fill(
        &store,
        arguments.records,
        record_bytes,
        summary_bytes,
        indexes,
    )
    .await?;
    let filled = redis.number("memory", "used_memory").await?;

    let each = |total: u64, count: usize| total as f64 / count as f64;
    let scale = Scale {
        records: arguments.records,
        record_bytes,
        summary_bytes,
        redis_bytes: (filled - before_fill) as f64 / arguments.records as f64,
        commands_per_sign_in: each(signed_in - before, FEW),
        commands_per_request: each(after_requests - before_requests, FEW * 10),
        commands_per_load: each(loaded - after_requests, 1),
        commands_per_touch: each(touched - before_touch, 1),
        cached_bytes,
    };
    print(&scale, arguments.json);
    Ok(())
}

/// The heap of an instance, over a thousand sessions that it has in memory.
async fn cached(server: &mut Child, scene: &Scene) -> Result<f64, Failure> {
    let mut held = Vec::new();
    for _ in 0..2 {
        for _ in 0..CACHED {
            sign_in(scene, "/login").await?;
        }
        held.push(server.allocations().await?.1);
    }
    Ok((held[1] - held[0]) as f64 / CACHED as f64)
}

/// Puts sessions into the store by its own `insert`, each of a user of its own.
async fn fill(
    store: &std::sync::Arc<RedisStore>,
    count: u64,
    record_bytes: usize,
    summary_bytes: usize,
    indexes: usize,
) -> Result<SessionKey, Failure> {
    let mut under_way = JoinSet::new();
    let mut last = None;
    for _ in 0..count {
        // Sealed bytes are noise, and so are these: Redis sees no difference.
        let key = SessionKey::from_bytes(noise()?);
        let record = StoredRecord {
            version: 0,
            expires_at: SystemTime::now() + LIFETIME,
            bytes: noise_of(record_bytes)?,
        };
        let keys = (0..indexes).map(|_| Ok(IndexKey::from_bytes(noise()?)));
        let index = IndexEntry {
            keys: keys.collect::<Result<_, Failure>>()?,
            summary: noise_of(summary_bytes)?,
        };
        let store = std::sync::Arc::clone(store);
        under_way.spawn(async move { store.insert(key, record, index).await });
        last = Some(key);
        if under_way.len() >= AT_ONCE {
            done(under_way.join_next().await)?;
        }
    }
    while let Some(inserted) = under_way.join_next().await {
        done(Some(inserted))?;
    }
    last.ok_or_else(|| Failure::new("no records"))
}

type Inserted = Result<Result<bool, tower_b2c::StoreError>, tokio::task::JoinError>;

fn done(inserted: Option<Inserted>) -> Result<(), Failure> {
    let Some(inserted) = inserted else {
        return Ok(());
    };
    let inserted = inserted.map_err(Failure::during("insert"))?;
    inserted.map_err(Failure::during("insert"))?;
    Ok(())
}

fn noise<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(Failure::during("random bytes"))?;
    Ok(bytes)
}

fn noise_of(length: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![0; length];
    rand::fill(&mut bytes).map_err(Failure::during("random bytes"))?;
    Ok(bytes)
}

fn print(scale: &Scale, as_json: bool) {
    if as_json {
        println!(
            "{}",
            json!({
                "row": "measured",
                "records": scale.records,
                "record_bytes": scale.record_bytes,
                "summary_bytes": scale.summary_bytes,
                "redis_bytes_per_session": scale.redis_bytes.round(),
                "commands_per_sign_in": scale.commands_per_sign_in,
                "commands_per_request": scale.commands_per_request,
                "commands_per_load": scale.commands_per_load,
                "commands_per_touch": scale.commands_per_touch,
                "cached_bytes_per_session": scale.cached_bytes.round(),
            })
        );
    } else {
        println!("| measured | |\n|---|---|");
        println!("| sessions in Redis | {} |", scale.records);
        println!("| sealed record, bytes | {} |", scale.record_bytes);
        println!("| sealed summary, bytes | {} |", scale.summary_bytes);
        println!(
            "| bytes per session in Redis, index sets included | {:.0} |",
            scale.redis_bytes
        );
        println!(
            "| commands per sign-in | {:.1} |",
            scale.commands_per_sign_in
        );
        println!(
            "| commands per request, session in memory | {:.3} |",
            scale.commands_per_request
        );
        println!(
            "| commands of the first request elsewhere | {:.0} |",
            scale.commands_per_load
        );
        println!(
            "| commands to move an expiry | {:.0} |",
            scale.commands_per_touch
        );
        println!(
            "| bytes per session in an instance's memory | {:.0} |",
            scale.cached_bytes
        );
        println!(
            "\n| sessions | memory GB | nodes of {NODE_GB} GB | sign-ins/s | requests/s | \
             commands/s | commands/s per node | USD a month |\n|---|---|---|---|---|---|---|---|"
        );
    }
    for sessions in [1e6, 1e8] {
        let year = Forecast::of(scale, sessions);
        if as_json {
            println!(
                "{}",
                json!({
                    "row": format!("{sessions:.0} sessions"),
                    "memory_gb": (year.memory_gb * 10.0).round() / 10.0,
                    "nodes": year.nodes,
                    "commands_per_second": year.commands.round(),
                    "usd_per_month": year.usd.round(),
                })
            );
        } else {
            println!(
                "| {sessions:.0} | {:.1} | {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
                year.memory_gb,
                year.nodes,
                year.sign_ins,
                year.requests,
                year.commands,
                year.commands / year.nodes,
                year.usd,
            );
        }
    }
}

/// What so many sessions at a time take.
struct Forecast {
    memory_gb: f64,
    nodes: f64,
    sign_ins: f64,
    requests: f64,
    commands: f64,
    usd: f64,
}

impl Forecast {
    fn of(scale: &Scale, sessions: f64) -> Self {
        let memory_gb = sessions * scale.redis_bytes / 1e9;
        let nodes = (memory_gb / (NODE_GB * FILLED)).ceil();
        // As many begin as end.
        let sign_ins = sessions / STAYS.as_secs_f64();
        let busy = sessions * BUSY;
        let requests = busy * REQUESTS_PER_SECOND;
        let touches = busy / TOUCH.as_secs_f64();
        let loads = requests * MISSES;
        let commands = sign_ins * scale.commands_per_sign_in
            + touches * scale.commands_per_touch
            + loads * scale.commands_per_load
            + requests * scale.commands_per_request;
        Self {
            memory_gb,
            nodes,
            sign_ins,
            requests,
            commands,
            usd: 2.0 * nodes * NODE_GB * USD_PER_GB,
        }
    }
}

/// Sign-ins over which commands are counted.
const FEW: usize = 20;
/// Sign-ins over which the heap is.
const CACHED: usize = 400;
const AT_ONCE: usize = 512;
const LIFETIME: Duration = Duration::from_secs(3600);

// The assumptions, which docs/scale.md states and reasons.
/// Memory of a node.
const NODE_GB: f64 = 26.0;
/// How much of it is for sessions.
const FILLED: f64 = 0.75;
/// How long a session stays: an hour after the last request at the latest.
const STAYS: Duration = Duration::from_secs(2 * 3600);
/// The part of the sessions whose user is there.
const BUSY: f64 = 0.25;
/// What such a user asks for.
const REQUESTS_PER_SECOND: f64 = 0.1;
/// How often the store hears of one: a tenth of the idle time.
const TOUCH: Duration = Duration::from_secs(360);
/// Requests that find no session in the instance's memory.
const MISSES: f64 = 0.02;
/// Of a node and of its replica, each.
const USD_PER_GB: f64 = 10.0;
